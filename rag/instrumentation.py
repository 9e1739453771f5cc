"""What happens inside an answer, as spans and events of LlamaIndex's instrumentation.

An answer is one span, `Assistant.answer`, and each stage a span beneath it: `Assistant.searching`,
`Assistant.reading`, `Assistant.writing`, `Assistant.checking`. What `Assistant.stream` yields is
told as the event classes of this module, except pieces of a draft: a language model tells of those
itself, beneath the writing. Everything goes to the dispatcher `rag`, and from there to the root.

Importing this module loads LlamaIndex; answers do so only if somebody listens (`rag/listeners.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, Token, copy_context
from inspect import Parameter, Signature
from uuid import uuid4

from llama_index.core.base.response.schema import Response
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.instrumentation.events.query import QueryEndEvent, QueryStartEvent
from llama_index.core.instrumentation.events.retrieval import (
    RetrievalEndEvent,
    RetrievalStartEvent,
)
from llama_index_instrumentation import get_dispatcher
from llama_index_instrumentation.dispatcher import active_instrument_tags
from llama_index_instrumentation.events.span import SpanDropEvent
from llama_index_instrumentation.span import active_span_id
from pydantic import InstanceOf

from rag.listeners import DISPATCHER
from rag.models import (
    Answer,
    AnswerReady,
    Claim,
    ClaimChecked,
    Event,
    Hit,
    Question,
    StageStarted,
)
from rag.nodes import passage_node, quote_nodes

dispatcher = get_dispatcher(DISPATCHER)
# Whether a query engine has told of this question already.
_told_by_engine: ContextVar[bool] = ContextVar("told_by_engine", default=False)


class StageStartedEvent(BaseEvent):
    """A stage began; its span is `span_id`."""

    stage: str
    message: str

    @classmethod
    def class_name(cls) -> str:
        return "StageStartedEvent"


class ClaimCheckedEvent(BaseEvent):
    """A claim that passed the check and will be part of the answer."""

    claim: InstanceOf[Claim]

    @classmethod
    def class_name(cls) -> str:
        return "ClaimCheckedEvent"


class AnswerReadyEvent(BaseEvent):
    """The answer, told once for every question that was not given up."""

    answer: InstanceOf[Answer]

    @classmethod
    def class_name(cls) -> str:
        return "AnswerReadyEvent"


@contextmanager
def told_by_engine() -> Iterator[None]:
    """Within it, no question is told of as a query: the engine that asks it does so."""
    token = _told_by_engine.set(True)
    try:
        yield
    finally:
        _told_by_engine.reset(token)


def told(events: Generator[Event], question: Question) -> Generator[Event]:
    """The same events, told as they pass.

    The span that is active now is the parent, whichever threads ask for the events later. Closing
    the generator early, or leaving it to be collected, drops the spans that are open.
    """
    return _within(copy_context(), _told(events, question))


def told_search(question: Question, search: Callable[[], tuple[Hit, ...]]) -> tuple[Hit, ...]:
    """What `search` finds, told as a retrieval."""
    dispatcher.event(RetrievalStartEvent(str_or_query_bundle=question.standalone))
    hits = search()
    nodes = [passage_node(hit) for hit in hits]
    dispatcher.event(RetrievalEndEvent(str_or_query_bundle=question.standalone, nodes=nodes))
    return hits


def _within(context: Context, events: Generator[Event]) -> Generator[Event]:
    """The events, made in a context of their own.

    A generator shares the context of whoever asks it for the next value: a span that it made the
    active one would be so in the caller's code too, and could not be reset from another thread.
    """
    try:
        while (event := context.run(next, events, None)) is not None:
            yield event
    finally:
        context.run(events.close)


def _told(events: Generator[Event], question: Question) -> Generator[Event]:
    spans = [_Span("answer", question=question.text)]
    try:
        if not _told_by_engine.get():
            dispatcher.event(QueryStartEvent(query=question.text))
        for event in events:
            if isinstance(event, StageStarted | AnswerReady) and len(spans) > 1:
                spans.pop().exit()
            if isinstance(event, StageStarted):
                spans.append(_Span(event.stage, message=event.message))
            _tell(event, question)
            if isinstance(event, AnswerReady):
                # Before it is passed on: nobody asks a stream for more after its answer.
                spans.pop().exit(event.answer)
            yield event
    except BaseException as error:
        events.close()
        if isinstance(error, GeneratorExit):
            error = GeneratorExit("nobody waited for the answer")
        while spans:
            spans.pop().drop(error)
        raise


def _tell(event: Event, question: Question) -> None:
    match event:
        case StageStarted(stage=stage, message=message):
            dispatcher.event(StageStartedEvent(stage=stage, message=message))
        case ClaimChecked(claim=claim):
            dispatcher.event(ClaimCheckedEvent(claim=claim))
        case AnswerReady(answer=answer):
            dispatcher.event(AnswerReadyEvent(answer=answer))
            if not _told_by_engine.get():
                response = Response(answer.text, quote_nodes(answer), {"answer": answer})
                dispatcher.event(QueryEndEvent(query=question.text, response=response))


class _Span:
    """An open span, the active one since it was made; it is left once, by `exit` or `drop`."""

    def __init__(self, name: str, **arguments: str) -> None:
        self._id = f"Assistant.{name}-{uuid4()}"
        parameters = [Parameter(key, Parameter.KEYWORD_ONLY) for key in arguments]
        self._arguments = Signature(parameters).bind(**arguments)
        self._token = active_span_id.set(self._id)
        parent = self._token.old_value
        dispatcher.span_enter(
            id_=self._id,
            bound_args=self._arguments,
            parent_id=None if parent is Token.MISSING else parent,
            tags=active_instrument_tags.get(),
        )

    def exit(self, result: object = None) -> None:
        """It came to its end, with this result."""
        dispatcher.span_exit(id_=self._id, bound_args=self._arguments, result=result)
        active_span_id.reset(self._token)

    def drop(self, error: BaseException) -> None:
        """It did not come to its end."""
        dispatcher.event(SpanDropEvent(span_id=self._id, err_str=str(error)))
        dispatcher.span_drop(id_=self._id, bound_args=self._arguments, err=error)
        active_span_id.reset(self._token)
