"""`pincite add`: files and folders into the library, with what became of each."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from index.errors import UsageError
from index.load import SIZE_LIMIT
from index.models import DocumentBytes
from pincite.cli.console import output, print_json
from pincite.cli.failures import FAILED, INTERRUPTED
from pincite.cli.holdings import SHORTEST_ID
from pincite.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption
from pincite.cli.progress import shown_progress, stop_on_control_c
from pincite.cli.reporting import as_json, print_report, report_file

ADD_EXAMPLES = """[bold]Examples[/bold]
  pincite add articles/
  pincite add report.pdf notes.docx --tag korea
  pincite add "reports/**/*.pdf" archive.zip
  pincite add https://news.example/ferry-strike
  pandoc notes.tex -t plain | pincite add - --name notes.txt
  pincite add articles/ --report report.csv"""

STDIN = "-"


def add(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH",
            help="Files; folders and ZIP archives to be walked; quoted patterns; web addresses; "
            "- for stdin.",
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
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Write a row for every file to this new file, as .json or .csv.",
        ),
    ] = None,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Add documents to the library, which is made if there is none.

    A file that cannot be read is reported and stops no other. Adding a file again does nothing;
    a changed file replaces what it was. So it is with web addresses, which are fetched anew. Ctrl-C
    stops after the file at hand; what is in stays. A server that has the library does the work.
    """
    from pincite.cli.remote import opened

    sources = _with_stdin(paths, name)
    with report_file(report) as write, opened(library) as assistant:
        with stop_on_control_c() as should_stop, shown_progress(should_stop) as listener:
            done = assistant.add(
                *sources, tags=tag or (), on_progress=listener, should_stop=should_stop
            )
        write(done)
        documents = len(assistant.documents())
    if json:
        print_json(as_json(done))
    else:
        print_report(output(), done, library=library, documents=documents)
    if done.stopped:
        raise typer.Exit(INTERRUPTED)
    if done.failed:
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
