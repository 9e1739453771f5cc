"""From a question to evidence: search, reading of what was found, the sentences that answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from index.errors import UnknownDocument
from index.library import Library
from index.models import Document
from rag.evidence import ScoredHit, score
from rag.models import Hit, Question
from rag.reader import Reader
from rag.reading import ReadHit, read_hits
from rag.rerank import rerank
from rag.retrieve import rarity, retrieve
from rag.settings import Settings


class Finder:
    """Finds in one library what answers a question, with one set of settings."""

    def __init__(self, library: Library, *, settings: Settings, reader: Reader) -> None:
        self._library = library
        self._settings = settings
        self._reader = reader

    @property
    def reader(self) -> Reader:
        """The model that reads."""
        return self._reader

    def search(
        self, question: Question, *, limit: int, exclude: Collection[str] = ()
    ) -> tuple[Hit, ...]:
        """The best `limit` passages: those that are read for answers first, then the others."""
        depth = self._settings.passages
        hits = self._retrieve(question, limit=max(limit, depth), exclude=exclude)
        ranked = self.rank(question, self.read(question, hits[:depth]))
        first = [entry.read.hit for entry in ranked]
        rest = [replace(hit, rank=rank) for rank, hit in enumerate(hits[depth:], len(first) + 1)]
        return (*first, *rest)[:limit]

    def candidates(
        self, question: Question, *, exclude: Collection[str] = (), limit: int | None = None
    ) -> tuple[Hit, ...]:
        """The passages worth reading for answers, `limit` or as many as the settings say."""
        return self._retrieve(question, limit=limit or self._settings.passages, exclude=exclude)

    def read(self, question: Question, hits: Sequence[Hit]) -> list[ReadHit]:
        """The hits in their order, each read together with the question."""
        documents: dict[str, Document] = {}
        for identifier in dict.fromkeys(hit.passage.document_id for hit in hits):
            # A document may have been removed since the search.
            with suppress(UnknownDocument):
                documents[identifier] = self._library.document(identifier)
        known = [hit for hit in hits if hit.passage.document_id in documents]
        return read_hits(question.standalone, known, documents=documents, reader=self._reader)

    def rank(self, question: Question, read: Sequence[ReadHit]) -> list[ScoredHit]:
        """Hits that were read, with the probability of each sentence, best evidence first."""
        return rerank(
            score(
                question.standalone,
                read,
                rarity=rarity(self._library, question),
                asks_from=question.asks_from,
            )
        )

    def _retrieve(
        self, question: Question, *, limit: int, exclude: Collection[str]
    ) -> tuple[Hit, ...]:
        return retrieve(
            self._library,
            question,
            candidates=self._settings.candidates,
            limit=limit,
            slots=self._settings.passages,
            exclude=exclude,
        )
