"""A document as its passages, and the text that stands for each before the embedding model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from index.chunk import CHUNKER_VERSION, chunk
from index.clean import CLEANER_VERSION
from index.embed import Embedder
from index.models import Document, Passage
from index.sentences import sentences

# About 150 English words: longer passages blur what they are about, shorter ones lose the thread.
PASSAGE_TOKENS = 200
TITLE_TOKENS = 32


def passages_of(document: Document, *, embedder: Embedder) -> list[Passage]:
    """The document cut into passages that `embedder` reads whole, title included, in order."""
    special_tokens = embedder.count_tokens([""])[0]
    room = embedder.max_tokens - special_tokens - TITLE_TOKENS - 1  # 1: the line break
    spans = chunk(
        document.text,
        sentences(document.text, document.language),
        count_tokens=lambda texts: [
            count - special_tokens for count in embedder.count_tokens(texts)
        ],
        limit=max(8, min(PASSAGE_TOKENS, room)),
    )
    return [
        Passage(
            id=_passage_id(document.id, span.start, span.end),
            document_id=document.id,
            start=span.start,
            end=span.end,
            text=document.text[span.start : span.end],
            heading=span.heading,
            page=document.page_at(span.start),
        )
        for span in spans
    ]


def embedding_texts(
    document: Document, passages: Sequence[Passage], *, embedder: Embedder
) -> list[str]:
    """What is embedded for each passage: the document's title, at most 32 tokens, then its text."""
    title = _shortened(document.title, embedder)
    return [f"{title}\n{passage.text}" if title else passage.text for passage in passages]


def vector_key(embedder: Embedder, text: str) -> str:
    """The name of a text's vector: the same text is never embedded twice by the same model."""
    return hashlib.sha256(f"{embedder.model_id}\0{text}".encode()).hexdigest()


def _passage_id(document_id: str, start: int, end: int) -> str:
    name = f"{document_id}:{start}:{end}:{CLEANER_VERSION}:{CHUNKER_VERSION}"
    return hashlib.sha256(name.encode()).hexdigest()[:24]


def _shortened(title: str, embedder: Embedder) -> str:
    """The first words of the title that fit in its share of tokens."""
    special_tokens = embedder.count_tokens([""])[0]
    words = title.split()
    beginnings = [" ".join(words[: count + 1]) for count in range(min(len(words), TITLE_TOKENS))]
    fitting = [
        beginning
        for beginning, tokens in zip(beginnings, embedder.count_tokens(beginnings), strict=True)
        if tokens - special_tokens <= TITLE_TOKENS
    ]
    return fitting[-1] if fitting else ""
