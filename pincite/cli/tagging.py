"""`pincite tag`: gives documents tags, and takes tags from them."""

from __future__ import annotations

from typing import Annotated

import typer

from index.errors import UsageError
from pincite.cli.console import output, print_hanging, print_json
from pincite.cli.holdings import SHORTEST_ID
from pincite.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption
from rag.render import printable

TAG_EXAMPLES = """[bold]Examples[/bold]
  pincite tag 3e24e432 --add korea --add shells
  pincite tag articles/report.pdf --remove draft
  pincite add articles/ --tag korea"""


def tag(
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT", help="As for show.")],
    *,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="TAG", help="A tag to give; may be repeated."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="TAG", help="A tag to take; may be repeated."),
    ] = None,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Give documents tags, and take tags from them.

    Questions and `pincite list` can then be kept to a tag. Tags that differ in case only are one.
    """
    from pincite.cli.remote import opened

    if not add and not remove:
        raise UsageError("No tag is named: give --add TAG, --remove TAG, or both.")
    with opened(library, create=False) as assistant:
        assistant.tag(*documents, add=add or (), remove=remove or ())
        tagged = list({found.id: found for found in map(assistant.document, documents)}.values())
    if json:
        print_json({"documents": [{"id": found.id, "tags": found.tags} for found in tagged]})
        return
    for found in tagged:
        tags = " ".join(f"#{each}" for each in found.tags) or "no tags"
        print_hanging(output(), f"{found.id[:SHORTEST_ID]} ", printable(f"{found.title}: {tags}"))
