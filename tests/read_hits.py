"""Hits as they stand after reading, with logits chosen by a test instead of a model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from index.models import Document, Passage, Span
from rag.features import split
from rag.models import Hit
from rag.reader import Reading
from rag.reading import ReadHit
from rag.spans import FoundSpan


def read_hit(
    text: str,
    *,
    document: str = "d",
    title: str = "A port town",
    head: str = "",
    tail: str = "",
    published: date | None = None,
    rank: int = 1,
    found: float = 1.0,
    answers: float = 0.0,
    logits: Sequence[float] | None = None,
    answer: str | None = None,
    margin: float = 0.0,
) -> ReadHit:
    """A passage, `text`, that stands between `head` and `tail` in its document.

    `found` is its score in the search. `answer` is the part of the text that the model marked, with
    its `margin`.
    """
    whole = Document(
        id=document,
        sources=(f"{document}.txt",),
        title=title,
        published_at=published,
        text=head + text + tail,
    )
    start, end = len(head), len(head) + len(text)
    passage = Passage(
        id=f"{document}:{start}", document_id=document, start=start, end=end, text=text
    )
    sentences = split(text)
    begin = text.index(answer) if answer is not None else 0
    return ReadHit(
        hit=Hit(passage=passage, score=found, rank=rank, stage="light"),
        document=whole,
        sentences=sentences,
        reading=Reading(
            answers=answers,
            relevant=answers,
            supports=None,
            sentences=np.asarray(
                [0.0] * len(sentences) if logits is None else logits, dtype=np.float64
            ),
            span=None
            if answer is None
            else FoundSpan(span=Span(begin, begin + len(answer)), margin=margin),
        ),
    )
