"""Overlap in runs of four words, by hand."""

from __future__ import annotations

import pytest

from eval.metrics.shingles import Overlap, shingle_overlap, shingles


def test_words_are_what_counts_not_the_marks_between_them() -> None:
    assert shingles("We sail, at nine!") == shingles("We sail at\n\nnine")


def test_a_text_of_three_words_is_one_run_and_a_blank_one_none() -> None:
    assert shingles("We sail today") == {("We", "sail", "today"): 1}
    assert shingles(" \n– ") == {}


def test_what_is_too_much_costs_precision_and_what_is_missing_recall() -> None:
    # Gold has 8 - 3 = 5 runs; the page adds two words in front: 7 runs, of which 5 are gold.
    gold = "the crews walked out on Monday at noon"
    assert shingle_overlap(f"Home Menu {gold}", gold) == pytest.approx((5 / 7, 1.0, 5 / 6))
    # Without the last two words 3 runs are left, all of them gold.
    cut = gold.removesuffix(" at noon")
    assert shingle_overlap(cut, gold) == pytest.approx((1.0, 3 / 5, 3 / 4))


def test_an_article_found_twice_is_half_precise() -> None:
    gold = "one two three four"
    # Eight words make five runs; only one of them counts.
    assert shingle_overlap(f"{gold} {gold}", gold) == pytest.approx((1 / 5, 1.0, 1 / 3))


@pytest.mark.parametrize(
    ("found", "gold", "expected"),
    [("", "", 1.0), ("", "the crews walked out", 0.0), ("the crews walked out", "", 0.0)],
)
def test_empty_texts(found: str, gold: str, expected: float) -> None:
    assert shingle_overlap(found, gold) == Overlap(expected, expected, expected)
