"""`POST /ask` and `POST /search`: questions in, checked answers or passages out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from index.errors import PinciteError
from pincite.api.events import ANSWER, STORED, UNSTORED, as_sent
from pincite.api.models import AskRequest, FoundPassage, SearchRequest, SearchResults
from pincite.api.service import Service, require_local, service_of
from pincite.api.streams import event_stream, stepping, wants_events
from pincite.api.visitors import visitor_of
from rag import Answer, AnswerReady, Assistant, Conversations, Event, Hit, StoredAnswer
from rag.render import from_json, json_schema

# The conversation in which an answer was stored.
CONVERSATION_HEADER = "Pincite-Conversation"
# Why it could not be stored, percent-encoded: a header holds no other letters.
UNSTORED_HEADER = "Pincite-Unstored"
NEW = "new"

router = APIRouter()
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, as described by docs/answer.schema.json; with "
        "`Accept: text/event-stream` the events `stage`, `understood`, `draft`, `claim`, `answer`, "
        "and `stored` or `unstored`.",
        "content": {
            "application/json": {"schema": {"title": "Answer", "type": "object"}},
            "text/event-stream": {},
        },
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question under way, and where its answer will be stored."""

    events: Iterator[Event]
    conversations: Conversations
    conversation: str | None

    def store(self, answer: Answer) -> StoredAnswer | None:
        """The answer as it was stored, if it was to be."""
        if self.conversation is None:
            return None
        chosen = None if self.conversation == NEW else self.conversation
        return self.conversations.add(answer, conversation=chosen)


@router.post("/ask", tags=["questions"], responses=_ANSWER)
async def ask(request: Request, body: AskRequest) -> Response:
    """Answer a question, every claim pinned to the sentence it rests on.

    A client that goes away stops the answer at its next step.
    """
    service = service_of(request)
    service.count(request)
    # Refusals have a status of their own, also where events are asked for.
    asked = await run_in_threadpool(_begin, request, service, body)
    if wants_events(request):
        return event_stream(_told(request, service, asked))
    answer: object = None
    headers = {"cache-control": "no-store"}
    async with aclosing(_told(request, service, asked)) as events:
        async for name, data in events:
            if name == ANSWER:
                answer = data
            elif name == STORED and isinstance(data, dict):
                headers[CONVERSATION_HEADER] = data["conversation"]
            elif name == UNSTORED and isinstance(data, dict):
                headers[UNSTORED_HEADER] = quote(data["reason"], safe=" ,.:;'()/")
    return JSONResponse(answer, headers=headers)


async def _told(
    request: Request, service: Service, asked: _Asked
) -> AsyncGenerator[tuple[str, object]]:
    """The events of the answer, once it is the visitor's turn, and where it was stored."""
    async with service.turn(request), aclosing(stepping(request, asked.events)) as events:
        async for event in events:
            yield as_sent(event)
            if isinstance(event, AnswerReady):
                try:
                    stored = await run_in_threadpool(asked.store, event.answer)
                except PinciteError as error:  # the answer is there, whatever becomes of it
                    yield UNSTORED, {"reason": str(error)}
                else:
                    if stored is not None:
                        number, name = stored.number, stored.conversation_id
                        yield STORED, {"conversation": name, "number": number}


def _begin(request: Request, service: Service, body: AskRequest) -> _Asked:
    assistant = _as_asked(request, service, body)
    mine = assistant.conversations.of(visitor_of(request).owner)
    earlier = list(map(from_json, body.earlier))
    conversation = body.conversation
    if conversation is not None and conversation != NEW:
        conversation = mine.find(conversation).id
        stored = [one.answer for one in mine.answers(conversation) if not one.unreadable]
        earlier = [*stored, *earlier]
    events = assistant.stream(
        body.question,
        filters=body.filters.filters(),
        asked_on=body.asked_on,
        exclude=body.exclude,
        earlier=earlier,
    )
    return _Asked(events=events, conversations=mine, conversation=conversation)


def _as_asked(request: Request, service: Service, body: AskRequest) -> Assistant:
    """The assistant with the settings that the question asks for; nobody else may ask for any."""
    given = {name: getattr(body, name) for name in ("earlier", "writer", "passages")}
    for name, value in given.items():
        if value:
            require_local(request, f"{name} is for the server's owner")
    return service.assistant.asked_with(writer=body.writer, passages=body.passages)


@router.post("/search", tags=["questions"])
async def search(request: Request, body: SearchRequest) -> SearchResults:
    """The passages that fit best, best first; nothing is answered."""
    service = service_of(request)
    service.count(request)
    async with service.turn(request):
        hits = await run_in_threadpool(
            service.assistant.search,
            body.query,
            limit=body.limit,
            filters=body.filters.filters(),
            asked_on=body.asked_on,
        )
    return SearchResults(hits=await run_in_threadpool(_described, service, hits))


def _described(service: Service, hits: Sequence[Hit]) -> list[FoundPassage]:
    identifiers = list(dict.fromkeys(hit.passage.document_id for hit in hits))
    heads = service.assistant.library.heads(identifiers)
    return [
        FoundPassage(
            rank=hit.rank,
            score=hit.score,
            stage=hit.stage,
            passage=hit.passage,
            title=head.title,
            outlet=head.outlet,
            published_at=head.published_at,
        )
        for hit in hits
        # A document may have been removed since the search.
        if (head := heads.get(hit.passage.document_id)) is not None
    ]


@router.get("/answer.schema.json", tags=["questions"])
def answer_schema() -> dict[str, Any]:
    """The JSON Schema of answers."""
    return json_schema()
