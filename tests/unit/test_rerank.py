"""Hits are put in the order of their best evidence and change in nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evidence import ScoredHit
from rag.rerank import rerank
from tests.read_hits import read_hit

probabilities = st.lists(
    st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.999]), max_size=3), max_size=8
)


def hits(values: list[list[float]]) -> list[ScoredHit]:
    """As the search ranked them, each with the probabilities of its sentences."""
    return [
        ScoredHit(
            read=read_hit("Rain fell. Snow fell. Ice held.", document=f"d{rank}", rank=rank),
            numbers=tuple(range(len(row))),
            probabilities=np.asarray(row, dtype=np.float64),
        )
        for rank, row in enumerate(values, start=1)
    ]


def names(found: list[ScoredHit]) -> list[str]:
    return [entry.read.document.id for entry in found]


def test_the_best_sentence_of_a_hit_decides() -> None:
    found = rerank(hits([[0.2, 0.3], [0.1, 0.9], [], [0.5]]))
    assert names(found) == ["d2", "d4", "d1", "d3"]
    assert [entry.read.hit.rank for entry in found] == [1, 2, 3, 4]
    assert [entry.read.hit.score for entry in found] == [0.9, 0.5, 0.3, 0.0]
    assert {entry.read.hit.stage for entry in found} == {"reranked"}


def test_equals_stay_as_the_search_had_them() -> None:
    given = hits([[0.5], [0.5], [0.5, 0.1]])
    assert names(rerank(given)) == names(rerank(given[::-1])) == ["d1", "d2", "d3"]


def test_no_hits_stay_none() -> None:
    assert rerank([]) == []


@given(values=probabilities)
def test_hits_are_permuted_and_not_changed(values: list[list[float]]) -> None:
    before = hits(values)
    after = rerank(before)
    assert sorted(names(after)) == sorted(names(before))
    assert [entry.read.hit.rank for entry in after] == list(range(1, len(before) + 1))
    scores = [entry.read.hit.score for entry in after]
    assert scores == sorted(scores, reverse=True)
    assert [entry.read.hit.rank for entry in before] == list(range(1, len(before) + 1))
    by_name = {entry.read.document.id: entry for entry in before}
    for entry in after:
        old = by_name[entry.read.document.id]
        assert entry.read.hit.passage == old.read.hit.passage
        assert entry.read.reading is old.read.reading
        assert entry.numbers == old.numbers
        assert entry.probabilities is old.probabilities


@pytest.mark.parametrize("value", [1e-9, 1 / 3])
def test_scores_are_rounded_to_what_a_person_reads(value: float) -> None:
    (found,) = rerank(hits([[value]]))
    assert found.read.hit.score == round(value, 6)
    assert found.best == value
