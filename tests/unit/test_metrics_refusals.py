"""Systems that play to one figure must lose on the figure beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.metrics.refusals import refusal
from eval.models import CitationOutcome, ClaimOutcome, Outcome, Query
from eval.score import measure, score

ANSWERABLE = [
    Query(
        id=f"a{number}",
        question="What does it want?",
        answers=("submarine",),
        relevant=("wire",),
        evidence=("It asked for a submarine.",),
        type="fact",
    )
    for number in range(6)
]
UNANSWERABLE = [
    Query(id=f"u{number}", question="Who won?", answerable=False, type="none")
    for number in range(4)
]
PASSAGE = "The delegation left on Tuesday and said little about it. " * 12


def answered(query: Query, *quotes: str) -> Outcome:
    citations = tuple(
        CitationOutcome(document="wire", start=0, end=len(text), quote=text, exact=True)
        for text in quotes
    )
    claim = ClaimOutcome(text=" ".join(quotes), verdict="quoted", citations=citations)
    return Outcome(query=query, text=claim.text, claims=(claim,), markers=len(quotes))


def refused(query: Query) -> Outcome:
    return Outcome(query=query, abstained=True, abstained_because="Nothing answers.")


def values(outcomes: list[Outcome]) -> dict[str, float | None]:
    return {name: one.value for name, one in score(outcomes, resamples=50).overall.items()}


def test_a_good_system_scores_well_on_both_sides() -> None:
    good = [answered(query, "It asked for a submarine.") for query in ANSWERABLE]
    found = values([*good, *map(refused, UNANSWERABLE)])

    assert found["contained"] == 1.0
    assert found["right_refusals"] == 1.0
    assert found["wrong_refusals"] == 0.0
    assert found["gold_support"] == found["gold_precision"] == found["attribution"] == 1.0


def test_always_refusing_loses_the_answers_and_shows_as_wrong_refusals() -> None:
    found = values([refused(query) for query in [*ANSWERABLE, *UNANSWERABLE]])

    assert found["right_refusals"] == 1.0
    assert found["wrong_refusals"] == 1.0
    assert found["contained"] == found["f1"] == 0.0
    assert "citations_valid" not in found
    assert "contained_if_answered" not in found


def test_never_refusing_shows_as_no_right_refusals() -> None:
    found = values(
        [answered(query, "It asked for a submarine.") for query in [*ANSWERABLE, *UNANSWERABLE]]
    )

    assert found["wrong_refusals"] == 0.0
    assert found["right_refusals"] == 0.0


def test_reciting_passages_contains_nothing_and_supports_nothing() -> None:
    found = values([answered(query, f"{PASSAGE} A submarine.") for query in ANSWERABLE])

    assert found["contained"] == 0.0
    assert found["gold_support"] == 0.0
    assert found["f1"] is not None
    assert found["f1"] < 0.05


def test_one_right_claim_makes_an_answer_cite_the_gold_answer() -> None:
    outcomes = []
    for query in ANSWERABLE:
        right = answered(query, "It asked for a submarine.")
        wrong = answered(query, "The ferry strike went on.")
        outcomes += [replace(right, claims=(*right.claims, *wrong.claims)), wrong]
    found = values(outcomes)

    assert found["gold_support"] == 0.25
    assert found["gold_cited"] == 0.5


def test_citing_everything_shows_in_the_precision_of_quotes() -> None:
    quotes = ["It asked for a submarine.", *["The ferry strike went on."] * 9]
    found = values([answered(query, *quotes) for query in ANSWERABLE])

    assert found["gold_support"] == 1.0
    assert found["gold_precision"] == pytest.approx(0.1)


def test_citing_everything_for_a_worded_claim_shows_in_citation_precision() -> None:
    quotes = ["It asked for a submarine.", *["The ferry strike went on."] * 9]
    cited = [answered(query, *quotes) for query in ANSWERABLE]
    worded = [
        replace(one, claims=(replace(one.claims[0], text="A submarine.", verdict="supported"),))
        for one in cited
    ]
    found = values(worded)

    assert found["citation_recall"] == 1.0
    assert found["citation_precision"] == pytest.approx(0.1)
    assert set(values(cited)) & {"citation_recall", "citation_precision"} == set()


def test_a_claim_kept_without_support_shows_in_citation_recall() -> None:
    right = answered(ANSWERABLE[0], "It asked for a submarine.")
    kept = ClaimOutcome(text="It asked for 40 tanks.", verdict="unsupported")
    found = measure(replace(right, claims=(*right.claims, kept)))

    assert found["citation_recall"] == found["citation_precision"] == 0.0


def test_disagreement_counts_both_ways() -> None:
    differing = replace(ANSWERABLE[0], differs=True)
    agreed = replace(ANSWERABLE[0], differs=False)
    always = [
        replace(answered(query, "A submarine."), disagreements=1) for query in (differing, agreed)
    ]
    never = [answered(query, "A submarine.") for query in (differing, agreed)]

    assert (values(always)["disagreement_found"], values(always)["disagreement_invented"]) == (1, 1)
    assert (values(never)["disagreement_found"], values(never)["disagreement_invented"]) == (0, 0)
    assert "disagreement_found" not in values([answered(ANSWERABLE[0], "A submarine.")])
    assert measure(Outcome(query=differing, error="Failed."))["disagreement_found"] == 0.0


def test_an_error_scores_zero_everywhere_and_is_no_refusal() -> None:
    failed = [
        Outcome(query=query, ranked=(), error="EndpointUnreachable: nothing answers")
        for query in [*ANSWERABLE, *UNANSWERABLE]
    ]
    found = values(failed)

    assert found["errors"] == 1.0
    assert found["ndcg@10"] == found["contained"] == found["f1"] == 0.0
    assert found["right_refusals"] == 0.0
    assert found["wrong_refusals"] == 0.0
    assert refusal(abstained=True, failed=True) == 0.0


def test_a_citation_of_nothing_makes_the_answer_invalid() -> None:
    good = answered(ANSWERABLE[0], "It asked for a submarine.")
    broken = CitationOutcome(document="nowhere", start=0, end=3, quote="It ", exact=False)
    bad = replace(good, claims=(replace(good.claims[0], citations=(broken,)),))

    assert values([good, bad])["citations_valid"] == 0.5
    assert values([good, bad])["quotes_exact"] == 0.5
    assert measure(replace(good, unresolved_markers=1))["citations_valid"] == 0.0


def test_evidence_removed_is_scored_as_refusal_only() -> None:
    outcome = replace(refused(ANSWERABLE[0]), condition="evidence removed", withheld=3)

    assert measure(outcome) == {"errors": 0.0, "right_refusals_evidence_removed": 1.0}


def test_a_list_is_contained_only_when_every_item_is_named() -> None:
    query = replace(ANSWERABLE[0], answers=("submarine", "food"), all_answers=True)
    half = measure(answered(query, "It asked for a submarine."))
    whole = measure(answered(query, "Food and a submarine."))

    assert (half["contained"], half["list_share"]) == (0.0, 0.5)
    assert (whole["contained"], whole["list_share"]) == (1.0, 1.0)


def test_figures_are_given_by_type_with_their_own_n() -> None:
    scores = score([refused(query) for query in [*ANSWERABLE, *UNANSWERABLE]], resamples=50)

    assert {kind: figures["errors"].n for kind, figures in scores.by_type.items()} == {
        "fact": 6,
        "none": 4,
    }
    assert "right_refusals" not in scores.by_type["fact"]
    assert scores.counts["refusals"] == 10
