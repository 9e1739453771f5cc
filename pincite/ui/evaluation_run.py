"""One evaluation run, asked in a thread of its own while others look."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import dataclass, fields, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, cast

from index.errors import PinciteError
from pincite.fair import EVALUATION, FairQueue
from pincite.ui.chat import INNER_FAULT
from pincite.words import t
from rag import Assistant
from rag.settings import SettingOptions, Settings

if TYPE_CHECKING:
    from eval.models import EvaluationProgress, Outcome

QUESTIONS = "questions"
BUNDLED = Path(__file__).resolve().parents[2] / "eval" / "data"
# The documents of the bundled questions, as a library that all runs of them share.
_EXAMPLES = ".examples"
_LOOK = 0.5  # seconds of waiting for a turn in one piece
# Before so many questions, one of them would decide how long all are said to take.
_FIRST_QUESTIONS = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run asks: the bundled questions, or those of a file, which this library is asked.

    `questions` is that file's name in `questions/` of the run's folder. Without a `limit` all are
    asked.
    """

    questions: str | None
    limit: int | None = None
    evidence_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a run stands; `outcomes` are those of the questions done, the latest last.

    What has ended is finished, was stopped, or came into `trouble`.
    """

    name: str
    stage: str = "beginning"
    done: int = 0
    total: int = 0
    outcomes: tuple[Outcome, ...] = ()
    seconds_left: float | None = None
    stopping: bool = False
    ended: bool = False
    finished: bool = False
    trouble: str | None = None


class _Stopped(BaseException):
    """A visitor stopped the run. Never leaves this module; no question may take it for its own."""


class Run:
    """One run in a thread of its own, with the settings that held when it was begun.

    Each question takes a turn in `turns`, as those of one visitor do.
    """

    def __init__(self, assistant: Assistant, folder: Path, plan: Plan, *, turns: FairQueue) -> None:
        self._pinned = ExitStack()
        self._assistant = self._pinned.enter_context(assistant.pinned())
        self._turns = turns
        self._turn = ExitStack()
        self._folder = folder
        self._plan = plan
        self._stop = threading.Event()
        self._read = 0  # bytes of the journal
        self._begun: tuple[str, float, int] = ("", 0.0, 0)
        self.standing = Standing(name=folder.name)
        self.thread = threading.Thread(  # which speaks the language of the page
            target=copy_context().run, args=(self._ask,), name="pincite-evaluate", daemon=True
        )

    def stop(self) -> None:
        self._stop.set()
        if not self.standing.ended:
            self.standing = replace(self.standing, stopping=True)

    def _ask(self) -> None:
        finished, trouble = False, None
        try:
            self._evaluate()
            finished = True
        except _Stopped:
            log.debug("Stopped %s", self._folder)
        except PinciteError as error:
            trouble = said(error, self._folder / QUESTIONS)
        except Exception:  # the page is the last to see it: the visitor gets a sentence
            log.exception("The run %s failed", self._folder)
            trouble = t(INNER_FAULT)
        finally:
            self._turn.close()
            self._pinned.close()
        self.standing = replace(
            self.standing, ended=True, finished=finished, trouble=trouble, seconds_left=None
        )

    def _evaluate(self) -> None:
        from eval.run import run_evaluation

        plan = self._plan
        if plan.questions is not None:
            run_evaluation(
                self._folder / QUESTIONS / plan.questions,
                library=self._assistant,
                out=self._folder,
                limit=plan.limit,
                evidence_removed=plan.evidence_removed,
                on_progress=self._listen,
            )
        else:
            run_evaluation(
                BUNDLED,
                out=self._folder,
                cache=self._folder.parent / _EXAMPLES,
                limit=plan.limit,
                evidence_removed=plan.evidence_removed,
                on_progress=self._listen,
                **_options(self._assistant.settings),
            )

    def _listen(self, event: EvaluationProgress) -> None:
        if event.notice is not None:
            return
        self._turn.close()
        if event.stage != self._begun[0]:
            self._begun = (event.stage, monotonic(), event.done)
        self.standing = replace(
            self.standing,
            stage=event.stage,
            done=event.done,
            total=event.total,
            outcomes=(*self.standing.outcomes, *self._new_outcomes()),
            seconds_left=self._seconds_left(event),
            stopping=self._stop.is_set(),
        )
        if event.stage == "building the library":
            return
        if self._stop.is_set():
            raise _Stopped
        if event.done < event.total:
            self._take_turn()

    def _take_turn(self) -> None:
        """Waits until a question may be asked: visitors come before the second one of a run."""
        place = self._turn.enter_context(self._turns.place(EVALUATION))
        while not place.ready(_LOOK):
            if self._stop.is_set():
                raise _Stopped

    def _seconds_left(self, event: EvaluationProgress) -> float | None:
        _, begun, before = self._begun
        asked = event.done - before
        if asked < _FIRST_QUESTIONS:
            return None
        return (monotonic() - begun) / asked * (event.total - event.done)

    def _new_outcomes(self) -> list[Outcome]:
        """What the run's journal holds that was not read yet."""
        from eval.journal import JOURNAL, from_line

        path = self._folder / JOURNAL
        if not path.is_file():
            return []
        with path.open("rb") as file:
            file.seek(self._read)
            lines = file.read().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        first = 1 if self._read == 0 else 0  # the manifest
        self._read += sum(map(len, whole))
        return [from_line(line).outcome for line in whole[first:]]


def said(error: PinciteError, folder: Path) -> str:
    """The error's sentence with a file of questions called by its name alone."""
    return str(error).replace(f"{folder}/", "")


def _options(settings: Settings) -> SettingOptions:
    values = {entry.name: getattr(settings, entry.name) for entry in fields(Settings)}
    return cast("SettingOptions", values)
