"""How far the questions of a set are, on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from pincite.cli.console import messages, print_notice

if TYPE_CHECKING:
    from eval.models import EvaluationListener, EvaluationProgress


@contextmanager
def asking_progress(*, interrupted: str) -> Iterator[EvaluationListener]:
    """Questions asked and the time left on stderr, where that is a terminal; notices in any case.

    Whoever interrupts is told how far it came, and `interrupted`: what becomes of that.
    """
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
    reached = ""

    def listen(event: EvaluationProgress) -> None:
        nonlocal reached
        if event.notice is not None:
            print_notice(event.notice, console=console)
            return
        reached = f" while {event.stage}, {event.done:,} of {event.total:,} done"
        if progress.tasks[task].description != event.stage:
            # What is done already says nothing about the speed.
            progress.reset(task, description=event.stage, completed=event.done, total=event.total)
        progress.update(task, completed=event.done, total=event.total)

    try:
        with progress:
            yield listen
    except KeyboardInterrupt:
        print_notice(f"Stopped{reached}: {interrupted}.")
        raise
