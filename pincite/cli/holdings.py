"""What a library holds: `pincite list`, `show`, `remove`, `verify` and `rebuild`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from index.errors import LibraryError
from index.models import Document, DocumentSummary, Passage
from pincite.cli.console import output, print_hanging, print_json, print_notice, working
from pincite.cli.failures import FAILED
from pincite.cli.options import DEFAULT_LIBRARY, DocumentArgument, JsonOption, LibraryOption
from rag.render import harmless, printable

if TYPE_CHECKING:
    from rag.assistant import Assistant

LIST_EXAMPLES = """[bold]Examples[/bold]
  pincite list
  pincite list --json | jq -r '.documents[].title'"""

SHOW_EXAMPLES = """[bold]Examples[/bold]
  pincite show 3e24e432
  pincite show articles/report.pdf --passages"""

REMOVE_EXAMPLES = """[bold]Examples[/bold]
  pincite remove 3e24e432
  pincite remove articles/report.pdf articles/notes.md"""

VERIFY_EXAMPLES = """[bold]Examples[/bold]
  pincite verify || pincite rebuild"""

REBUILD_EXAMPLES = """[bold]Examples[/bold]
  pincite rebuild --library reports"""

SHORTEST_ID = 8
PIPE_WIDTH = 1_000
COLUMN_GAP = 2


def list_documents(*, json: JsonOption = False, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """List the documents of the library."""
    from rag.assistant import open_assistant

    with open_assistant(library, create=False) as assistant:
        documents = assistant.documents()
    if json:
        print_json({"documents": documents})
    elif not documents:
        output().print(f"The library {library} is empty. Add documents: pincite add PATH")
    else:
        _print_table(output(), documents)


def show(
    document: DocumentArgument,
    *,
    passages: Annotated[
        bool,
        typer.Option(
            "--passages", metavar="", help="Show the passages with their offsets instead."
        ),
    ] = False,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Show a document: what is known about it, then its text."""
    from rag.assistant import open_assistant

    with open_assistant(library, create=False) as assistant:
        found = assistant.document(document)
        parts = assistant.passages(found.id) if passages else ()
    if json:
        print_json({"document": found} | ({"passages": parts} if passages else {}))
        return
    console = output()
    _print_particulars(console, found)
    console.print()
    if passages:
        _print_passages(console, parts)
    else:
        console.print(harmless(found.text), soft_wrap=not console.is_terminal)


def remove(
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT", help="As for show.")],
    *,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Erase documents from the library; the files they came from stay."""
    from rag.assistant import open_assistant

    with open_assistant(library, create=False) as assistant:
        found = {one.id: one for one in map(assistant.document, documents)}
        removed = assistant.remove(*found)
        kept = _still_quoting(assistant, found.values())
    if kept:
        print_notice(
            f"{counted(len(kept), 'stored conversation')} named what was removed and may quote it "
            "still. To erase the words there too: "
            + ", ".join(f"pincite conversations delete {name[:SHORTEST_ID]}" for name in kept)
        )
    if json:
        print_json({"removed": removed})
        return
    for identifier in removed:
        print_hanging(
            output(), f"Removed {identifier[:SHORTEST_ID]} ", printable(found[identifier].title)
        )


def _still_quoting(assistant: Assistant, documents: Iterable[Document]) -> tuple[str, ...]:
    """The ids of stored conversations that keep quotes of these documents, as the settings wish."""
    if assistant.settings.removed_quotes == "drop":
        return ()
    names = {name for document in documents for name in (document.id, *document.sources)}
    try:
        return assistant.conversations.naming(names)
    except LibraryError:  # the documents are gone, which was asked for
        return ()


def verify(*, json: JsonOption = False, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Check that the catalog and the two indexes made from it agree."""
    from rag.assistant import open_assistant

    with open_assistant(library, create=False) as assistant, working("comparing the indexes"):
        report = assistant.verify()
    if json:
        print_json(
            {
                "sound": report.sound,
                "documents": report.documents,
                "passages": report.passages,
                "problems": report.problems,
            }
        )
    elif report.sound:
        output().print(
            f"Sound: {counted(report.documents, 'document')}, "
            f"{counted(report.passages, 'passage')}, both indexes agree with the catalog."
        )
    else:
        for problem in report.problems:
            print_hanging(output(), "• ", printable(problem))
        output().print("Mend it: pincite rebuild")
    if not report.sound:
        raise typer.Exit(FAILED)


def rebuild(*, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Make both indexes anew from the catalog."""
    from rag.assistant import open_assistant

    with open_assistant(library, create=False, allow_model_change=True) as assistant:
        with working("rebuilding the indexes"):
            assistant.rebuild()
        documents = assistant.documents()
    output().print(
        f"Rebuilt: {counted(len(documents), 'document')}, "
        f"{counted(sum(entry.passages for entry in documents), 'passage')}."
    )


def counted(number: int, noun: str) -> str:
    """A number with its noun, such as `1 document` or `2,000 passages`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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


def distinct_length(identifiers: Iterable[str]) -> int:
    """How much of an id is needed to tell all of them apart."""
    known = list(identifiers)
    length = SHORTEST_ID
    while len({identifier[:length] for identifier in known}) < len(known):
        length += 1
    return length


def _print_particulars(console: Console, document: Document) -> None:
    rows = {
        "Title": document.title,
        "Outlet": document.outlet or "unknown",
        "Author": document.author or "unknown",
        "Published": document.published_at.isoformat() if document.published_at else "unknown",
        "Language": document.language or "unknown",
        "Tags": ", ".join(document.tags) or "none",
        "Type": document.media_type,
        "Pages": str(len(document.page_starts)) if document.page_starts else "none",
        "Length": counted(len(document.text), "character"),
        "Id": document.id,
    }
    for name, value in rows.items():
        print_hanging(console, Text(f"{name:<10} ", style="bold"), printable(value))
    for source in document.sources:
        print_hanging(console, Text(f"{'Source':<10} ", style="bold"), printable(source))


def _print_passages(console: Console, passages: Sequence[Passage]) -> None:
    for number, passage in enumerate(passages, start=1):
        place = f"{number}. characters {passage.start}–{passage.end}"
        page = f", page {passage.page}" if passage.page is not None else ""
        heading = f", under “{printable(passage.heading)}”" if passage.heading else ""
        console.print(Text(place + page + heading, style="bold cyan"))
        for line in harmless(passage.text).splitlines():
            print_hanging(console, "   ", line.strip())
        console.print()
