"""What `ask` and `chat` keep: one stored conversation, an earlier one or a new one, or none."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from index.errors import UnknownConversation, UsageError
from pincite.cli.console import output, print_notice
from pincite.cli.holdings import SHORTEST_ID, counted
from pincite.cli.options import DEFAULT_LIBRARY
from rag.models import Answer, Conversation
from rag.render import printable

if TYPE_CHECKING:
    from pincite.cli.remote import RemoteAssistant
    from rag.assistant import Assistant

LAST = "last"
NEW = "new"

StoreInOption = Annotated[
    str | None,
    typer.Option(
        "--conversation",
        metavar="ID",
        help="Store in this conversation: an id from `pincite conversations list`, the beginning "
        "of one, last or new.",
    ),
]
NoStoreOption = Annotated[
    bool, typer.Option("--no-store", metavar="", help="Store nothing of this conversation.")
]


def chosen(assistant: Assistant | RemoteAssistant, name: str) -> Conversation:
    """The stored conversation of this id or beginning of an id, or the `last` one.

    Raises `UnknownConversation`.
    """
    if name.strip().lower() != LAST:
        return assistant.conversations.find(name)
    conversations = assistant.conversations.newest_first()
    if not conversations:
        raise UnknownConversation(
            "No conversation is stored yet: `pincite chat` stores one, and so does `pincite ask "
            "--conversation new`."
        )
    return conversations[0]


class Keeping:
    """Stores answers in the conversation called `name`; `NEW` begins one, `None` stores nothing.

    Raises `UnknownConversation` before anything is asked.
    """

    def __init__(
        self, assistant: Assistant | RemoteAssistant, name: str | None, *, library: Path
    ) -> None:
        self._assistant = assistant
        self._library = library
        self._stores = name is not None
        begins = name is None or name.strip().lower() == NEW
        self._earlier = None if name is None or begins else chosen(assistant, name)
        self._id = self._earlier.id if self._earlier else None
        self._stored = 0
        self._answers = [
            stored.answer
            for stored in (assistant.conversations.answers(self._id) if self._id else ())
            if not stored.unreadable
        ]

    @property
    def earlier(self) -> tuple[Answer, ...]:
        """The answers of the conversation so far, oldest first, those stored before included."""
        return tuple(self._answers)

    def begin_anew(self) -> None:
        """Begin another conversation; a stored one is told first."""
        self.farewell()
        output().print(Text("A new conversation.", style="dim"))
        self._answers, self._id, self._stored = [], None, 0

    def add(self, answer: Answer) -> None:
        """Take note of the answer, and store it if any is to be stored."""
        self._answers.append(answer)
        if self._stores:
            conversations = self._assistant.conversations
            self._id = conversations.add(answer, conversation=self._id).conversation_id
            self._stored += 1

    def greet(self) -> None:
        """Say before the first question what will be stored, and where."""
        if self._earlier is not None:
            line = (
                f"This goes on with conversation {self._earlier.id[:SHORTEST_ID]}, "
                f"“{printable(self._earlier.title)}”, {counted(self._earlier.count, 'answer')}."
            )
        elif self._stores:
            line = "The conversation is stored in the library; with --no-store it is not."
        else:
            line = "Nothing of this conversation is stored."
        output().print(Text(line, style="dim"))

    def tell(self) -> None:
        """Say on stderr what was stored and how to see it again, if anything was."""
        if self._stored:
            print_notice(self._where())

    def farewell(self) -> None:
        """The same on stdout, at the end of a conversation."""
        if self._stored:
            output().print(Text(self._where(), style="dim"), soft_wrap=True)

    def _where(self) -> str:
        assert self._id is not None, "something was stored"
        short = self._id[:SHORTEST_ID]
        at = "" if self._library == DEFAULT_LIBRARY else f" --library {_quoted(self._library)}"
        return (
            f"Stored {counted(self._stored, 'answer')} in conversation {short}. "
            f"Show it again: pincite conversations show {short}{at}"
        )


def name_to_keep(conversation: str | None, *, no_store: bool) -> str | None:
    """The conversation a chat is stored in. Raises `UsageError` if it is to be stored and not."""
    if not no_store:
        return NEW if conversation is None else conversation
    if conversation is not None:
        raise UsageError(
            "--conversation stores the answers and --no-store stores none: give one of the two."
        )
    return None


def _quoted(path: Path) -> str:
    return shlex.quote(printable(str(path)))
