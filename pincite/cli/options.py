"""The options that several commands share, and how their values are read."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from index.errors import QuestionError
from rag.settings import WriterName

LibraryOption = Annotated[
    Path,
    typer.Option(
        "--library",
        envvar="PINCITE_LIBRARY",
        metavar="DIR",
        readable=False,  # whoever opens it says it better
        help="The library's directory.",
        rich_help_panel="Library",
    ),
]
DEFAULT_LIBRARY = Path(".pincite")

JsonOption = Annotated[
    bool, typer.Option("--json", metavar="", help="Print JSON on stdout, and nothing else there.")
]
DocumentArgument = Annotated[
    str,
    typer.Argument(
        metavar="DOCUMENT",
        help="An id from `pincite list`, the beginning of one, or the path or web address it was "
        "added from.",
    ),
]
WriterOption = Annotated[
    WriterName | None,
    typer.Option(
        "--writer",
        metavar="NAME",
        help="Who writes, instead of the setting writer: auto, quotes, embedded or endpoint.",
    ),
]
PassagesOption = Annotated[
    int | None,
    typer.Option(
        "--passages",
        "--limit",
        min=1,
        max=50,
        metavar="N",
        help="Passages to read for evidence, instead of the setting passages.",
    ),
]


def read_date(text: str) -> date:
    """A date as people type it into an option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a date; write year, month and day, such as 2026-11-21."
        ) from None


def read_folder(text: str) -> Path:
    """A folder as people type it into an option; an empty text is a variable that is not set."""
    if not text:
        raise typer.BadParameter("it is empty; name a folder.")
    return Path(text)


GoneOption = Annotated[
    Path | None,
    typer.Option(
        "--gone",
        parser=read_folder,
        metavar="FOLDER",
        help="Documents whose files, all below this folder, are not there any more.",
    ),
]
AskedOnOption = Annotated[
    date | None,
    typer.Option(
        "--asked-on",
        parser=read_date,
        metavar="DATE",
        help="Ask as of this day: 'this week' is that week, and what was published shortly before "
        "comes first.",
    ),
]


def read_question(words: list[str]) -> str:
    """The question from the command line, or from stdin for a single `-`."""
    if words != ["-"]:
        # A shell passes bytes that are not UTF-8 on as lone surrogates.
        return " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    data = sys.stdin.buffer.read()
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise QuestionError(
            f"The question on stdin is not UTF-8 text ({error.reason} at byte {error.start}): "
            "save it as UTF-8."
        ) from error
