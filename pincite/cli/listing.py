"""`pincite list`: the documents of a library, or those asked for, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shutil import get_terminal_size

from rich.console import Console
from rich.table import Table
from rich.text import Text

from index.filtering import why_nothing_passes
from index.models import DocumentSummary, Filters
from pincite.cli.console import output, print_hanging, print_json
from pincite.cli.filter_options import with_filters
from pincite.cli.holdings import SHORTEST_ID, counted
from pincite.cli.options import (
    DEFAULT_LIBRARY,
    GoneOption,
    JsonOption,
    LibraryOption,
)
from rag.render import printable

LIST_EXAMPLES = """[bold]Examples[/bold]
  pincite list
  pincite list --tag korea --from 2024-10-01
  pincite list --gone articles/
  pincite list --json | jq -r '.documents[].title'"""

PIPE_WIDTH = 1_000
COLUMN_GAP = 2
STORIES_SHOWN = 5


@with_filters
def list_documents(
    *,
    filters: Filters,
    gone: GoneOption = None,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """List the documents of the library, or those asked for."""
    from pincite.cli.remote import opened

    with opened(library, create=False) as assistant:
        documents = assistant.documents(filters)
        is_empty = not documents and not assistant.documents()
        why = None if documents else why_nothing_passes(filters, assistant.documents)
        if gone is not None:
            left = {summary.id for summary in assistant.gone(gone)}
            documents = tuple(summary for summary in documents if summary.id in left)
    if json:
        print_json({"documents": documents})
    elif is_empty:
        output().print(f"The library {library} is empty. Add documents: pincite add PATH")
    elif not documents:
        reason = why or (gone and f"No such document came from files below {gone} that are gone.")
        output().print(Text(printable(reason or "No document passes all of these filters.")))
    else:
        _print_table(output(), documents)


def _print_table(console: Console, documents: Sequence[DocumentSummary]) -> None:
    """One line a document: cut to fit a terminal, whole where a program reads it."""
    length = distinct_length(entry.id for entry in documents)
    console.width = get_terminal_size().columns if console.is_terminal else PIPE_WIDTH
    outlet_width = title_width = None
    if console.is_terminal:
        outlet_width = 18
        taken = length + len("2026-11-21") + outlet_width + len("Passages") + 4 * COLUMN_GAP
        title_width = max(20, console.width - taken)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, COLUMN_GAP, 0, 0))
    table.add_column("Id", no_wrap=True, style="cyan")
    table.add_column("Date", no_wrap=True)
    table.add_column("Outlet", no_wrap=True, max_width=outlet_width)
    table.add_column("Title", no_wrap=True, max_width=title_width)
    table.add_column("Passages", no_wrap=True, justify="right")
    for entry in documents:
        tags = "".join(f"  #{printable(tag)}" for tag in entry.tags)
        table.add_row(
            entry.id[:length],
            entry.published_at.isoformat() if entry.published_at else "unknown",
            Text(printable(entry.outlet or "unknown")),
            Text.assemble(printable(entry.title), (tags, "dim")),
            f"{entry.passages:,}",
        )
    console.print(table)
    total = sum(entry.passages for entry in documents)
    console.print()
    console.print(
        f"{counted(len(documents), 'document')}, {counted(total, 'passage')}", style="dim"
    )
    _print_stories(console, documents, length)


def _print_stories(console: Console, documents: Sequence[DocumentSummary], length: int) -> None:
    """Which of the documents tell a story in the same words: reprints are no further witness."""
    told: dict[str, list[str]] = {}
    for entry in documents:
        if entry.story is not None:
            told.setdefault(entry.story, []).append(entry.id[:length])
    lines = [", ".join(identifiers) for identifiers in told.values() if len(identifiers) > 1]
    for line in lines[:STORIES_SHOWN]:
        print_hanging(console, "Same story: ", Text(line, style="cyan"))
    if len(lines) > STORIES_SHOWN:
        console.print(f"and {len(lines) - STORIES_SHOWN:,} more; --json has all.", style="dim")


def distinct_length(identifiers: Iterable[str]) -> int:
    """How much of an id is needed to tell all of them apart."""
    known = list(identifiers)
    length = SHORTEST_ID
    while len({identifier[:length] for identifier in known}) < len(known):
        length += 1
    return length
