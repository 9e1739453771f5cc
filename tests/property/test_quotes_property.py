"""A located quote is the quote, whatever the text is made of."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from rag.fuse import reciprocal_rank_fusion
from rag.markers import read_statements
from rag.parts import PART_LIMIT, parts_of
from rag.quotes import locate
from rag.words import words

texts = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"), st.sampled_from(" \n\t\r“”\"'’‘«»北朝鮮한국e\u0301ﬁß")
    ),
    min_size=1,
    max_size=80,
)
PLAIN = str.maketrans("“”„«»‘’‚‑", '"""""\'\'\'-')


def forgiving(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().translate(PLAIN)


@given(before=texts, quote=texts, after=texts)
def test_what_is_located_reads_like_the_quote(before: str, quote: str, after: str) -> None:
    text = f"{before} {quote} {after}"
    span = locate(quote, text, within=(0, len(text)))
    if not quote.strip():
        assert span is None
        return
    assert span is not None
    assert forgiving(text[span.start : span.end]) == forgiving(quote)


@given(text=texts, quote=texts)
def test_nothing_is_located_that_does_not_stand_there(text: str, quote: str) -> None:
    span = locate(quote, text, within=(0, len(text)))
    if span is not None:
        assert forgiving(text[span.start : span.end]) == forgiving(quote)
    elif forgiving(quote) in forgiving(text):
        # It stands there only as a part of a longer word or number, or is blank.
        padded = f" {forgiving(text)} "
        assert not forgiving(quote) or f" {forgiving(quote)} " not in padded


@given(text=st.text(max_size=200))
def test_reading_statements_never_fails_and_leaves_no_marker(text: str) -> None:
    for statement in read_statements(text):
        assert not re.search(r"\[\d{1,3}\]", statement.text)


rankings = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8), max_size=4)


@given(lists=rankings)
def test_fusion_ignores_the_order_of_the_lists_and_invents_nothing(lists: list[list[str]]) -> None:
    fused = reciprocal_rank_fusion(lists)
    assert fused == reciprocal_rank_fusion(lists[::-1])
    assert {name for name, _ in fused} == {name for ranking in lists for name in ranking}
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)


@given(text=st.text(max_size=300))
def test_parts_are_few_and_together_hold_every_word_of_the_question(text: str) -> None:
    question = " ".join(text.split())
    parts = parts_of(question)
    assert 1 <= len(parts) <= PART_LIMIT
    wanted = words(question)
    held = [word for part in parts for word in words(part)]
    assert [word for word in wanted if word not in {"and"}] == [
        word for word in held if word not in {"and"}
    ]
