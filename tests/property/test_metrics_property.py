"""Whatever is measured, a measure stays within its range and keeps its promises."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import alce, answers, citations, retrieval
from eval.metrics.statistics import bootstrap_interval
from eval.models import CitationOutcome, ClaimOutcome

names = st.sampled_from([f"d{number}" for number in range(12)])
rankings = st.lists(names, max_size=20)
golds = st.sets(names, min_size=1, max_size=6)
places = st.integers(min_value=1, max_value=15)
texts = st.text(max_size=120)
shares = st.lists(st.floats(min_value=0.0, max_value=1.0), min_size=1, max_size=30)
quotes = st.builds(
    CitationOutcome,
    document=names,
    start=st.just(0),
    end=st.integers(min_value=0, max_value=99),
    quote=texts,
    exact=st.booleans(),
)
claims = st.lists(
    st.builds(
        ClaimOutcome,
        text=texts,
        verdict=st.just("quoted"),
        citations=st.lists(quotes, max_size=4).map(tuple),
    ),
    max_size=5,
)
MEASURES = (
    retrieval.hit,
    retrieval.recall,
    retrieval.precision,
    retrieval.reciprocal_rank,
    retrieval.average_precision,
    retrieval.ndcg,
    retrieval.all_evidence,
)


@given(rankings, golds, places)
def test_retrieval_stays_within_zero_and_one(ranked, relevant, k) -> None:
    assert all(0.0 <= measure(ranked, relevant, k=k) <= 1.0 for measure in MEASURES)


@given(rankings, golds, places)
def test_repeating_a_document_later_changes_nothing(ranked, relevant, k) -> None:
    repeated = [*ranked, *ranked]
    assert [measure(repeated, relevant, k=k) for measure in MEASURES] == [
        measure(ranked, relevant, k=k) for measure in MEASURES
    ]


@given(rankings, golds, places)
def test_looking_further_never_lowers_recall(ranked, relevant, k) -> None:
    for measure in (retrieval.hit, retrieval.recall, retrieval.all_evidence):
        assert measure(ranked, relevant, k=k) <= measure(ranked, relevant, k=k + 1)


@given(rankings, golds, places)
def test_moving_relevant_documents_to_the_front_gives_the_best_order(ranked, relevant, k) -> None:
    best = [*sorted(relevant), *ranked]
    assert retrieval.ndcg(best, relevant, k=k) == 1.0
    assert retrieval.ndcg(ranked, relevant, k=k) <= 1.0


@given(texts, st.lists(texts, max_size=4))
def test_answers_stay_within_zero_and_one(text, gold) -> None:
    for measure in (
        answers.exact_match,
        answers.token_f1,
        answers.contained,
        answers.contained_share,
    ):
        assert 0.0 <= measure(text, gold) <= 1.0


@given(texts, st.lists(texts, min_size=1, max_size=4))
def test_an_exact_answer_has_full_overlap_and_is_contained(text, gold) -> None:
    if answers.exact_match(text, gold):
        assert answers.token_f1(text, gold) == 1.0
        assert answers.contained(text, gold, word_limit=200) == 1.0


@given(texts)
def test_normalising_twice_changes_nothing(text) -> None:
    once = answers.normalise(text)
    assert once == " ".join(once.split())
    assert answers.normalise(once) == once


@given(claims, st.lists(texts, max_size=3), st.lists(texts, max_size=3), st.sets(names))
def test_citation_measures_stay_within_zero_and_one(found, gold, evidence, relevant) -> None:
    measured = (
        citations.validity(found),
        citations.exact_quotes(found),
        citations.gold_support(found, answers=gold, evidence=evidence),
        citations.gold_precision(found, answers=gold, evidence=evidence),
        citations.attribution(found, relevant),
        alce.citation_recall(found),
        alce.citation_precision(found),
    )
    assert all(0.0 <= value <= 1.0 for value in measured)


@given(claims)
def test_a_valid_answer_has_only_exact_quotes(found) -> None:
    if citations.validity(found):
        assert citations.exact_quotes(found) == 1.0


@given(shares, st.integers(min_value=0, max_value=99))
def test_an_interval_lies_within_the_values_and_is_ordered(values, seed) -> None:
    low, high = bootstrap_interval(values, seed=seed, resamples=50)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
