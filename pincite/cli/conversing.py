"""Stored conversations: `pincite conversations list`, `show`, `export`, `delete` and `rename`."""

from __future__ import annotations

import json as json_format
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from index.errors import UsageError
from pincite.cli.console import messages, output, print_hanging, print_json
from pincite.cli.conversation_view import print_conversations, print_entry, print_particulars
from pincite.cli.failures import FAILED, CommandTree, Subcommand
from pincite.cli.holdings import SHORTEST_ID, counted
from pincite.cli.keeping import chosen
from pincite.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption
from rag.models import Conversation
from rag.render import printable

if TYPE_CHECKING:
    from pincite.cli.remote import RemoteAssistant
    from rag.assistant import Assistant

EXAMPLES = """[bold]Examples[/bold]
  pincite conversations list
  pincite conversations show last
  pincite conversations export 3e24e432 --output ferry.md
  pincite conversations rename last "The ferry strike"
  pincite conversations delete 3e24e432"""

conversations = typer.Typer(
    cls=CommandTree, help="Show, export and delete stored conversations.", epilog=EXAMPLES
)

ConversationArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="An id from `pincite conversations list`, the beginning of one, or last.",
    ),
]


@conversations.callback(invoke_without_command=True)
def stored(context: typer.Context) -> None:
    """Show, export and delete stored conversations."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@conversations.command("list", cls=Subcommand, epilog=EXAMPLES)
def list_conversations(
    *, json: JsonOption = False, library: LibraryOption = DEFAULT_LIBRARY
) -> None:
    """List the stored conversations, the one with the latest answer first."""
    from pincite.cli.remote import opened

    with opened(library, create=False) as assistant:
        found = assistant.conversations.newest_first()
    if json:
        print_json({"conversations": found})
    elif not found:
        output().print(
            f"The library {library} holds no conversation. `pincite chat` stores one.",
            soft_wrap=True,
        )
    else:
        print_conversations(output(), found)


@conversations.command(cls=Subcommand, epilog=EXAMPLES)
def show(
    conversation: ConversationArgument,
    *,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Show a conversation: every answer, and which of its sources have changed or are gone."""
    from pincite.cli.remote import opened

    with opened(library, create=False) as assistant:
        found = chosen(assistant, conversation)
        if json:
            print_json(_as_json(assistant, found))
            return
        console = output()
        print_particulars(console, found)
        for entry in assistant.conversations.answers(found.id):
            console.print()
            print_entry(console, entry, states=assistant.citation_states(entry.answer))


@conversations.command(cls=Subcommand, epilog=EXAMPLES)
def export(
    conversation: ConversationArgument,
    *,
    form: Annotated[
        Literal["markdown", "html", "json"],
        typer.Option("--format", metavar="NAME", help="markdown, html or json."),
    ] = "markdown",
    target: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write to this file, not to stdout."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", metavar="", help="Overwrite the file if there is one.")
    ] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Write a conversation as Markdown or JSON, with the state of every source."""
    from pincite.cli.remote import opened

    with opened(library, create=False) as assistant:
        found = chosen(assistant, conversation)
        text = _exported(assistant, found, form)
    if target is None:
        sys.stdout.write(text)
        return
    _write(target.expanduser(), text, force=force)
    output().print(f"Wrote {counted(found.count, 'answer')} to {target}.", soft_wrap=True)


@conversations.command(cls=Subcommand, epilog=EXAMPLES)
def delete(
    conversation: ConversationArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", metavar="", help="Do not ask first.")] = False,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Erase a conversation from the library for good, after asking once."""
    from pincite.cli.remote import opened

    with opened(library, create=False) as assistant:
        found = chosen(assistant, conversation)
        if not yes and not _agreed(found):
            messages().print("Nothing was deleted.")
            raise typer.Exit(FAILED)
        assistant.conversations.delete(found.id)
    if json:
        print_json({"deleted": found.id})
    else:
        print_hanging(output(), f"Deleted {found.id[:SHORTEST_ID]} ", printable(found.title))


@conversations.command(cls=Subcommand, epilog=EXAMPLES)
def rename(
    conversation: ConversationArgument,
    title: Annotated[list[str], typer.Argument(metavar="TITLE", help="The new title.")],
    *,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Give a conversation another title."""
    from pincite.cli.remote import opened

    with opened(library, create=False) as assistant:
        found = chosen(assistant, conversation)
        renamed = assistant.conversations.rename(found.id, " ".join(title))
    if json:
        print_json({"conversation": renamed})
    else:
        print_hanging(output(), f"Renamed {renamed.id[:SHORTEST_ID]} ", printable(renamed.title))


def _as_json(
    assistant: Assistant | RemoteAssistant, conversation: Conversation
) -> dict[str, object]:
    from rag.export import conversation_to_json

    answers = assistant.conversations.answers(conversation.id)
    return conversation_to_json(conversation, answers, state=assistant.citation_state)


def _exported(
    assistant: Assistant | RemoteAssistant,
    conversation: Conversation,
    form: Literal["markdown", "html", "json"],
) -> str:
    from rag.export import conversation_to_html, conversation_to_markdown

    if form == "json":
        payload = _as_json(assistant, conversation)
        return json_format.dumps(payload, ensure_ascii=False, indent=2) + "\n"
    answers = assistant.conversations.answers(conversation.id)
    write = conversation_to_html if form == "html" else conversation_to_markdown
    return write(conversation, answers, state=assistant.citation_state)


def _write(path: Path, text: str, *, force: bool) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file, such as {path / 'conversation.md'}.")
    try:
        with path.open(
            "w" if force else "x", encoding="utf-8", errors="backslashreplace", newline="\n"
        ) as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"There is a file {path} already: name another one, or overwrite it with --force."
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"{str(path)!r} cannot be written ({reason}): name a file in a folder that you may "
            "write to."
        ) from error


def _agreed(conversation: Conversation) -> bool:
    """Ask on stderr, and read the answer from stdin. Raises `UsageError` if nobody answers."""
    messages().print(
        f"Delete “{printable(conversation.title)}” with {counted(conversation.count, 'answer')} "
        "for good? [y/N] ",
        end="",
        soft_wrap=True,
    )
    try:
        reply = input()
    except EOFError:
        messages().print()
        raise UsageError("Nobody said whether to delete it: give --yes to delete it.") from None
    return reply.strip().lower() in {"y", "yes"}
