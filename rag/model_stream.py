"""What a language model says to a prompt, piece by piece and in time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.errors import ModelError
from rag.llm import answer_tokens, explain, out_of_time, retry_delay
from rag.prompt import Prompt
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# A server that ignores its limit is cut off after this many characters for each token allowed.
_CHARACTERS_PER_TOKEN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The end of a model's answer: why, and what it cost in tokens (0 where not said)."""

    cut: bool
    prompt_tokens: int
    completion_tokens: int


_Item = str | Finished | ModelError


def spoken(
    llm: LLM, prompt: Prompt, *, settings: Settings, deadline: float
) -> Iterator[str | Finished]:
    """What a model says, from a thread of its own: its pieces, then how it ended.

    Raises `ModelError`, or one of its kinds, where it fails or `deadline` passes, a moment of
    `time.monotonic`.

    A blocked read cannot be interrupted, so the wait for it is what ends: at the deadline, or
    when nobody listens any more, the thread is told to stop and left to its own time limits.
    """
    items: queue.Queue[_Item] = queue.Queue()
    stop = threading.Event()
    asking = _Asking(llm, settings, prompt, items, stop, deadline)
    threading.Thread(target=asking.run, name="pincite-model", daemon=True).start()
    try:
        while True:
            try:
                item = items.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise out_of_time(settings) from None
            if isinstance(item, ModelError):
                raise item
            yield item
            if isinstance(item, Finished):
                return
            if time.monotonic() > deadline:
                raise out_of_time(settings)
    finally:
        stop.set()


class _Asking:
    """One question to a model, asked again while it is rate limited; runs in its own thread."""

    def __init__(
        self,
        llm: LLM,
        settings: Settings,
        prompt: Prompt,
        items: queue.Queue[_Item],
        stop: threading.Event,
        deadline: float,
    ) -> None:
        self._llm = llm
        self._settings = settings
        self._prompt = prompt
        self._items = items
        self._stop = stop
        self._deadline = deadline
        self._characters = 0
        self._thinking = _ThinkingFilter()

    def run(self) -> None:
        from rag.client import hanging_up

        attempt = 0
        while not self._stop.is_set():
            try:
                with hanging_up():
                    finished = self._ask()
                self._items.put(finished)
            except Exception as error:  # noqa: BLE001  # no bytes of a server may escape unexplained
                delay = None if self._characters else retry_delay(error, attempt)
                if delay is not None and time.monotonic() + delay < self._deadline:
                    attempt += 1
                    self._stop.wait(delay)
                    continue
                self._items.put(explain(error, self._settings))
            return

    def _ask(self) -> Finished:
        """Passes on one streamed answer; stops early when told to, or when it is too long."""
        from llama_index.core.llms import ChatMessage, MessageRole

        limit = answer_tokens(self._settings) * _CHARACTERS_PER_TOKEN
        reason: str | None = None
        gives_reasons = answered = False
        usage = {"prompt_tokens": 0, "completion_tokens": 0}
        stream = self._llm.stream_chat(
            [
                ChatMessage(role=MessageRole.SYSTEM, content=self._prompt.system),
                ChatMessage(role=MessageRole.USER, content=self._prompt.user),
            ]
        )
        for response in stream:
            answered = True
            usage |= _counts(response.additional_kwargs)
            piece = response.delta or ""
            self._characters += len(piece)
            if shown := self._thinking.shown(piece):
                self._items.put(shown)
            gives_reasons = gives_reasons or hasattr(response.raw, "choices")
            reason = _reason(response.raw) or reason
            if self._stop.is_set() or self._characters > limit:
                break
        if rest := self._thinking.rest():
            self._items.put(rest)
        if not answered and not self._stop.is_set():
            raise ValueError("no part of an answer came")
        # A server that breaks off without an error has not said why it ended.
        unexplained = gives_reasons and reason is None
        cut = self._characters > limit or reason == "length" or unexplained
        return Finished(cut=cut, **usage)


class _ThinkingFilter:
    """Holds back what a reasoning model thinks aloud: `<think>...</think>` before its answer."""

    _OPEN, _CLOSE = "<think>", "</think>"

    def __init__(self) -> None:
        self._held = ""
        self._done = False

    def shown(self, piece: str) -> str:
        """What of the text so far may be shown and was not yet."""
        if self._done:
            return piece
        self._held += piece
        start = self._held.lstrip()
        if start.startswith(self._OPEN):
            if self._CLOSE not in start[-len(piece) - len(self._CLOSE) :]:
                return ""
            self._held = start.partition(self._CLOSE)[2]
        elif self._OPEN.startswith(start):
            return ""
        self._done = True
        return self.rest()

    def rest(self) -> str:
        """What was held back but is no thinking, at the end of the text."""
        held, self._held = self._held, ""
        return "" if held.lstrip().startswith(self._OPEN) else held


def _counts(told: Mapping[str, object]) -> dict[str, int]:
    """The token counts of a response, as far as it gives any."""
    names = ("prompt_tokens", "completion_tokens")
    counts = {name: told.get(name) for name in names}
    return {name: count for name, count in counts.items() if isinstance(count, int) and count >= 0}


def _reason(raw: Any) -> str | None:  # noqa: ANN401  # the chunk of whatever client it was
    """Why an OpenAI-compatible server ended its answer, in the chunk that says so."""
    choices = getattr(raw, "choices", None)
    return getattr(choices[0], "finish_reason", None) if choices else None
