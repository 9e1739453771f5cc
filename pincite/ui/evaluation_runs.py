"""Evaluation runs of a library: one at a time under way, the others stored in its folder."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from index.errors import UsageError
from pincite.fair import FairQueue
from pincite.ui.evaluation_run import QUESTIONS, Plan, Run, Standing
from pincite.words import t
from rag import Assistant

RUNS = "runs"
PLAN = "plan.json"


class Runs:
    """The runs in `<library>/runs`, of which one may be under way, whoever is looking."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._beginning = threading.Lock()
        self._run: Run | None = None
        assistant.before_closing(self.close)

    @property
    def folder(self) -> Path:
        return self._assistant.library_path.resolve() / RUNS

    @property
    def standing(self) -> Standing | None:
        """Where the latest run stands that was begun since the page is served."""
        return self._run.standing if self._run is not None else None

    @property
    def news(self) -> str:
        """Differs from before when a run began, ended, or came or went among those stored."""
        standing = self.standing
        run = f"{standing.name} {standing.ended}" if standing is not None else ""
        stored = self.folder.stat().st_mtime_ns if self.folder.is_dir() else 0
        return f"{run} {stored}"

    def begin(
        self, plan: Plan, questions: Path | None = None, *, turns: FairQueue | None = None
    ) -> None:
        """Begin a run; `questions` is the file that the plan names, which is kept with the run.

        Its questions wait in `turns` among those of visitors, if there are any.
        Raises `UsageError` while another is under way, and `DatasetError`.
        """
        with self._beginning:
            self._refuse_a_second()
            folder = _new_folder(self.folder)
            try:
                if questions is not None and plan.questions is not None:
                    (folder / QUESTIONS).mkdir()
                    shutil.copyfile(questions, folder / QUESTIONS / plan.questions)
                (folder / PLAN).write_text(json.dumps(asdict(plan)), encoding="utf-8")
            except OSError as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise UsageError(
                    t(
                        "The run cannot be stored in {folder} ({reason}): choose the file again, "
                        "and check that the disk has room.",
                        folder=folder,
                        reason=error.strerror,
                    )
                ) from error
            self._start(folder, plan, turns)

    def go_on(self, folder: Path, *, turns: FairQueue | None = None) -> None:
        """Go on with a run that was stopped, `turns` as for `begin`. Raises `UsageError`."""
        with self._beginning:
            self._refuse_a_second()
            try:
                plan = Plan(**json.loads((folder / PLAN).read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError) as error:
                raise UsageError(
                    t("This run was begun in a terminal: go on with it there, or delete it.")
                ) from error
            self._start(folder, plan, turns)

    def stop(self) -> None:
        """Stop after the question at hand; what was asked is kept."""
        if self._run is not None:
            self._run.stop()

    def close(self) -> None:
        """Stop, and wait until no question is being asked."""
        if self._run is not None:
            self._run.stop()
            self._run.thread.join(self._assistant.settings.llm_timeout)

    def delete(self, folder: Path) -> None:
        """Delete a stored run for good. Raises `UsageError` if it is under way."""
        with self._beginning:
            if (standing := self.standing) is not None and standing.name == folder.name:
                if not standing.ended:
                    raise UsageError(t("This run is under way: stop it first."))
                self._run = None
            shutil.rmtree(folder, ignore_errors=True)

    def _refuse_a_second(self) -> None:
        if (standing := self.standing) is not None and not standing.ended:
            raise UsageError(
                t(
                    "A run is under way already, and a library has one at a time: wait for its "
                    "end, or stop it."
                )
            )

    def _start(self, folder: Path, plan: Plan, turns: FairQueue | None) -> None:
        self._run = Run(self._assistant, folder, plan, turns=turns or FairQueue())
        self._run.thread.start()


def _new_folder(runs: Path) -> Path:
    """A new folder named by the time, to the second; two of one second differ by a number."""
    name = datetime.now().strftime("%Y-%m-%d-%H%M%S")  # as the visitor's clock
    for number in range(1, 100):
        folder = runs / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(
                t(
                    "Runs cannot be stored in {folder} ({reason}): make the library's folder "
                    "writable, and check that the disk has room.",
                    folder=runs,
                    reason=error.strerror,
                )
            ) from error
        return folder
    raise UsageError(t("Too many runs were begun within a second: wait a moment."))
