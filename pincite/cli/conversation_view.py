"""Stored conversations as a person reads them in a terminal; times are local."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from shutil import get_terminal_size

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pincite.cli.answers import print_answer
from pincite.cli.console import print_hanging
from pincite.cli.holdings import counted
from pincite.cli.listing import COLUMN_GAP, PIPE_WIDTH, distinct_length
from rag.models import Conversation, StoredAnswer
from rag.render import States, printable


def print_conversations(console: Console, found: Sequence[Conversation]) -> None:
    """One line a conversation: cut to fit a terminal, whole where a program reads it."""
    length = distinct_length(entry.id for entry in found)
    console.width = get_terminal_size().columns if console.is_terminal else PIPE_WIDTH
    title_width = None
    if console.is_terminal:
        taken = length + len("2026-11-21 09:30") + len("Answers") + 3 * COLUMN_GAP
        title_width = max(20, console.width - taken)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, COLUMN_GAP, 0, 0))
    table.add_column("Id", no_wrap=True, style="cyan")
    table.add_column("Last answer", no_wrap=True)
    table.add_column("Answers", no_wrap=True, justify="right")
    table.add_column("Title", no_wrap=True, max_width=title_width)
    for entry in found:
        table.add_row(
            entry.id[:length],
            _local(entry.changed_at),
            f"{entry.count:,}",
            Text(printable(entry.title)),
        )
    console.print(table)
    console.print()
    console.print(counted(len(found), "conversation"), style="dim")


def print_particulars(console: Console, conversation: Conversation) -> None:
    """What is known about a conversation as a whole."""
    rows = {
        "Title": conversation.title,
        "Started": _local(conversation.started_at),
        "Last answer": _local(conversation.changed_at),
        "Answers": f"{conversation.count:,}",
        "Id": conversation.id,
    }
    for name, value in rows.items():
        print_hanging(console, Text(f"{name:<11} ", style="bold"), printable(value))


def print_entry(console: Console, entry: StoredAnswer, *, states: States) -> None:
    """One answer with its question; `states` tell what has become of its sources."""
    console.print(Text(f"{entry.number}. {_local(entry.asked_at)}", style="bold cyan"))
    print_hanging(console, "", Text(printable(entry.answer.question.text), style="bold"))
    console.print()
    if entry.unreadable is not None:
        reason = Text.assemble(("Cannot be shown. ", "bold red"), printable(entry.unreadable))
        print_hanging(console, "", reason)
    else:
        print_answer(console, entry.answer, states=states)


def _local(moment: datetime) -> str:
    """A time as the clock on the wall shows it."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
