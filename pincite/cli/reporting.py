"""What `pincite add` says of the files: grouped for people, row by row in JSON and CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from index.errors import UsageError
from index.models import FileReport, FileStatus, IngestReport
from pincite.cli.console import json_text, print_hanging
from pincite.cli.holdings import counted
from rag.render import printable

# Of so many reasons, and of so many files with the same one, each is shown; a large run has more.
REASONS_SHOWN = 20
FILES_SHOWN = 10

_STYLES: dict[FileStatus, str] = {
    "moved": "bold",
    "duplicate": "bold",
    "skipped": "bold yellow",
    "failed": "bold red",
}
_STATUSES: tuple[FileStatus, ...] = (
    "added", "replaced", "unchanged", "moved", "duplicate", "skipped", "failed",
)  # fmt: skip


def as_json(report: IngestReport) -> dict[str, object]:
    """The report as `--json` prints it."""
    return {"files": report.files, "stopped": report.stopped, "left": report.left}


@contextmanager
def report_file(path: Path | None) -> Iterator[Callable[[IngestReport], None]]:
    """Takes a report and writes it to the new file `path`, as JSON or CSV by its ending.

    Raises `UsageError` before anything is done if that cannot be.
    """
    if path is None:
        yield lambda _: None
        return
    path = path.expanduser()
    write = {".json": _write_json, ".csv": _write_csv}.get(path.suffix.lower())
    if write is None:
        raise UsageError(f"A report is written as JSON or CSV: call {path} .json or .csv.")
    try:
        # Not kept open: it may lie in the folder that is to be added.
        path.open("x").close()
        path.unlink()
    except FileExistsError as error:
        raise UsageError(f"There is a file {path} already: name another one.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path} cannot be written ({reason}): name another file.") from error
    yield partial(_write, path, write)


def _write(path: Path, write: Callable[[TextIO, IngestReport], None], report: IngestReport) -> None:
    with path.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
        write(file, report)


def _write_json(file: TextIO, report: IngestReport) -> None:
    file.write(json_text(as_json(report)) + "\n")


def _write_csv(file: TextIO, report: IngestReport) -> None:
    writer = csv.DictWriter(file, [field.name for field in fields(FileReport)])
    writer.writeheader()
    writer.writerows(asdict(row) for row in report.files)


def print_report(console: Console, report: IngestReport, *, library: Path, documents: int) -> None:
    """Every file that needs a look, by reasons; then the sum."""
    for status in ("failed", "skipped", "duplicate", "moved"):
        rows = [row for row in report.files if row.status == status]
        if rows:
            console.print(Text(f"{status.capitalize()} ({len(rows):,})", style=_STYLES[status]))
            _print_reasons(console, rows)
            console.print()
    counts = [f"{report.count(status):,} {status}" for status in _STATUSES if report.count(status)]
    console.print(
        f"{counted(len(report.files), 'file')}: {', '.join(counts) or 'nothing to add'} "
        f"({counted(report.passages, 'passage')} in {report.seconds:.1f} s).",
        soft_wrap=True,
    )
    console.print(
        f"The library {library} holds {counted(documents, 'document')}.",
        style="dim",
        soft_wrap=True,
    )
    if report.stopped:
        console.print(stopped_sentence(report), style="bold", soft_wrap=True)


def stopped_sentence(report: IngestReport) -> str:
    """What a report that was stopped leaves to be said."""
    total = len(report.files) + report.left
    return (
        f"Stopped: {len(report.files):,} of {counted(total, 'file')} done. "
        "Run the same command again: what is in is not read again."
    )


def _print_reasons(console: Console, rows: Sequence[FileReport]) -> None:
    """The files under their reasons, those that most files have first."""
    by_reason = [list(group) for _, group in groupby(sorted(rows, key=_shared), key=_shared)]
    by_reason.sort(key=len, reverse=True)
    for group in by_reason[:REASONS_SHOWN]:
        _print_group(console, group)
    _print_more(console, "  ", sum(map(len, by_reason[REASONS_SHOWN:])))


def _print_group(console: Console, rows: Sequence[FileReport]) -> None:
    if len(rows) == 1:
        _print_path(console, "  ", rows[0])
        print_hanging(console, "    ", Text(printable(rows[0].reason or ""), style="dim"))
        return
    reason = printable(_shared(rows[0]))
    if reason != rows[0].reason:
        reason = f"Each of {len(rows):,} files {reason}"
    print_hanging(console, "  ", Text(reason, style="dim"))
    for row in rows[:FILES_SHOWN]:
        _print_path(console, "    ", row)
    _print_more(console, "    ", len(rows) - FILES_SHOWN)


def _print_path(console: Console, indent: str, row: FileReport) -> None:
    path = Path(row.path)
    near = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else row.path
    console.print(indent + printable(near), soft_wrap=True)


def _print_more(console: Console, indent: str, count: int) -> None:
    if count > 0:
        words = f"{indent}and {counted(count, 'more file')}; --report FILE keeps every row"
        console.print(Text(words, style="dim"))


def _shared(row: FileReport) -> str:
    """The reason without the name of the file, which is what files have in common."""
    return (row.reason or "").removeprefix(f"{Path(row.path).name} ")
