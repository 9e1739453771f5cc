"""Where the terminal's words go: results to stdout, progress and messages to stderr.

No console reads markup unless it is asked to: a document's text cannot style, link or hide.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status
from rich.text import Text

READING_WIDTH = 100


def output(*, markup: bool = False) -> Console:
    """Results for a person, on stdout; no wider than is pleasant to read."""
    return _console(stderr=False, markup=markup)


def messages() -> Console:
    """Progress, notices and errors, on stderr."""
    return _console(stderr=True, markup=False)


def _console(*, stderr: bool, markup: bool) -> Console:
    console = Console(stderr=stderr, markup=markup, emoji=False, highlight=False)
    console.width = min(console.width, READING_WIDTH)
    return console


def print_json(payload: object) -> None:
    """One JSON value on stdout, and nothing else.

    Dates become ISO 8601 text; characters that the stream cannot hold become JSON escapes.
    """
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    sys.stdout.write(json_text(payload, unicode=unicode) + "\n")


def json_text(payload: object, *, unicode: bool = True) -> str:
    """The value as JSON to be read; dates become ISO 8601 text."""
    from pydantic_core import to_jsonable_python

    return json.dumps(to_jsonable_python(payload), ensure_ascii=not unicode, indent=2)


def print_error(sentence: str) -> None:
    """One sentence on stderr, on one line however narrow the terminal."""
    text = Text.assemble(("Error: ", "bold red"), " ".join(sentence.split()))
    messages().print(text, soft_wrap=True)


def print_notice(sentence: str, *, console: Console | None = None) -> None:
    """Something worth knowing that is neither a result nor an error, on stderr.

    A `console` that shows progress must be named, or the two write over each other.
    """
    (console or messages()).print(
        Text.assemble(("Note: ", "bold yellow"), sentence), soft_wrap=True
    )


def print_hanging(console: Console, prefix: Text | str, body: Text | str) -> None:
    """`body` wrapped to the console behind `prefix`, its further lines indented as far."""
    first = Text(prefix) if isinstance(prefix, str) else prefix
    text = Text(body) if isinstance(body, str) else body
    width = max(20, console.width - first.cell_len)
    for number, line in enumerate(text.wrap(console, width)):
        line.rstrip()
        console.print(Text.assemble(first if number == 0 else " " * first.cell_len, line))


@contextmanager
def working(message: str) -> Iterator[Status]:
    """A spinner on stderr while the block runs; nothing is shown unless that is a terminal."""
    with messages().status(doing(message)) as status:
        yield status


def doing(message: str) -> Text:
    """What is being done at the moment, for a spinner."""
    return Text(f"{message}…", style="dim")
