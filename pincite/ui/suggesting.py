"""Questions offered below the conversation: the component, its event and its markup."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import gradio as gr

from index.errors import PinciteError
from pincite.fair import FairQueue
from pincite.ui.chat import Visit
from pincite.ui.guard import shares_of
from pincite.ui.markup import attribute, joined, shown
from pincite.ui.parts import QUIET, behaviour
from pincite.words import t
from rag import Assistant

AT_FIRST = 3
AFTER_AN_ANSWER = 2

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """The component that events write."""

    chips: gr.HTML

    @classmethod
    def draw(cls) -> Self:
        return cls(chips=gr.HTML("", elem_id="suggested", **behaviour("suggested")))

    def follow(
        self,
        events: Sequence[Callable[..., object]],
        handlers: SuggestionHandlers,
        visit: gr.State,
    ) -> None:
        """Have questions suggested after each of these events; none waits for them."""
        for event in events:
            event(handlers.suggest, [visit], [self.chips], concurrency_limit=1, **QUIET)


class GivingWay:
    """Says whether to stop, which is so as soon as a visitor's question is answered or waits."""

    def __init__(self, turns: FairQueue) -> None:
        self._turns = turns
        self.stopped = False

    def __call__(self) -> bool:
        self.stopped = self.stopped or self._turns.busy
        return self.stopped


class SuggestionHandlers:
    """Suggests questions; those on the whole library once for each state it has.

    An offer is worth no visitor's waiting: while questions are asked, none is worked out.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._drawings = itertools.count(1)
        self._turn = threading.Lock()
        self._known: tuple[str, tuple[str, ...]] = ("", ())

    def suggest(self, visit: Visit, request: gr.Request) -> str:
        """What the documents answer besides what was asked; nothing where they answer nothing."""
        should_stop = GivingWay(shares_of(request).turns)
        try:
            if visit.exchanges:
                found = self._after(visit, should_stop)
            else:
                found = self._at_first(should_stop)
        except PinciteError:  # whoever asks is told
            found = ()
        except Exception:  # an offer that fails is no trouble to a visitor
            log.exception("Suggesting questions failed")
            found = ()
        return render_suggestions(found, again=bool(visit.exchanges), drawing=next(self._drawings))

    def _at_first(self, should_stop: GivingWay) -> tuple[str, ...]:
        with self._turn:
            state = self._assistant.library.fingerprint
            if self._known[0] == state:
                return self._known[1]
            found = self._assistant.suggestions(limit=AT_FIRST, should_stop=should_stop)
            if not should_stop.stopped:
                self._known = (state, found)
            return found

    def _after(self, visit: Visit, should_stop: GivingWay) -> tuple[str, ...]:
        """On the documents that the last answer cites, of whom was not asked yet."""
        answer = visit.exchanges[-1].answer
        if answer is None:
            return ()
        cited = {citation.document_id for citation in answer.sources or answer.nearest}
        asked = " ".join(exchange.question for exchange in visit.exchanges)
        if not cited:
            return ()
        return self._assistant.suggestions(
            limit=AFTER_AN_ANSWER, about=cited, besides=asked, should_stop=should_stop
        )


def render_suggestions(questions: tuple[str, ...], *, again: bool, drawing: int) -> str:
    """The questions as buttons that ask them; `drawing` differs every time, to be noticed."""
    mark = f'data-drawing="{drawing}"'
    if not questions:
        return f"<div {mark}></div>"
    chips = joined(
        f'<button class="chip" type="button" data-question="{attribute(question)}" dir="auto">'
        f"{shown(question)}</button>"
        for question in questions
    )
    words = t("These documents answer") if again else t("Your documents answer")
    return f'<div class="suggested" {mark}><p class="hint">{words}</p>{chips}</div>'
