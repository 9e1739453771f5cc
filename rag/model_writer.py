"""A language model writes from numbered evidence; its words are checked by others."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from index.errors import ModelError
from index.models import Document
from rag.given_model import GivenModelSettings
from rag.llm import close, explain, out_of_time, retry_delay, token_budget
from rag.models import Draft, Evidence, Question
from rag.prompt import Prompt, build_prompt
from rag.settings import Settings
from rag.speech import pieces

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# A server that ignores its limit is cut off after this many characters for each token allowed.
_CHARACTERS_PER_TOKEN = 12
_MARKER = r"[\[【〔][^\[\]【】〔〕]{1,20}[\]】〕]"
# A sentence ends with its stop, and the markers behind it; a line of a list with its marker.
_WHOLE = re.compile(
    rf".*(?:[.!?。！？…][\"'”’»)]*(?:\s*{_MARKER})*(?=\s|$)|{_MARKER}(?=[^\S\n]*\n))", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finished:
    """The end of a model's answer: on what it wrote, and its cost in tokens (0 where not said)."""

    evidence: tuple[Evidence, ...]
    cut: bool
    prompt_tokens: int
    completion_tokens: int


_Item = str | _Finished | ModelError
# Called with `tokens`, the room there is.
_PromptWithin = Callable[..., Prompt]


class ModelWriter:
    """Writes with any LlamaIndex model. Every failure is a `ModelError`, in time."""

    def __init__(self, llm: LLM, *, settings: Settings) -> None:
        self._llm = llm
        self._settings = settings

    @property
    def name(self) -> str:
        """The model's name."""
        if isinstance(self._settings, GivenModelSettings):
            return self._settings.given_model
        return str(self._llm.metadata.model_name)

    @property
    def _limit(self) -> str:
        """What keeps an answer short; a model handed in was made with a limit of its own."""
        given = isinstance(self._settings, GivenModelSettings)
        return "its own limit of tokens or llm_max_tokens" if given else "llm_max_tokens"

    def write(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        documents: Mapping[str, Document],
    ) -> Iterator[str | Draft]:
        """Pieces of text as the model writes them, then the draft.

        The draft holds exactly the evidence that was numbered for the model. Text broken off by a
        limit ends with its last whole sentence. Raises `ModelError`, or one of its kinds, for a
        model that fails, writes nothing or no whole sentence, or is not done in `llm_timeout`.
        """
        deadline = time.monotonic() + self._settings.llm_timeout
        prompt = partial(
            build_prompt,
            question,
            evidence,
            documents,
            words=self._settings.answer_words,
            small=self._settings.resolved_writer == "embedded",
        )
        written: list[str] = []
        finished = _Finished(evidence=(), cut=False, prompt_tokens=0, completion_tokens=0)
        for item in self._answer(prompt, deadline):
            if isinstance(item, _Finished):
                finished = item
            else:
                written.append(item)
                yield item
        text = "".join(written).strip()
        if not text:
            raise ModelError(
                f"The language model {self.name} wrote nothing; if it reasons before it answers, "
                f"raise {self._limit}."
            )
        if finished.cut:
            text = _whole_sentences(text)
        if not text:
            raise ModelError(
                f"The language model {self.name} broke off within its first sentence: "
                f"{self._limit}, {self._settings.llm_max_tokens}, is probably too small: raise it."
            )
        yield Draft(
            text=text,
            evidence=finished.evidence,
            writer=self.name,
            prompt_tokens=finished.prompt_tokens,
            completion_tokens=finished.completion_tokens,
        )

    def close(self) -> None:
        """Release the model's connections and its process, if it has one."""
        close(self._llm)

    def _answer(self, prompt: _PromptWithin, deadline: float) -> Iterator[str | _Finished]:
        """What the model says, from a thread of its own.

        A blocked read cannot be interrupted, so the wait for it is what ends: at the deadline, or
        when nobody listens any more, the thread is told to stop and left to its own time limits.
        """
        items: queue.Queue[_Item] = queue.Queue()
        stop = threading.Event()
        asking = _Asking(self._llm, self._settings, prompt, items, stop, deadline)
        # In this context, so that what the model reports of itself is told beneath this stage.
        run = partial(copy_context().run, asking.run)
        threading.Thread(target=run, name="pincite-model", daemon=True).start()
        try:
            while True:
                try:
                    item = items.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    raise out_of_time(self._settings) from None
                if isinstance(item, ModelError):
                    raise item
                yield item
                if isinstance(item, _Finished):
                    return
                if time.monotonic() > deadline:
                    raise out_of_time(self._settings)
        finally:
            stop.set()


class _Asking:
    """One question to a model, asked again while it is rate limited; runs in its own thread."""

    def __init__(
        self,
        llm: LLM,
        settings: Settings,
        prompt: _PromptWithin,
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

    def _ask(self) -> _Finished:
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
        return _Finished(evidence=prompt.evidence, cut=cut, **usage)


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


def _whole_sentences(text: str) -> str:
    r"""Text without the sentence it breaks off in; empty if that is its only one.

    >>> _whole_sentences("Kim wants oil [1]. Analysts expect that the")
    'Kim wants oil [1].'
    >>> _whole_sentences("- oil [1]\n- food [2]\n- spare")
    '- oil [1]\n- food [2]'
    >>> _whole_sentences("Analysts expect that the")
    ''
    """
    match = _WHOLE.match(text)
    return match.group() if match else ""
