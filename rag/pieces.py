"""What a LlamaIndex model says, piece by piece: whether it chats or completes, streams or not."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.prompt import Prompt

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatResponse, CompletionResponse, LLMMetadata

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a model's answer. `reason` is why the answer ended, in the piece that says so.

    `gives_reasons` is whether this kind of server says why at all; `counts` are the tokens of
    prompt and completion, as far as told.
    """

    text: str
    reason: str | None
    gives_reasons: bool
    counts: Mapping[str, int]


def pieces(llm: LLM, metadata: LLMMetadata, prompt: Prompt) -> Generator[Piece, None, None]:
    """The answer as the model writes it; in one piece if it cannot stream.

    Closing the generator closes the model's stream. Raises whatever the model raises.
    """
    stream: Iterable[ChatResponse | CompletionResponse] | None = None
    text = ""
    began = False
    try:
        # A model that does not stream says so when called or when first read.
        with suppress(NotImplementedError):
            stream = _streamed(llm, metadata, prompt)
            for response in stream or ():
                began = True
                piece = _added(response, text)
                text += piece
                yield _piece(response, piece)
            if stream is not None:
                return
        if began:
            raise ValueError("it does not stream, which it said only after it had begun")
        response = _whole(llm, metadata, prompt)
        yield _piece(response, _added(response, ""))
    finally:
        close = getattr(stream, "close", None)
        if callable(close):
            try:
                close()
            except Exception:  # the answer stands; why it was interrupted is told
                log.debug("The model's stream could not be closed", exc_info=True)


def _streamed(
    llm: LLM, metadata: LLMMetadata, prompt: Prompt
) -> Iterable[ChatResponse | CompletionResponse] | None:
    stream: Iterable[ChatResponse | CompletionResponse] | None
    if metadata.is_chat_model:
        stream = llm.stream_chat(_messages(metadata, prompt))
    else:
        stream = llm.stream_complete(_one_text(llm, metadata, prompt), formatted=True)
    return stream


def _whole(llm: LLM, metadata: LLMMetadata, prompt: Prompt) -> ChatResponse | CompletionResponse:
    if metadata.is_chat_model:
        return llm.chat(_messages(metadata, prompt))
    return llm.complete(_one_text(llm, metadata, prompt), formatted=True)


def _one_text(llm: LLM, metadata: LLMMetadata, prompt: Prompt) -> str:
    """The messages as the one text that a model that only completes is to go on with."""
    assert llm.messages_to_prompt is not None, "LlamaIndex gives every model one"
    return str(llm.messages_to_prompt(_messages(metadata, prompt)))


def _messages(metadata: LLMMetadata, prompt: Prompt) -> list[Any]:
    from llama_index.core.llms import ChatMessage, MessageRole

    return [
        ChatMessage(role=metadata.system_role, content=prompt.system),
        ChatMessage(role=MessageRole.USER, content=prompt.user),
    ]


def _added(response: ChatResponse | CompletionResponse, text: str) -> str:
    """What the response adds to the text so far: its delta, or the growth of its whole text."""
    if response.delta is not None:
        return str(response.delta)
    message = getattr(response, "message", response)
    whole = str(getattr(message, "content", None) or getattr(message, "text", None) or "")
    return whole[len(text) :] if whole.startswith(text) else ""


def _piece(response: ChatResponse | CompletionResponse, text: str) -> Piece:
    return Piece(
        text=text,
        reason=_reason(response.raw),
        gives_reasons=hasattr(response.raw, "choices"),
        counts=_counts(response.additional_kwargs),
    )


def _counts(told: Mapping[str, object] | None) -> dict[str, int]:
    """The token counts of a response, as far as it gives any."""
    names = ("prompt_tokens", "completion_tokens")
    counts = {name: (told or {}).get(name) for name in names}
    return {name: count for name, count in counts.items() if isinstance(count, int) and count >= 0}


def _reason(raw: Any) -> str | None:  # noqa: ANN401  # the chunk of whatever client it was
    """Why an OpenAI-compatible server ended its answer, in the chunk that says so."""
    choices = getattr(raw, "choices", None)
    return getattr(choices[0], "finish_reason", None) if choices else None
