"""Real LlamaIndex language models, written here, that behave well or badly in one way each."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.bridge.pydantic import Field
from llama_index.core.llms import LLM, CustomLLM
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback

SOURCE = re.compile(r"^\[1\] (?:.*?“[^”]*”: )?(.+)$", re.MULTILINE)


def first_source(prompt: str) -> str:
    """The first numbered sentence of a prompt, with its marker before the full stop."""
    found = SOURCE.search(prompt)
    assert found is not None, prompt
    return f"{found[1].rstrip('.')} [1]."


class Completing(CustomLLM):
    """Completes texts, nothing else: not a chat model, and it does not stream.

    `says` is what it answers, or `None` for the first source of the prompt. What it was asked is
    kept in `prompts`.
    """

    says: str | None = None
    window: int = 4096
    output: int = 256
    name: str = "completing-model"
    prompts: list[str] = Field(default_factory=list)
    closings: list[str] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=self.window, num_output=self.output, model_name=self.name)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        self.prompts.append(prompt)
        return CompletionResponse(text=first_source(prompt) if self.says is None else self.says)

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        raise NotImplementedError("this model does not stream")

    def close(self) -> None:
        self.closings.append("closed")


class StreamingCompletion(Completing):
    """Completes word by word, and gives only the whole text so far, no deltas."""

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        text = self.complete(prompt).text
        ends = [match.end() for match in re.finditer(r"\S+", text)]
        return (CompletionResponse(text=text[:end]) for end in ends)


class SilentStream(Completing):
    """Its stream is what a method with `pass` for a body returns."""

    def stream_complete(  # type: ignore[empty-body]
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        pass


class LateRefusal(Completing):
    """Says that it does not stream only when its stream is read."""

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        def refusing() -> CompletionResponseGen:
            raise NotImplementedError
            yield

        return refusing()


class Raising(Completing):
    """Raises `error`, at once or after the first words."""

    error: Any = None
    after: str = ""
    api_key: str = "key-of-a-given-model"

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        def stream() -> CompletionResponseGen:
            if self.after:
                yield CompletionResponse(text=self.after, delta=self.after)
            raise self.error

        return stream()


class Hanging(Completing):
    """Answers only when `released`."""

    released: Any = Field(default_factory=threading.Event)

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        self.released.wait(60)
        return iter(())


class Nameless(Completing):
    """Cannot even say who it is: `error` is raised instead."""

    error: Any = None

    @property
    def metadata(self) -> LLMMetadata:
        raise self.error


class Talker(Completing):
    """Streams one sentence for ever, and notes in `closings` when it is made to stop."""

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        def stream() -> CompletionResponseGen:
            try:
                while True:
                    yield CompletionResponse(text="", delta="And so on it went. ")
            finally:
                self.close()

        return stream()


class Chatting(LLM):
    """A chat model without function calling, straight from the base class; streams by word."""

    says: str | None = None
    window: int = 4096
    system_role: MessageRole = MessageRole.SYSTEM
    conversations: list[list[ChatMessage]] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(
            context_window=self.window,
            num_output=-1,
            is_chat_model=True,
            model_name="chatting-model",
            system_role=self.system_role,
        )

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        self.conversations.append(list(messages))
        text = first_source(messages[-1].content or "") if self.says is None else self.says
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text))

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        def stream() -> ChatResponseGen:
            told = ""
            for word in re.findall(r"\S+\s*", self.chat(messages).message.content or ""):
                told += word
                yield ChatResponse(
                    message=ChatMessage(role=MessageRole.ASSISTANT, content=told), delta=word
                )

        return stream()

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        raise NotImplementedError

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        raise NotImplementedError

    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        raise NotImplementedError

    async def astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> ChatResponseAsyncGen:
        raise NotImplementedError

    async def acomplete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponse:
        raise NotImplementedError

    async def astream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseAsyncGen:
        raise NotImplementedError
