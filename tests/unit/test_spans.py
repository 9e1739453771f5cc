"""The answer is read off the logits of its first and last token."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.models import Span
from rag.pairs import Tokenised
from rag.spans import LONGEST_ANSWER, best_span

TOKENS = 50
ASKED = 4  # tokens of the question, special ones included; the last token is special too
PASSAGE_TOKENS = range(ASKED, TOKENS - 1)
logits = arrays(np.float32, TOKENS, elements=st.floats(-20, 20, width=32))


def passage(inside: range = PASSAGE_TOKENS) -> Tokenised:
    """Token i of the passage stands at the characters [10 i, 10 i + 5)."""
    places = np.arange(TOKENS)
    is_inside = np.isin(places, inside)
    return Tokenised(
        ids=places,
        types=(places >= ASKED).astype(np.int64),
        starts=np.where(is_inside, places * 10, -1),
        ends=np.where(is_inside, places * 10 + 5, -1),
        sentence_of=np.where(is_inside, 0, -1),
    )


def raised(*places: int) -> np.ndarray:
    found = np.zeros(TOKENS, dtype=np.float32)
    found[list(places)] = 9.0
    return found


@given(starts=logits, ends=logits)
def test_it_is_the_best_of_all_spans_that_are_allowed(starts: np.ndarray, ends: np.ndarray) -> None:
    found = best_span(starts, ends, passage())
    assert found is not None
    first, last = found.span.start // 10, (found.span.end - 5) // 10
    assert first in PASSAGE_TOKENS
    assert last in PASSAGE_TOKENS
    assert 0 <= last - first < LONGEST_ANSWER
    best = max(
        starts[begin] + ends[end]
        for begin in PASSAGE_TOKENS
        for end in PASSAGE_TOKENS
        if 0 <= end - begin < LONGEST_ANSWER
    )
    assert starts[first] + ends[last] == best
    assert found.margin == np.float32(best - starts[0] - ends[0])


def test_it_never_ends_before_it_begins() -> None:
    found = best_span(raised(20), raised(10), passage())
    assert found is not None
    assert found.span.start < found.span.end


def test_it_has_at_most_thirty_tokens() -> None:
    reaches = best_span(raised(10), raised(39), passage())
    assert reaches is not None
    assert reaches.span == Span(100, 395)
    too_far = best_span(raised(10), raised(40), passage())
    assert too_far is not None
    assert too_far.span != Span(100, 405)


def test_question_title_and_special_tokens_are_no_answer() -> None:
    found = best_span(raised(0, 1, 12), raised(0, 2, TOKENS - 1, 13), passage())
    assert found is not None
    assert found.span == Span(120, 135)


def test_the_margin_says_whether_an_answer_beats_none() -> None:
    answered = best_span(raised(12), raised(12), passage())
    unanswered = best_span(raised(0), raised(0), passage())
    assert answered is not None
    assert unanswered is not None
    assert answered.margin == 18.0
    assert unanswered.margin == -18.0


def test_a_passage_without_tokens_has_no_answer() -> None:
    assert best_span(raised(1), raised(1), passage(range(0))) is None


def test_padding_behind_the_pair_is_passed_over() -> None:
    padded = np.concatenate([raised(12), np.full(7, 99.0, dtype=np.float32)])
    found = best_span(padded, padded, passage())
    assert found is not None
    assert found.span == Span(120, 125)
