"""Rows of the file of stored conversations: found, made room for, and read."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime

from index.errors import UnknownConversation, UsageError
from index.walk import readable
from rag.models import Answer, Conversation
from rag.stored_answer import read_answer, title_of

CHANGED_ELSEWHERE = "This conversation was changed in another window: open it again."
_SELECT = """
SELECT id, title, owner, min(asked_at) AS started_at, max(asked_at) AS changed_at,
    count(*) AS count
FROM conversations JOIN answers ON conversation_id = id
WHERE (:owner IS NULL OR owner = :owner)
"""


def conversations_of(connection: sqlite3.Connection, owner: str | None) -> tuple[Conversation, ...]:
    """Those of one owner, or with `None` of all; the one with the latest answer first."""
    rows = connection.execute(
        f"{_SELECT} GROUP BY id ORDER BY changed_at DESC, conversations.rowid DESC",
        {"owner": owner},
    ).fetchall()
    return tuple(map(_to_conversation, rows))


def find_conversation(
    connection: sqlite3.Connection, name: str, *, owner: str | None
) -> Conversation:
    """The one among those of `owner` with this id or unique beginning of an id.

    Raises `UnknownConversation`.
    """
    wanted = _beginning(name)
    rows = connection.execute(
        f"{_SELECT} AND substr(id, 1, :length) = :wanted GROUP BY id",
        {"owner": owner, "length": len(wanted), "wanted": wanted},
    ).fetchall()
    return named(name, tuple(map(_to_conversation, rows)))


def named(name: str, conversations: Collection[Conversation]) -> Conversation:
    """The one of `conversations` with this id or unique beginning of an id.

    Raises `UnknownConversation`.
    """
    wanted = _beginning(name)
    found = [entry for entry in conversations if wanted and entry.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownConversation(
            f"{name!r} begins the ids of {len(found)} conversations: give more of its digits."
        )
    raise UnknownConversation(
        f"No stored conversation has the id {name!r}: list the conversations to see their ids."
    )


def require_known(
    connection: sqlite3.Connection,
    conversation: Conversation,
    number: int,
    known: Collection[datetime],
) -> None:
    """Raises `UsageError` unless the answers from `number` on are those asked at the times."""
    rows = connection.execute(
        "SELECT asked_at FROM answers WHERE conversation_id = ? AND number >= ?",
        [conversation.id, number],
    )
    if set(map(asked_at_of, rows)) != set(known):
        raise UsageError(CHANGED_ELSEWHERE)


def make_room(
    connection: sqlite3.Connection, conversation: Conversation, number: int, answer: Answer
) -> None:
    """Takes the answers from `number` on out of a conversation, before `answer` takes their place.

    A title that somebody gave it stays.
    """
    place = [conversation.id, number]
    if number == 1:
        row = connection.execute(
            "SELECT answer FROM answers WHERE conversation_id = ? AND number = ?", place
        ).fetchone()
        if conversation.title == title_of(read_answer(row["answer"])[0].question.text):
            connection.execute(
                "UPDATE conversations SET title = ? WHERE id = ?",
                [title_of(answer.question.text), conversation.id],
            )
    connection.execute("DELETE FROM answers WHERE conversation_id = ? AND number >= ?", place)


def asked_at_of(row: sqlite3.Row) -> datetime:
    """When the question of a stored answer was asked."""
    return datetime.fromisoformat(row["asked_at"])


def _to_conversation(row: sqlite3.Row) -> Conversation:
    return Conversation(
        id=row["id"],
        title=row["title"],
        owner=row["owner"],
        started_at=datetime.fromisoformat(row["started_at"]),
        changed_at=datetime.fromisoformat(row["changed_at"]),
        count=row["count"],
    )


def _beginning(name: str) -> str:
    return readable(name.strip()).lower()
