"""Hits are read by the evidence model, sentence by sentence, together with the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.models import Document
from rag.features import Sentence, split
from rag.models import Hit
from rag.pairs import Pair
from rag.reader import Reader, Reading

# A title may be a whole paragraph; the passage needs the room.
TITLE_WORDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHit:
    """A hit with its sentences and what the evidence model made of it."""

    hit: Hit
    document: Document
    sentences: Sequence[Sentence]
    reading: Reading


def read_hits(
    question: str,
    hits: Sequence[Hit],
    *,
    documents: Mapping[str, Document],
    reader: Reader,
) -> list[ReadHit]:
    """The hits in their order, each read together with the question.

    `documents` holds each hit's document by id.
    """
    found = [documents[hit.passage.document_id] for hit in hits]
    sentences = [
        split(hit.passage.text, language=document.language)
        for hit, document in zip(hits, found, strict=True)
    ]
    pairs = [
        Pair(
            question=question,
            title=_beginning(document.title),
            passage=hit.passage.text,
            sentences=[entry.span for entry in entries],
        )
        for hit, document, entries in zip(hits, found, sentences, strict=True)
    ]
    return [
        ReadHit(hit=hit, document=document, sentences=entries, reading=reading)
        for hit, document, entries, reading in zip(
            hits, found, sentences, reader.read(pairs), strict=True
        )
    ]


def _beginning(title: str) -> str:
    return " ".join(title.split()[:TITLE_WORDS])
