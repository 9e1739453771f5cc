"""What somebody thought of stored answers, each kept with the answer as it was then."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from index.walk import readable
from rag.conversation_file import rows_holding
from rag.models import Citation, Feedback, Rating, StoredAnswer
from rag.removed import without_quotes, without_words
from rag.stored_answer import emptied, read_answer, write_answer

NOTE_LIMIT = 4_000  # characters


def write_feedback(
    connection: sqlite3.Connection, stored: StoredAnswer, *, rating: Rating | None, note: str
) -> None:
    """Writes what is thought of an answer, in place of what was; without a rating, nothing is."""
    place = [stored.conversation_id, _moment(stored.asked_at)]
    connection.execute("DELETE FROM feedback WHERE conversation_id = ? AND asked_at = ?", place)
    if rating is None:
        return
    connection.execute(
        "INSERT INTO feedback(conversation_id, number, asked_at, answer, rating, note, given_at) "
        "SELECT conversation_id, number, asked_at, answer, ?, ?, ? FROM answers "
        "WHERE conversation_id = ? AND asked_at = ?",
        [rating, _clean(note), _moment(datetime.now(UTC)), *place],
    )


def read_feedback(
    connection: sqlite3.Connection, read: Callable[[sqlite3.Row], StoredAnswer]
) -> list[Feedback]:
    """All that was thought, the newest first; `read` makes an answer of a row."""
    rows = connection.execute("SELECT * FROM feedback ORDER BY given_at DESC").fetchall()
    return [
        Feedback(
            rating="up" if row["rating"] == "up" else "down",
            note=row["note"],
            given_at=datetime.fromisoformat(row["given_at"]),
            stored=read(row),
        )
        for row in rows
    ]


def erase_from_feedback(
    connection: sqlite3.Connection, gone: Callable[[Citation], bool], *, naming: Collection[str]
) -> None:
    """As `Conversations.erase_quotes`, of the answers kept here and of the notes on them."""
    for row in rows_holding(connection, naming, table="feedback"):
        answer, unreadable = read_answer(row["answer"])
        left = (
            (emptied(row["answer"]), "")
            if unreadable
            else (
                write_answer(without_quotes(answer, gone)),
                without_words(row["note"], answer, gone),
            )
        )
        connection.execute(
            "UPDATE feedback SET answer = ?, note = ? WHERE rowid = ?", [*left, row["rowid"]]
        )


def _clean(note: str) -> str:
    return readable(note).strip()[:NOTE_LIMIT]


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
