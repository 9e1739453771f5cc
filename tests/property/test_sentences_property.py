"""Whatever the text, its sentences are a clean partition of what can be seen of it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import LONGEST, sentences

PIECES = st.sampled_from(
    [
        *("Dr. ", "U.S. ", "No. 5 ", "Sept. 14 ", "J. K. ", "It rose", "he said", "vs. ", "3.5 "),
        *(". ", "! ", "? ", "… ", "; ", ", ", ".", "。", "؟ ", "\n", "\n\n", "- ", " | ", "\t"),
        *("“", "”", '"', "'", "«", "»", "(", ")", "「", "」", "[1]", "1. ", "Q: ", " "),
        *("😀", "e\u0301", "ß", "他来了", "нет ", "그는 ", "ذهب ", "\U0001f3f4", "word " * 60),
    ]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=60).map("".join))
LANGUAGES = st.sampled_from([None, "en", "de", "fr", "ja", "zh-Hant", "xx", ""])


@settings(max_examples=200, deadline=None)
@given(TEXTS, LANGUAGES)
def test_sentences_are_ordered_trimmed_disjoint_and_cover_the_text(
    text: str, language: str | None
) -> None:
    position = 0
    for start, end in sentences(text, language):
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert end - start <= LONGEST
        position = end
    assert not text[position:].strip()


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_a_blank_line_always_ends_a_sentence(text: str) -> None:
    for start, end in sentences(text):
        assert "\n\n" not in text[start:end]
