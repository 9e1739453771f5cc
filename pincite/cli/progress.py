"""How far `pincite add` is, on stderr, and Ctrl-C, which stops it in good order."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task
from rich.table import Column
from rich.text import Text

from index.models import IngestProgress, ProgressListener, StopRequest
from index.pace import in_words, pace_of
from pincite.cli.console import messages
from rag.render import printable

# A log wants to know that it goes on, not more; a short run says nothing.
LINE_SECONDS = 30.0
STOPPING = "Stopping; Ctrl-C again ends at once"


@contextmanager
def stop_on_control_c() -> Iterator[StopRequest]:
    """Whether Ctrl-C was pressed since; pressed again, it raises `KeyboardInterrupt`."""
    pressed = Event()
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:  # it is ignored, in a job in the background
        yield pressed.is_set
        return

    def press(_number: int, _frame: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def shown_progress(should_stop: StopRequest) -> Iterator[ProgressListener]:
    """A bar if stderr is a terminal, else a line every `LINE_SECONDS`."""
    console = messages()
    if not console.is_terminal:
        yield progress_lines(console)
        return
    progress = Progress(
        SpinnerColumn(),
        BarColumn(bar_width=8),
        _Standing(should_stop),
        console=console,
        transient=True,
        expand=True,
    )
    task = progress.add_task("", total=None, standing="Looking for files")
    begun = monotonic()

    def listen(event: IngestProgress) -> None:
        words = in_words(event, pace_of(event, seconds=monotonic() - begun))
        at_hand = printable(Path(event.current).name) if event.current else "embedding"
        progress.update(
            task,
            completed=event.bytes_done,
            total=max(1, event.bytes_total),
            standing=f"{words}: {at_hand}",
        )

    with progress:
        yield listen


class _Standing(ProgressColumn):
    """How far it is and the file at hand, cut to the line; or that it is being stopped."""

    def __init__(self, should_stop: StopRequest) -> None:
        super().__init__(table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1))
        self._should_stop = should_stop

    def render(self, task: Task) -> Text:
        return Text(STOPPING if self._should_stop() else task.fields["standing"])


def progress_lines(console: Console, *, every: float = LINE_SECONDS) -> ProgressListener:
    """Writes a line after each `every` seconds."""
    begun = told = monotonic()

    def listen(event: IngestProgress) -> None:
        nonlocal told
        now = monotonic()
        if now - told >= every:
            told = now
            pace = pace_of(event, seconds=now - begun)
            console.print(in_words(event, pace), soft_wrap=True)

    return listen
