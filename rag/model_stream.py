"""What a language model says to a prompt, piece by piece and in time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from index.errors import ModelError
from rag.given_model import GivenModelSettings
from rag.llm import explain, out_of_time, retry_delay, token_budget
from rag.models import Evidence
from rag.pieces import pieces
from rag.prompt import Prompt
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# A server that ignores its limit is cut off after this many characters for each token allowed.
_CHARACTERS_PER_TOKEN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The end of a model's answer: on what it wrote, and its cost in tokens (0 where not said)."""

    evidence: tuple[Evidence, ...]
    cut: bool
    prompt_tokens: int
    completion_tokens: int


_Item = str | Finished | ModelError
# Called with `tokens`, the room there is.
PromptWithin = Callable[..., Prompt]


def spoken(
    llm: LLM, prompt: PromptWithin, *, settings: Settings, deadline: float
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
    # In this context, so that what the model reports of itself is told beneath this stage.
    run = partial(copy_context().run, asking.run)
    threading.Thread(target=run, name="pincite-model", daemon=True).start()
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
        prompt: PromptWithin,
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
        self._given = isinstance(settings, GivenModelSettings)

    def run(self) -> None:
        attempt = 0
        while not self._stop.is_set():
            try:
                with self._hanging_up():
                    finished = self._ask()
                self._items.put(finished)
            except BaseException as error:  # noqa: BLE001  # nothing of a model escapes unexplained
                delay = self._delay(error, attempt)
                if delay is not None and time.monotonic() + delay < self._deadline:
                    attempt += 1
                    self._stop.wait(delay)
                    continue
                self._items.put(explain(error, self._settings, llm=self._llm))
            return

    def _hanging_up(self) -> AbstractContextManager[None]:
        """Ends our own client's request; a model handed in has a client of its own."""
        if self._given:
            return nullcontext()
        from rag.client import hanging_up

        return hanging_up()

    def _delay(self, error: BaseException, attempt: int) -> float | None:
        """Seconds to wait before asking again, if at all; a model handed in retries by itself."""
        return None if self._given or self._characters else retry_delay(error, attempt)

    def _ask(self) -> Finished:
        """Passes on one streamed answer; stops early when told to, or when it is too long."""
        metadata = self._llm.metadata  # here, since some ask their server for it
        prompt_tokens, answer_tokens = token_budget(self._settings, metadata)
        prompt = self._prompt(tokens=prompt_tokens)
        limit = answer_tokens * _CHARACTERS_PER_TOKEN
        reason: str | None = None
        gives_reasons = answered = False
        usage = {"prompt_tokens": 0, "completion_tokens": 0}
        with closing(pieces(self._llm, metadata, prompt)) as stream:
            for piece in stream:
                answered = True
                usage |= piece.counts
                self._characters += len(piece.text)
                if shown := self._thinking.shown(piece.text):
                    self._items.put(shown)
                gives_reasons = gives_reasons or piece.gives_reasons
                reason = piece.reason or reason
                if self._stop.is_set() or self._characters > limit:
                    break
        if rest := self._thinking.rest():
            self._items.put(rest)
        if not answered and not self._stop.is_set() and not self._given:
            raise ValueError("no part of an answer came")
        # A server that breaks off without an error has not said why it ended.
        unexplained = gives_reasons and reason is None
        cut = self._characters > limit or reason == "length" or unexplained
        return Finished(evidence=prompt.evidence, cut=cut, **usage)


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
