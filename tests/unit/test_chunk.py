"""Passages: whole sentences, whole paragraphs where possible, under their headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from index.chunk import ChunkSpan, chunk
from index.models import Span


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def lines(text: str) -> list[Span]:
    """Every line a sentence, for texts written that way."""
    return [Span(match.start(), match.end()) for match in re.finditer(r"\S[^\n]*", text)]


def texts(text: str, spans: Sequence[ChunkSpan]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def test_nothing_becomes_no_passage() -> None:
    assert chunk("", [], count_tokens=count_words, limit=5) == []


def test_a_short_text_is_one_passage() -> None:
    text = "One two.\nThree four."
    assert texts(text, chunk(text, lines(text), count_tokens=count_words, limit=4)) == [text]


def test_sentences_are_packed_until_the_limit() -> None:
    text = "a b.\nc d.\ne f.\ng h."
    assert texts(text, chunk(text, lines(text), count_tokens=count_words, limit=5)) == [
        "a b.\nc d.",
        "e f.\ng h.",
    ]


def test_a_full_passage_ends_at_the_last_paragraph_behind_its_middle() -> None:
    text = "a b c.\nd e f.\n\ng h i.\nj k l."
    assert texts(text, chunk(text, lines(text), count_tokens=count_words, limit=10)) == [
        "a b c.\nd e f.",
        "g h i.\nj k l.",
    ]


def test_a_paragraph_before_the_middle_does_not_end_a_passage() -> None:
    text = "a.\n\nb c d.\ne f g.\nh i j."
    assert texts(text, chunk(text, lines(text), count_tokens=count_words, limit=8)) == [
        "a.\n\nb c d.\ne f g.",
        "h i j.",
    ]


def test_a_heading_ends_a_passage_that_is_half_full_and_names_the_next() -> None:
    text = "a b c.\nd e f.\n\nNew matter\n\ng h."
    spans = chunk(text, lines(text), count_tokens=count_words, limit=12)
    assert texts(text, spans) == ["a b c.\nd e f.", "New matter\n\ng h."]
    assert [span.heading for span in spans] == [None, "New matter"]


def test_a_heading_is_never_left_at_the_end_of_a_passage() -> None:
    text = "a b.\n\nTitle\n\nUnder title\n\nc d e f g h i."
    spans = chunk(text, lines(text), count_tokens=count_words, limit=10)
    assert texts(text, spans) == ["a b.", "Title\n\nUnder title\n\nc d e f g h i."]


def test_a_heading_holds_for_all_passages_until_the_next() -> None:
    text = "Title\n\na b c.\nd e f.\n\nOther\n\ng h i."
    spans = chunk(text, lines(text), count_tokens=count_words, limit=4)
    assert [span.heading for span in spans] == ["Title", "Title", "Other"]


def test_a_heading_loses_the_signs_of_markdown() -> None:
    text = "## Talks ##\n\na b."
    assert chunk(text, lines(text), count_tokens=count_words, limit=9)[0].heading == "Talks"


def test_what_ends_like_a_sentence_or_is_long_or_starts_no_line_is_no_heading() -> None:
    for line in ("He left.", "He said:", "“No”", "word " * 15, "...", "- - -"):
        text = f"{line.strip()}\n\na b c."
        assert chunk(text, lines(text), count_tokens=count_words, limit=40)[0].heading is None
    text = "He left. Then more\n\na b."
    spans = [Span(0, 8), Span(9, 18), Span(20, 24)]
    assert chunk(text, spans, count_tokens=count_words, limit=2)[-1].heading is None


@pytest.mark.parametrize("row", ["Petrel | 9", "Boat: Petrel | Crew: 9", "Petrel\t9"])
def test_the_last_row_of_a_table_is_no_heading(row: str) -> None:
    text = f"Boats\n\nGannet | 12\n{row}\n\nThey sailed."
    spans = chunk(text, lines(text), count_tokens=count_words, limit=6)
    assert {span.heading for span in spans} == {"Boats"}


def test_the_last_line_is_no_heading() -> None:
    text = "a b c d.\n\nReporting by Ann Lee"
    spans = chunk(text, lines(text), count_tokens=count_words, limit=20)
    assert spans == [ChunkSpan(0, len(text), None)]


def test_a_sentence_longer_than_the_limit_is_cut_between_words() -> None:
    text = "a b c d e f g h"
    assert texts(text, chunk(text, [Span(0, 15)], count_tokens=count_words, limit=3)) == [
        "a b c",
        "d e f",
        "g h",
    ]


def test_a_sentence_of_a_script_without_spaces_is_cut_at_a_comma() -> None:
    text = "海鸥，飞过码头，没有人回答了，没有。"
    spans = chunk(text, [Span(0, len(text))], count_tokens=count_characters, limit=10)
    assert texts(text, spans) == ["海鸥，飞过码头，", "没有人回答了，没有。"]


def test_a_word_longer_than_the_limit_is_cut_between_characters() -> None:
    text = "ab cdefghijklm no"
    pieces = texts(text, chunk(text, [Span(0, 17)], count_tokens=count_characters, limit=4))
    assert all(len(piece) <= 4 for piece in pieces)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")


def test_the_limit_holds_where_counts_do_not_add_up() -> None:
    """Characters count the spaces between sentences, which the sum over sentences leaves out."""
    text = "abc\ndef\nghi"
    spans = chunk(text, lines(text), count_tokens=count_characters, limit=9)
    assert max(span.end - span.start for span in spans) <= 9
    assert sorted(" ".join(texts(text, spans)).split()) == ["abc", "def", "ghi"]


def test_repeated_sentences_keep_their_own_places() -> None:
    text = "Same words.\nSame words.\nSame words."
    spans = chunk(text, lines(text), count_tokens=count_words, limit=2)
    assert [(span.start, span.end) for span in spans] == [(0, 11), (12, 23), (24, 35)]
