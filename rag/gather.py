"""From a question to all that was found for it, stage by stage, part by part."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from functools import partial

from rag.clock import Clock
from rag.compound import separate_parts
from rag.finder import Finder
from rag.found import Found, find
from rag.listeners import searched
from rag.models import Event, Question, StageStarted
from rag.settings import Settings

# Passages that each part of a compound question reads beyond its share of `passages`.
MORE_FOR_A_PART = 2


class Gatherer:
    """Searches and reads for questions, with one set of settings."""

    def __init__(self, finder: Finder, *, settings: Settings) -> None:
        self._finder = finder
        self._settings = settings

    def found(
        self, question: Question, *, exclude: Collection[str], clock: Clock
    ) -> Generator[Event, None, list[Found]]:
        """What was read for each part of a compound question, else for the question as a whole.

        It is read as a whole too where none of its parts finds an answer by itself.
        """
        parts = separate_parts(question)
        if parts:
            found = yield from self._read(parts, exclude, clock)
            if self.answered(found):
                return found
        return (yield from self._read((question,), exclude, clock))

    def _read(
        self, parts: Sequence[Question], exclude: Collection[str], clock: Clock
    ) -> Generator[Event, None, list[Found]]:
        """Search and read for each; together they read little more than one question does."""
        passages = self._settings.passages
        limit = passages if len(parts) == 1 else -(-passages // len(parts)) + MORE_FOR_A_PART
        yield StageStarted(stage="searching", message="searching")
        with clock.stage("search"):
            hits = [
                searched(part, partial(self._finder.candidates, part, exclude=exclude, limit=limit))
                for part in parts
            ]
        count = sum(map(len, hits))
        yield StageStarted(stage="reading", message=f"reading {_count(count, 'passage')}")
        with clock.stage("read"):
            read = [self._finder.read(*pair) for pair in zip(parts, hits, strict=True)]
        with clock.stage("evidence"):
            return [find(self._finder, *pair) for pair in zip(parts, read, strict=True)]

    def answered(self, found: Sequence[Found]) -> list[Found]:
        """Those that found an answer."""
        return [
            part
            for part in found
            if part.evidence and part.answerable >= self._settings.abstention_threshold
        ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
