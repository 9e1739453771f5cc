"""`/v1/chat/completions`: OpenAI's form of question and answer, for clients that speak it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, suppress
from itertools import pairwise
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from index.errors import QuestionError
from pincite.api.completion import MODEL, Completion, citations_of
from pincite.api.problems import problem
from pincite.api.service import service_of
from pincite.api.streams import EVENT_STREAM, log_fault, server_sent, stepping
from rag import Answer, AnswerReady, Claim, Event
from rag.question import understand

# Each question is understood from those before it, so that the last few hold what came earlier.
EARLIER_LIMIT = 10
# Characters of a reply that is sent back; ours are shorter.
REPLY_LIMIT = 20_000

router = APIRouter(tags=["OpenAI-compatible"])
_SOURCES = re.compile(r"\n### .*", re.DOTALL)


class Message(BaseModel):
    """One message; its content is text, or parts of which those that are text count."""

    model_config = ConfigDict(extra="ignore")
    role: str
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        parts = [
            str(part.get("text", "")) for part in self.content or () if part.get("type") == "text"
        ]
        return "\n".join(parts)


class StreamOptions(BaseModel):
    """Whether a last chunk tells the usage."""

    model_config = ConfigDict(extra="ignore")
    include_usage: bool = False


class ChatRequest(BaseModel):
    """What is read of a request; everything else, such as `temperature`, is ignored."""

    model_config = ConfigDict(extra="ignore")
    messages: list[Message] = Field(min_length=1, max_length=1_000)
    stream: bool = False
    stream_options: StreamOptions | None = None


@router.get("/models")
def list_models() -> dict[str, Any]:
    """The one model there is: the library's assistant."""
    return {"object": "list", "data": [_model()]}


@router.get("/models/{model}")
def show_model(model: str) -> dict[str, Any]:
    """The assistant, whatever it is called."""
    return _model() | {"id": model}


@router.post("/chat/completions")
async def complete(request: Request, body: ChatRequest) -> Response:
    """Answer the last message of the user; earlier messages are what a follow-up goes on from.

    System messages and sampling options are ignored: an answer is made of the documents. The reply
    is Markdown with `[n]` markers and the sources behind; `citations` and `annotations` have the
    places.
    """
    service_of(request).count(request)
    events = await run_in_threadpool(_begin, request, body.messages)
    completion = Completion(base=str(request.base_url))
    answers = _answers(request, events)
    if body.stream:
        usage = body.stream_options is not None and body.stream_options.include_usage
        return _streamed(completion, answers, usage=usage)
    whole: dict[str, Any] = {}
    async with aclosing(answers):
        async for answer in answers:
            whole = completion.whole(answer)
    return JSONResponse(whole, headers={"cache-control": "no-store"})


def _begin(request: Request, messages: Sequence[Message]) -> Iterator[Event]:
    """The events of answering the last question. Raises `QuestionError`."""
    asked = [at for at, message in enumerate(messages) if message.role == "user"]
    if not asked:
        raise QuestionError("No message is the user's: the last one of role user is answered.")
    earlier = _earlier(messages[: asked[-1]])
    return service_of(request).assistant.stream(messages[asked[-1]].text, earlier=earlier)


def _earlier(messages: Sequence[Message]) -> list[Answer]:
    """The conversation so far as answers: the client sends it back as text, without citations."""
    answers: list[Answer] = []
    spoken = [one for one in messages if one.role in {"user", "assistant"}][-2 * EARLIER_LIMIT :]
    for message, reply in pairwise(spoken):
        if (message.role, reply.role) != ("user", "assistant"):
            continue
        with suppress(QuestionError):  # what could not be asked is nothing to go on from
            question = understand(message.text, earlier=answers)
            lines = _SOURCES.sub("", f"\n{reply.text[:REPLY_LIMIT]}").strip().splitlines()
            claims = tuple(
                Claim(text=_without_markers(line), citations=(), verdict="unsupported")
                for line in lines
                if line.strip()
            )
            answers.append(Answer(question=question, claims=claims))
    return answers


def _without_markers(line: str) -> str:
    """A line of a reply without its bullet and the numbers behind it."""
    line = line.removeprefix("- ").rstrip()
    while line.endswith("]") and line[line.rfind("[") + 1 : -1].isdecimal():
        line = line[: line.rfind("[")].rstrip()
    return line


async def _answers(request: Request, events: Iterator[Event]) -> AsyncGenerator[Answer]:
    """The answer, once it is the visitor's turn; nothing for a client that has gone."""
    async with service_of(request).turn(request), aclosing(stepping(request, events)) as steps:
        async for event in steps:
            if isinstance(event, AnswerReady):
                yield event.answer


def _streamed(
    completion: Completion, answers: AsyncGenerator[Answer], *, usage: bool
) -> StreamingResponse:
    """Chunks of a line each: nothing is shown before it is checked, so all come at the end."""

    async def chunks() -> AsyncGenerator[str]:
        async with aclosing(answers):
            try:
                yield server_sent(completion.chunk({"role": "assistant", "content": ""}))
                async for answer in answers:
                    content, annotations = completion.reply(answer)
                    for line in content.splitlines(keepends=True):
                        yield server_sent(completion.chunk({"content": line}))
                    last = completion.chunk({"annotations": annotations}, finished=True)
                    yield server_sent(last | {"citations": citations_of(answer)})
                    if usage:
                        yield server_sent(completion.usage_chunk(answer))
            except Exception as error:  # noqa: BLE001  # the status is sent: this is the last door
                told = problem(error)
                yield server_sent({"error": {"message": told["detail"], "type": told["error"]}})
                log_fault(error)
        yield "data: [DONE]\n\n"

    return StreamingResponse(
        chunks(), media_type=EVENT_STREAM, headers={"cache-control": "no-store"}
    )


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
