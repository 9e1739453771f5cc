"""Whatever the text: passages cover every sentence once, in order, within the limit."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.chunk import chunk
from index.embed import SentenceTransformerEmbedder
from index.models import Span
from index.sentences import sentences

EMBEDDER = SentenceTransformerEmbedder("all-MiniLM-L6-v2")
SPECIAL_TOKENS = EMBEDDER.count_tokens([""])[0]

WORDS = st.one_of(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]),
        max_size=12,
    ),
    st.sampled_from(
        ["Pyongyang", "denied", "it.", "“We", "will”", "U.S.", "$1.5", "然后。", "👩‍👩‍👧", "é"]
    ),
    st.just("https://x.org/" + "a.b-c/" * 60),
)
TEXTS = st.lists(
    st.tuples(WORDS, st.sampled_from([" ", " ", " ", "\n", "\n\n", ". ", "! "])), max_size=120
).map(lambda pairs: "".join(word + gap for word, gap in pairs))


def count(texts: list[str]) -> list[int]:
    return [tokens - SPECIAL_TOKENS for tokens in EMBEDDER.count_tokens(texts)]


@given(text=TEXTS, limit=st.integers(min_value=12, max_value=80))
@example(text="Heading\n\n" + "word " * 300, limit=20)
@settings(max_examples=150, deadline=None)
def test_passages_are_ordered_apart_within_the_limit_and_cover_every_sentence(
    text: str, limit: int
) -> None:
    found = sentences(text)
    passages = chunk(text, found, count_tokens=count, limit=limit)

    starts_and_ends = [place for span in passages for place in (span.start, span.end)]
    assert starts_and_ends == sorted(starts_and_ends)
    assert all(0 <= span.start < span.end <= len(text) for span in passages)

    covered = [False] * len(text)
    for span in passages:
        covered[span.start : span.end] = [True] * (span.end - span.start)
    for sentence in found:
        for place in range(*sentence):
            assert covered[place] or text[place].isspace()

    sizes = count([text[span.start : span.end] for span in passages])
    assert all(
        size <= limit or span.end - span.start == 1
        for size, span in zip(sizes, passages, strict=True)
    )


@given(text=TEXTS, limit=st.integers(min_value=12, max_value=80))
@settings(max_examples=100, deadline=None)
def test_a_sentence_within_the_limit_is_never_cut(text: str, limit: int) -> None:
    found = sentences(text)
    passages = chunk(text, found, count_tokens=count, limit=limit)
    sizes = count([text[start:end] for start, end in found])
    for sentence, size in zip(found, sizes, strict=True):
        if size <= limit:
            assert sum(inside(sentence, Span(span.start, span.end)) for span in passages) == 1


def inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
