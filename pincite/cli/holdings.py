"""What a library holds: `pincite list`, `show`, `remove`, `verify` and `rebuild`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from index.errors import LibraryError, UsageError
from index.models import Document, DocumentSummary, Passage
from pincite.cli.console import messages, output, print_hanging, print_json, print_notice, working
from pincite.cli.failures import FAILED
from pincite.cli.options import (
    DEFAULT_LIBRARY,
    DocumentArgument,
    GoneOption,
    JsonOption,
    LibraryOption,
)
from rag.render import harmless, printable

if TYPE_CHECKING:
    from pincite.cli.remote import RemoteAssistant
    from rag.assistant import Assistant

SHOW_EXAMPLES = """[bold]Examples[/bold]
  pincite show 3e24e432
  pincite show articles/report.pdf --passages"""

REMOVE_EXAMPLES = """[bold]Examples[/bold]
  pincite remove 3e24e432
  pincite remove articles/report.pdf articles/notes.md
  pincite remove --gone articles/"""

VERIFY_EXAMPLES = """[bold]Examples[/bold]
  pincite verify || pincite rebuild"""

REBUILD_EXAMPLES = """[bold]Examples[/bold]
  pincite rebuild --library reports"""

SHORTEST_ID = 8


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
    from pincite.cli.remote import opened

    with opened(library, create=False) as assistant:
        found = assistant.document(document)
        retold = _retold(assistant.documents(), found.id)
        parts = assistant.passages(found.id) if passages else ()
    if json:
        story = {"same_story": [summary.id for summary in retold]}
        print_json({"document": found} | story | ({"passages": parts} if passages else {}))
        return
    console = output()
    _print_particulars(console, found, retold)
    console.print()
    if passages:
        _print_passages(console, parts)
    else:
        console.print(harmless(found.text), soft_wrap=not console.is_terminal)


def remove(
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="DOCUMENT", help="As for show.")
    ] = None,
    *,
    gone: GoneOption = None,
    yes: Annotated[
        bool, typer.Option("--yes", metavar="", help="With --gone, do not ask first.")
    ] = False,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Erase documents from the library; the files they came from stay."""
    from pincite.cli.remote import opened

    if not documents and gone is None:
        raise UsageError("Nothing is named to be removed: give a document, or --gone FOLDER.")
    with opened(library, create=False) as assistant:
        found = {one.id: one for one in map(assistant.document, documents or ())}
        if gone is not None:
            left = assistant.gone(gone)
            if left and not yes:
                _confirm(left)
            found |= {one.id: assistant.document(one.id) for one in left}
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
    if not removed:
        output().print(
            f"Nothing to remove: no document came from files below {gone} alone that are gone.",
            soft_wrap=True,
        )
    for identifier in removed:
        print_hanging(
            output(), f"Removed {identifier[:SHORTEST_ID]} ", printable(found[identifier].title)
        )


def _confirm(documents: Sequence[DocumentSummary]) -> None:
    """Shows what would be erased and asks. Raises `typer.Abort`, or `UsageError` without a person.

    The library may hold the last copy of a file that was deleted by mistake.
    """
    if not sys.stdin.isatty():
        raise UsageError(
            f"{counted(len(documents), 'document')} would be erased: see them with "
            "`pincite list --gone`, then give --yes."
        )
    for one in documents:
        print_hanging(messages(), f"{one.id[:SHORTEST_ID]} ", printable(one.title))
    typer.confirm(f"Erase {counted(len(documents), 'document')}?", abort=True, err=True)


def _still_quoting(
    assistant: Assistant | RemoteAssistant, documents: Iterable[Document]
) -> tuple[str, ...]:
    """The ids of stored conversations that keep quotes of these documents, as the settings wish."""
    from rag.assistant import Assistant

    if not isinstance(assistant, Assistant):
        return assistant.still_quoted_in
    if assistant.settings.removed_quotes == "drop":
        return ()
    names = {name for document in documents for name in (document.id, *document.sources)}
    try:
        return assistant.conversations.naming(names)
    except LibraryError:  # the documents are gone, which was asked for
        return ()


def verify(*, json: JsonOption = False, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Check that the catalog and the two indexes made from it agree."""
    from pincite.cli.remote import opened

    with opened(library, create=False) as assistant, working("comparing the indexes"):
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
    if not report.sound:
        raise typer.Exit(FAILED)


def rebuild(*, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Make both indexes anew from the catalog, which no server may have open meanwhile."""
    from pincite.cli.remote import alone
    from rag.opening import open_assistant

    with (
        alone(library),
        open_assistant(library, create=False, allow_model_change=True) as assistant,
    ):
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


def _retold(documents: Sequence[DocumentSummary], document_id: str) -> list[DocumentSummary]:
    """The other documents that tell the same story."""
    story = next((row.story for row in documents if row.id == document_id), None)
    return [row for row in documents if story and row.story == story and row.id != document_id]


def _print_particulars(
    console: Console, document: Document, retold: Sequence[DocumentSummary]
) -> None:
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
    for row in retold:
        told = f"{row.id[:SHORTEST_ID]} {row.outlet or 'outlet unknown'}: {row.title}"
        print_hanging(console, Text(f"{'Same story':<10} ", style="bold"), printable(told))


def _print_passages(console: Console, passages: Sequence[Passage]) -> None:
    for number, passage in enumerate(passages, start=1):
        place = f"{number}. characters {passage.start}–{passage.end}"
        page = f", page {passage.page}" if passage.page is not None else ""
        heading = f", under “{printable(passage.heading)}”" if passage.heading else ""
        console.print(Text(place + page + heading, style="bold cyan"))
        for line in harmless(passage.text).splitlines():
            print_hanging(console, "   ", line.strip())
        console.print()
