"""Retrieval measures against hand arithmetic and against ranx."""

from __future__ import annotations

import random
from math import log2

import pytest

from eval.metrics import retrieval

RANKED = ["a", "b", "c", "d", "e"]


@pytest.fixture(scope="module")
def ranx():
    """The reference, interpreted: to compile its measures takes a minute, to run them does not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMBA_DISABLE_JIT", "1")
        return pytest.importorskip("ranx")


def test_hand_arithmetic_for_two_relevant_documents_at_ranks_two_and_five() -> None:
    relevant = {"b", "e"}

    assert retrieval.hit(RANKED, relevant, k=1) == 0.0
    assert retrieval.hit(RANKED, relevant, k=2) == 1.0
    assert retrieval.recall(RANKED, relevant, k=4) == 0.5
    assert retrieval.precision(RANKED, relevant, k=5) == 2 / 5
    assert retrieval.reciprocal_rank(RANKED, relevant, k=5) == 1 / 2
    # Precision 1/2 at rank 2 and 2/5 at rank 5, over two relevant documents.
    assert retrieval.average_precision(RANKED, relevant, k=4) == 1 / 4
    assert retrieval.average_precision(RANKED, relevant, k=5) == pytest.approx(9 / 20)
    assert retrieval.all_evidence(RANKED, relevant, k=4) == 0.0
    assert retrieval.all_evidence(RANKED, relevant, k=5) == 1.0
    gained = 1 / log2(3) + 1 / log2(6)
    best = 1 / log2(2) + 1 / log2(3)
    assert retrieval.ndcg(RANKED, relevant, k=5) == pytest.approx(gained / best, abs=1e-12)


def test_a_document_counts_at_its_first_place_and_takes_one_place_only() -> None:
    passages = ["a", "a", "a", "b"]

    assert retrieval.reciprocal_rank(passages, {"b"}, k=2) == 1 / 2
    assert retrieval.recall(passages, {"a", "b"}, k=2) == 1.0
    assert retrieval.precision(passages, {"a"}, k=2) == 1 / 2
    assert retrieval.ndcg(["a", "a"], {"a", "b"}, k=2) < 1.0


def test_a_relevant_document_that_is_not_in_the_library_is_a_miss() -> None:
    assert retrieval.recall(RANKED, {"a", "missing"}, k=5) == 0.5
    assert retrieval.all_evidence(RANKED, {"a", "missing"}, k=5) == 0.0
    assert retrieval.ndcg(RANKED, {"a", "missing"}, k=5) < 1.0


def test_an_empty_ranking_scores_zero_everywhere() -> None:
    measures = [
        retrieval.hit,
        retrieval.recall,
        retrieval.precision,
        retrieval.reciprocal_rank,
        retrieval.average_precision,
        retrieval.ndcg,
        retrieval.all_evidence,
    ]
    assert [measure([], {"a"}, k=10) for measure in measures] == [0.0] * 7


def test_the_best_order_scores_one_even_with_more_relevant_documents_than_places() -> None:
    assert retrieval.ndcg(RANKED, set(RANKED), k=3) == 1.0


def test_a_question_without_relevant_documents_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="relevant"):
        retrieval.recall(RANKED, set(), k=5)


def test_no_place_to_look_at_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        retrieval.hit(RANKED, {"a"}, k=0)


@pytest.mark.parametrize(
    ("measure", "reference"),
    [
        (retrieval.hit, "hit_rate"),
        (retrieval.recall, "recall"),
        (retrieval.precision, "precision"),
        (retrieval.reciprocal_rank, "mrr"),
        (retrieval.average_precision, "map"),
        (retrieval.ndcg, "ndcg"),
    ],
)
@pytest.mark.parametrize("k", [1, 3, 10])
def test_a_thousand_random_rankings_score_as_ranx_scores_them(ranx, measure, reference, k) -> None:
    generator = random.Random(k)
    pool = [f"d{number}" for number in range(40)]
    rankings, golds = {}, {}
    for number in range(1_000):
        length = generator.randint(10, 30)
        rankings[f"q{number}"] = generator.sample(pool, length)
        golds[f"q{number}"] = generator.sample(pool, generator.randint(1, 6))
    run = {
        name: {document: float(len(ranked) - place) for place, document in enumerate(ranked)}
        for name, ranked in rankings.items()
    }
    qrels = {name: dict.fromkeys(gold, 1) for name, gold in golds.items()}
    expected = ranx.evaluate(
        ranx.Qrels(qrels), ranx.Run(run), f"{reference}@{k}", return_mean=False
    )
    ordered = sorted(rankings)  # ranx sorts by question id

    found = [measure(rankings[name], set(golds[name]), k=k) for name in ordered]

    assert found == pytest.approx(list(expected), abs=1e-9)
    assert 0.0 < sum(found) < len(found)
