"""Chunks against the characters that answer, by hand."""

from __future__ import annotations

import pytest

from eval.metrics.ranges import (
    characters,
    holding,
    merged,
    perfect_precision,
    range_scores,
    shared,
)
from index.models import Span

GOLD = (Span(90, 110), Span(300, 320))  # 40 characters
CHUNKS = [Span(0, 100), Span(100, 200), Span(200, 300), Span(300, 400)]


def test_spans_that_touch_become_one() -> None:
    assert merged([Span(5, 8), Span(0, 5), Span(9, 10), Span(2, 4)]) == [Span(0, 8), Span(9, 10)]


def test_shared_characters_count_once() -> None:
    assert shared([Span(0, 100), Span(50, 95)], GOLD) == 10
    assert characters([Span(0, 100), Span(50, 95)]) == 145


def test_only_chunks_with_a_wanted_character_hold_something() -> None:
    # 200 to 300 ends where an answer begins, and holds none of it.
    assert holding(CHUNKS, GOLD) == [CHUNKS[0], CHUNKS[1], CHUNKS[3]]


def test_half_of_the_answer_in_a_chunk_and_a_half() -> None:
    # Of 40 characters wanted, 10 + 10 in 200 retrieved.
    assert range_scores(CHUNKS[:2], GOLD) == pytest.approx((20 / 40, 20 / 200, 20 / 220))


def test_what_overlapping_chunks_repeat_costs_precision_and_gives_no_recall() -> None:
    found = range_scores([Span(50, 150), Span(60, 160)], GOLD)
    assert found == pytest.approx((20 / 40, 20 / 200, 20 / 220))


def test_nothing_retrieved_and_nothing_shared() -> None:
    assert range_scores([], GOLD) == (0.0, 0.0, 0.0)
    assert range_scores([Span(500, 600)], GOLD) == (0.0, 0.0, 0.0)


def test_the_best_a_way_of_cutting_could_give() -> None:
    # The three chunks that hold something have 300 characters, 40 of them wanted.
    assert perfect_precision(CHUNKS, GOLD) == pytest.approx(40 / 300)
    # Chunks that fit exactly are perfect, however many others there are.
    assert perfect_precision([*GOLD, Span(400, 900)], GOLD) == 1.0
    # What no chunk holds lowers it as it lowers the overlap: 20 of 100 + 20.
    assert perfect_precision([Span(300, 400)], GOLD) == pytest.approx(20 / 120)
