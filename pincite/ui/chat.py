"""A visitor's conversation: values, and how a question changes them while it is answered."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime

from index.errors import PinciteError, QuestionError
from pincite.fair import Place
from pincite.ui.stage_words import stage_words
from pincite.words import mark, t
from rag import Assistant, Filters
from rag.models import (
    Answer,
    AnswerReady,
    Citation,
    CitationState,
    Claim,
    ClaimChecked,
    DraftText,
    Event,
    FollowUpUnderstood,
    Rating,
    StageStarted,
)

INNER_FAULT = mark(
    "Something went wrong inside Pincite. Nothing in the library was changed. The terminal that "
    "runs this page shows what happened; asking again may work."
)

# Seconds of waiting for a turn in one piece: a generator cannot be closed while it waits.
_LOOK = 0.5

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question with what is known of its answer so far.

    `understood` is what a follow-up was understood as; `None` for a question that stands alone.
    `read` is how many documents it was asked of; `None` for the whole library. `among` are words
    for the collections that they were taken from.
    `stages` are the messages of the stages begun, the last one running until `answer` or
    `trouble` is there or it was `stopped`. `draft` is what a model has written, unchecked.
    `number` is the answer's in its stored conversation, where it has the time `asked_at`, and
    `unstored` why it has none; `rating` and `note` are what the visitor thought of it, and `states`
    tell what has become of its sources since it was stored.
    """

    question: str
    understood: str | None = None
    read: int | None = None
    among: str = ""
    stages: tuple[str, ...] = ()
    draft: str = ""
    claims: tuple[Claim, ...] = ()
    answer: Answer | None = None
    trouble: str | None = None
    library_is_empty: bool = False
    stopped: bool = False
    number: int | None = None
    asked_at: datetime | None = None
    unstored: str = ""
    rating: Rating | None = None
    note: str = ""
    states: Mapping[Citation, CitationState] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        return self.answer is None and self.trouble is None and not self.stopped

    @property
    def sources(self) -> tuple[Citation, ...]:
        """The distinct citations in order of first use; marker n is the n-th of them."""
        if self.answer is not None:
            return self.answer.sources
        return tuple(
            dict.fromkeys(citation for claim in self.claims for citation in claim.citations)
        )

    def after(self, event: Event) -> Exchange:
        """The exchange as it stands after one more event."""
        if isinstance(event, StageStarted):
            return replace(self, stages=(*self.stages, stage_words(event)))
        if isinstance(event, FollowUpUnderstood):
            return replace(self, understood=event.question.standalone)
        if isinstance(event, DraftText):
            return replace(self, draft=self.draft + event.text)
        if isinstance(event, ClaimChecked):
            return replace(self, claims=(*self.claims, event.claim), draft="")
        return replace(self, answer=event.answer, claims=event.answer.claims, draft="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one visitor has asked, oldest first. Kept in the visitor's own state.

    `conversation` is the id under which the answers are stored, once one is. Stored answers
    numbered `replacing` and above are no more part of it: the next one stored takes their place,
    if they are still those of the times `replaced`.
    """

    conversation: str | None = None
    replacing: int | None = None
    replaced: frozenset[datetime] = frozenset()
    exchanges: tuple[Exchange, ...] = ()

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers so far; a question that ran into trouble has none."""
        return tuple(exchange.answer for exchange in self.exchanges if exchange.answer is not None)

    def asking(self, exchange: Exchange) -> Visit:
        return replace(self, exchanges=(*self.exchanges, exchange))

    @property
    def running(self) -> bool:
        """Whether an answer is being made."""
        return bool(self.exchanges) and self.exchanges[-1].running

    def before(self, place: int) -> Visit:
        """The visit without the exchange at `place` and those after it."""
        numbers = [entry.number for entry in self.exchanges[place:] if entry.number is not None]
        times = (entry.asked_at for entry in self.exchanges[place:])
        given = [self.replacing] if self.replacing is not None else []
        return replace(
            self,
            exchanges=self.exchanges[:place],
            replacing=min([*given, *numbers], default=None),
            replaced=self.replaced.union(time for time in times if time is not None),
        )

    def with_last(self, exchange: Exchange) -> Visit:
        return replace(self, exchanges=(*self.exchanges[:-1], exchange))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One step of answering, fit to be drawn.

    `refused` is the sentence for a question that cannot be asked as it is; it then stays in the
    box to be mended.
    """

    visit: Visit
    refused: str | None = None


def converse(
    assistant: Assistant,
    visit: Visit,
    question: str,
    *,
    filters: Filters | None = None,
    among: str = "",
    turn: AbstractContextManager[Place],
) -> Iterator[Turn]:
    """Ask, and yield the visit after every event. Never raises: trouble becomes a sentence.

    The question is shown at once, and answered once the place in `turn` is ready. The visit is
    yielded as it is now and then while it waits, so that who stops it has left the row.
    """
    try:
        events = assistant.stream(question, filters=filters, earlier=visit.answers)
    except QuestionError as error:
        yield Turn(visit=visit, refused=str(error))
        return
    except PinciteError as error:
        yield Turn(visit=visit.asking(Exchange(question=question.strip(), trouble=str(error))))
        return
    read = len(filters.document_ids) if filters else None
    exchange = Exchange(question=question.strip(), read=read, among=among)
    visit = visit.asking(exchange)
    yield Turn(visit=visit)
    for later in _exchanges(assistant, exchange, events, turn=turn):
        visit = visit.with_last(later)
        yield Turn(visit=visit)


def _exchanges(
    assistant: Assistant,
    exchange: Exchange,
    events: Iterator[Event],
    *,
    turn: AbstractContextManager[Place],
) -> Iterator[Exchange]:
    try:
        with turn as place:
            while not place.ready(_LOOK):
                yield exchange
            for event in events:
                exchange = exchange.after(event)
                if isinstance(event, AnswerReady) and event.answer.abstained:
                    exchange = replace(exchange, library_is_empty=not assistant.documents())
                yield exchange
    except PinciteError as error:
        yield replace(exchange, trouble=str(error), draft="")
    except Exception:  # the page is the last to see it: the visitor gets a sentence
        log.exception("Answering %r failed", exchange.question)
        yield replace(exchange, trouble=t(INNER_FAULT), draft="")
