"""How far the questions of a set are, on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from pincite.cli.console import messages

if TYPE_CHECKING:
    from eval.models import EvaluationListener, EvaluationProgress


@contextmanager
def asking_progress() -> Iterator[EvaluationListener]:
    """Questions asked and the time left on stderr; silent unless that is a terminal."""
    console = messages()
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}", markup=False),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = progress.add_task("starting", total=0)

    def listen(event: EvaluationProgress) -> None:
        if progress.tasks[task].description != event.stage:
            progress.reset(task, description=event.stage)
        progress.update(task, completed=event.done, total=event.total)

    with progress:
        yield listen
