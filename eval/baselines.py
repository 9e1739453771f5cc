"""Plain alternatives to compare with: one search, and its best passage shown as search pages do.

They do what a first attempt does, with the same models and no rule of ours: no question is taken
apart, nothing is read, no answer is checked, and none is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Literal, Protocol

from eval.metrics.answers import WORD_LIMIT
from index.errors import UsageError
from index.library import Library
from index.models import Document, Filters, ScoredPassage, Span
from index.sentences import sentences
from rag.assistant import Assistant
from rag.cite import citation
from rag.clock import Clock
from rag.models import Answer, Claim, Hit, SearchStage, Trace
from rag.question import understand
from rag.words import content_stems

BaselineName = Literal["bm25", "dense", "llamaindex"]


class PlainSearch(Protocol):
    """A search that puts all passages in one order; `limit` of them, best first."""

    def __call__(self, query: str, *, limit: int) -> Sequence[ScoredPassage]: ...


class PlainAlternative:
    """Answers with the best passage of one search, in place of an assistant.

    What is shown of the passage is its `snippet`, cited where it stands. It refuses only where the
    search finds nothing at all, and knows nothing of the day on which a question is asked.
    """

    def __init__(
        self, assistant: Assistant, search: PlainSearch, *, stage: SearchStage, model: str | None
    ) -> None:
        self._assistant = assistant
        self._search = search
        self._stage = stage
        self._models: Mapping[str, str] = {"search": model} if model else {}
        self.settings = assistant.settings

    def search(
        self, query: str, *, limit: int = 8, asked_on: date | None = None
    ) -> tuple[Hit, ...]:
        """The best `limit` passages, best first. Raises `QuestionError` as an assistant does."""
        wording = understand(query, asked_on=asked_on).standalone
        return tuple(
            Hit(passage=found.passage, score=found.score, rank=rank, stage=self._stage)
            for rank, found in enumerate(self._search(wording, limit=limit), start=1)
        )

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        asked_on: date | None = None,
        exclude: Collection[str] = (),
    ) -> Answer:
        """The best passage's snippet as an answer. Raises `UsageError` for filters, `exclude`."""
        if exclude or (filters and not filters.is_empty):
            raise UsageError("A plain alternative searches everything: ask it without filters.")
        clock = Clock()
        asked = understand(question, asked_on=asked_on)
        with clock.stage("search"):
            hits = self.search(question, limit=1)
        if not hits:
            return Answer(question=asked, abstained_because="The search found nothing.")
        passage = hits[0].passage
        start, end = snippet(asked.standalone, passage.text)
        cited = citation(
            self.document(passage.document_id), passage.start + start, passage.start + end
        )
        # Who never refuses claims to be certain of every answer.
        trace = Trace(milliseconds=clock.milliseconds, models=self._models, answerable=1.0)
        claim = Claim(text=cited.quote, citations=(cited,), verdict="quoted")
        return Answer(question=asked, claims=(claim,), sources=(cited,), trace=trace)

    def document(self, document_id: str) -> Document:
        """As `Assistant.document`."""
        return self._assistant.document(document_id)


def plain_alternative(name: BaselineName, assistant: Assistant) -> PlainAlternative:
    """The alternative over the assistant's library; `llamaindex` embeds every document anew.

    `bm25` and `dense` are the two searches of the library, each by itself, over its passages.
    `llamaindex` is that library's own way with the same documents; see `eval.plain_llamaindex`.
    """
    library = assistant.library
    model = library.embedder.model_id
    if name == "bm25":
        return PlainAlternative(assistant, library.search_words, stage="words", model=None)
    if name == "dense":
        return PlainAlternative(assistant, library.search_dense, stage="dense", model=model)
    from eval.plain_llamaindex import LlamaIndexSearch

    search = LlamaIndexSearch(_documents(library), embedder=library.embedder)
    return PlainAlternative(assistant, search, stage="dense", model=model)


def _documents(library: Library) -> list[Document]:
    return [library.document(summary.id) for summary in library.documents()]


def snippet(question: str, passage: str, *, word_limit: int = WORD_LIMIT) -> Span:
    """The stretch of a passage that a page of search results would show for a question.

    Of all runs of whole sentences within `word_limit` words the one that holds most of the
    question's content words; the longest of several. A sentence that is longer is cut at the limit.

    >>> passage = "The port is old. Ferries left on Monday. The crews met on Tuesday."
    >>> start, end = snippet("When did the ferries leave?", passage, word_limit=8)
    >>> passage[start:end]
    'The port is old. Ferries left on Monday.'
    """
    asked = content_stems(question)
    spans = sentences(passage)
    runs = [_run(passage, spans[first:], word_limit) for first in range(len(spans))]
    return max(
        runs,
        key=lambda run: (
            len(asked & content_stems(passage[run.start : run.end])),
            _words(passage, run.start, run.end),
        ),
        default=Span(0, len(passage)),
    )


def _run(text: str, spans: Sequence[Span], word_limit: int) -> Span:
    """As many of the sentences from the first on as fit into the limit."""
    start = spans[0].start
    words = partial(_words, text, start)
    fitting = [span.end for span in spans if words(span.end) <= word_limit]
    return Span(start, fitting[-1] if fitting else _cut(text, spans[0], word_limit))


def _words(text: str, start: int, end: int) -> int:
    return len(text[start:end].split())


def _cut(text: str, span: Span, word_limit: int) -> int:
    """Where the last word within the limit ends."""
    end = span.start
    for word in text[span.start : span.end].split()[:word_limit]:
        end = text.index(word, end) + len(word)
    return end
