"""`pincite add`: files and folders into the library, with what became of each."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from index.errors import UsageError
from index.load import SIZE_LIMIT
from index.models import DocumentBytes, FileStatus, IngestProgress, IngestReport, ProgressListener
from pincite.cli.console import messages, output, print_hanging, print_json
from pincite.cli.failures import FAILED
from pincite.cli.holdings import SHORTEST_ID, counted
from pincite.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption
from rag.render import printable

ADD_EXAMPLES = """[bold]Examples[/bold]
  pincite add articles/
  pincite add report.pdf notes.docx --tag korea
  pincite add "reports/**/*.pdf" archive.zip
  pandoc notes.tex -t plain | pincite add - --name notes.txt
  pincite add articles/ --json > report.json"""

NAME_WIDTH = 28
STDIN = "-"


def add(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH",
            help="Files; folders and ZIP archives to be walked; quoted patterns; - for stdin.",
        ),
    ],
    *,
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            metavar="NAME",
            help="What to call the document on stdin; another one so called replaces it.",
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="TAG", help="Tag every document; may be repeated."),
    ] = None,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Add documents to the library, which is made if there is none.

    A file that cannot be read is reported and stops no other. Adding a file again does nothing;
    a changed file replaces what it was.
    """
    from rag.assistant import open_assistant

    sources = _with_stdin(paths, name)
    with open_assistant(library) as assistant:
        with _progress() as listener:
            report = assistant.add(*sources, tags=tag or (), on_progress=listener)
        documents = len(assistant.documents())
    if json:
        print_json({"files": report.files})
    else:
        _print_report(output(), report, library=library, documents=documents)
    if report.failed:
        raise typer.Exit(FAILED)


def _with_stdin(paths: Sequence[str], name: str | None) -> list[str | DocumentBytes]:
    """The paths, with the document on stdin in place of `-`. Raises `UsageError`."""
    if paths.count(STDIN) > 1:
        raise UsageError("- is given twice, but stdin holds one document: give it once.")
    if STDIN not in paths:
        if name is not None:
            raise UsageError("--name is for the document on stdin: give - as well, or leave it.")
        return list(paths)
    # A byte more than may be read: the reader refuses it and says why.
    data = sys.stdin.buffer.read(SIZE_LIMIT + 1)
    # Without a name nothing replaces it: it is called by its content, as its id is.
    called = f"stdin/{hashlib.sha256(data).hexdigest()[:SHORTEST_ID]}" if name is None else name
    given = DocumentBytes(name=called, data=data)
    return [given if path == STDIN else path for path in paths]


@contextmanager
def _progress() -> Iterator[ProgressListener]:
    """Files, passages and the time left on stderr; silent unless that is a terminal."""
    console = messages()
    progress = Progress(
        SpinnerColumn(),
        BarColumn(bar_width=16),
        TextColumn("{task.completed:.0f}/{task.total:.0f} files", markup=False),
        TextColumn("{task.fields[passages]} passages", markup=False),
        TimeRemainingColumn(),
        TextColumn("{task.fields[current]}", style="dim", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = progress.add_task("", total=0, passages=0, current="")

    def listen(event: IngestProgress) -> None:
        progress.update(
            task,
            completed=event.files_done,
            total=event.files_total,
            passages=event.passages_done,
            current=_short(event.current),
        )

    with progress:
        yield listen


def _short(path: str | None) -> str:
    name = printable(Path(path).name) if path else ""
    return name if len(name) <= NAME_WIDTH else f"{name[: NAME_WIDTH - 1]}…"


def _print_report(console: Console, report: IngestReport, *, library: Path, documents: int) -> None:
    _print_reasons(console, report, "failed", style="bold red")
    _print_reasons(console, report, "skipped", style="bold yellow")
    _print_reasons(console, report, "duplicate", style="bold")
    _print_reasons(console, report, "moved", style="bold")
    statuses: tuple[FileStatus, ...] = (
        "added", "replaced", "unchanged", "moved", "duplicate", "skipped", "failed",
    )  # fmt: skip
    counts = [f"{report.count(status):,} {status}" for status in statuses if report.count(status)]
    console.print(
        f"{counted(len(report.files), 'file')}: {', '.join(counts) or 'nothing to add'} "
        f"({counted(report.passages, 'passage')} in {report.seconds:.1f} s)."
    )
    console.print(f"The library {library} holds {counted(documents, 'document')}.", style="dim")


def _print_reasons(
    console: Console, report: IngestReport, status: FileStatus, *, style: str
) -> None:
    rows = [entry for entry in report.files if entry.status == status]
    if not rows:
        return
    console.print(Text(f"{status.capitalize()} ({len(rows):,})", style=style))
    for entry in rows:
        print_hanging(console, "  ", printable(entry.path))
        if entry.reason:
            print_hanging(console, "    ", Text(printable(entry.reason), style="dim"))
    console.print()
