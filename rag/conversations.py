"""Stored conversations: one SQLite file of the library, apart from the catalog.

Each answer is stored as `to_json` writes it, with the ids and offsets of what it cites, so that it
can be compared with the library at any later time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from uuid import uuid4

from index.errors import UnknownConversation, UsageError
from index.walk import readable
from rag.conversation_file import ConversationFile, rows_holding
from rag.feedback import erase_from_feedback, read_feedback, write_feedback
from rag.models import Answer, Citation, Conversation, Feedback, Rating, StoredAnswer
from rag.removed import without_quotes
from rag.stored_answer import emptied, read_answer, title_of, write_answer

CONVERSATIONS_FILE = "conversations.sqlite3"
_CHANGED_ELSEWHERE = "This conversation was changed in another window: open it again."
_SELECT = """
SELECT id, title, owner, min(asked_at) AS started_at, max(asked_at) AS changed_at,
    count(*) AS count
FROM conversations JOIN answers ON conversation_id = id
WHERE (:owner IS NULL OR owner = :owner)
"""


class Conversations:
    """The conversations in the file `path`, which is made when the first answer is stored.

    `kept` is what may be stored and shown of an answer; it is asked whenever one is added or read.
    Made like this, it shows those of every owner, as to the single reader of a library without
    sign-in; see `of`.

    Usable from several threads. Raises `LibraryDamaged`, `LibraryUnwritable` or, once closed,
    `LibraryClosed`, whatever is asked.
    """

    def __init__(
        self, path: Path, *, kept: Callable[[Answer], Answer] = lambda answer: answer
    ) -> None:
        self._file = ConversationFile(path)
        self._kept = kept
        self._owner: str | None = None

    def of(self, owner: str | None) -> Self:
        """The conversations of one owner, as if there were no others; those added become theirs.

        With `None`, all conversations, and those added belong to nobody. Another view of the same
        file, which is closed with it.
        """
        view = copy(self)
        view._owner = owner  # noqa: SLF001  # one of ours
        return view

    def close(self) -> None:
        """Closes the file; doing so twice is harmless."""
        self._file.close()

    def newest_first(self) -> tuple[Conversation, ...]:
        """Every conversation, the one with the latest answer first."""
        with self._file.reading() as connection:
            rows = connection.execute(
                f"{_SELECT} GROUP BY id ORDER BY changed_at DESC, conversations.rowid DESC",
                {"owner": self._owner},
            ).fetchall()
        return tuple(map(_to_conversation, rows))

    def naming(self, texts: Collection[str]) -> tuple[str, ...]:
        """The ids of the conversations with an answer that holds one of these texts."""
        with self._file.reading() as connection:
            rows = rows_holding(connection, texts)
        mine = {entry.id for entry in self.newest_first()}
        named = dict.fromkeys(row["conversation_id"] for row in rows)
        return tuple(name for name in named if name in mine)

    def find(self, conversation: str) -> Conversation:
        """The conversation with this id or unique beginning of an id. Raises `UnknownConversation`.

        Every other method names conversations in the same way.
        """
        with self._file.reading() as connection:
            return self._find(connection, conversation)

    def answers(self, conversation: str) -> tuple[StoredAnswer, ...]:
        """The answers of a conversation in the order in which they were stored."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM answers WHERE conversation_id = ? ORDER BY number",
                [self._find(connection, conversation).id],
            ).fetchall()
        return tuple(map(self._to_stored, rows))

    def add(
        self,
        answer: Answer,
        *,
        conversation: str | None = None,
        replacing: int | None = None,
        known: Collection[datetime] | None = None,
    ) -> StoredAnswer:
        """Stores an answer as the last of a conversation, or as the first of a new one.

        A new conversation has the question for its title. The answers numbered `replacing` and
        above are erased for it, all in one step; where that leaves no other, a title that was the
        first question becomes this one. With `known`, these must be the answers asked at those
        times and no others. Raises `UnknownConversation`, and `UsageError` if they are others.
        """
        with self._file.writing(create=conversation is None) as connection:
            if conversation is None:
                chosen = uuid4().hex
                connection.execute(
                    "INSERT INTO conversations(id, title, owner) VALUES (?, ?, ?)",
                    [chosen, title_of(answer.question.text), self._owner],
                )
                number = 1
            else:
                found = self._find(connection, conversation)
                chosen, number = found.id, found.count + 1
                if replacing is not None and known is not None:
                    _require_known(connection, found, replacing, known)
                if replacing is not None and replacing < number:
                    number = max(1, replacing)
                    _make_room(connection, found, number, answer)
            stored = StoredAnswer(
                conversation_id=chosen,
                number=number,
                asked_at=datetime.now(UTC),
                answer=self._kept(answer),
            )
            connection.execute(
                "INSERT INTO answers VALUES (?, ?, ?, ?)",
                [
                    chosen,
                    number,
                    stored.asked_at.isoformat(timespec="microseconds"),
                    write_answer(stored.answer),
                ],
            )
        if replacing is not None:
            self._file.compact()
        return stored

    def rename(self, conversation: str, title: str) -> Conversation:
        """Gives a conversation another title, made one line; returns it as it is then.

        Raises `UnknownConversation`, and `UsageError` for a blank title.
        """
        line = " ".join(readable(title).split())
        if not line:
            raise UsageError("The title is empty: give the conversation a name of some letters.")
        with self._file.writing(create=False) as connection:
            chosen = self._find(connection, conversation).id
            connection.execute("UPDATE conversations SET title = ? WHERE id = ?", [line, chosen])
            return self._find(connection, chosen)

    def delete(self, conversation: str) -> None:
        """Erases a conversation from the file for good. Raises `UnknownConversation`."""
        with self._file.writing(create=False) as connection:
            chosen = self._find(connection, conversation).id
            connection.execute("DELETE FROM conversations WHERE id = ?", [chosen])
        self._file.compact()

    def rate(
        self,
        conversation: str,
        number: int,
        rating: Rating | None,
        *,
        note: str = "",
        asked_at: datetime | None = None,
    ) -> None:
        """Keeps what somebody thought of an answer, in place of what was kept of it before.

        Without a rating nothing is kept of it. It goes with its conversation, but not when the
        answer is replaced. Raises `UnknownConversation`, or `UsageError` for an unknown number, or
        if the answer of that number is not the one `asked_at` a given time.
        """
        with self._file.writing(create=False) as connection:
            found = self._find(connection, conversation)
            row = connection.execute(
                "SELECT * FROM answers WHERE conversation_id = ? AND number = ?",
                [found.id, number],
            ).fetchone()
            if asked_at is not None and (row is None or _asked_at(row) != asked_at):
                raise UsageError(_CHANGED_ELSEWHERE)
            if row is None:
                raise UsageError(
                    f"The conversation {found.id[:8]} has no answer {number}: give one from 1 to "
                    f"{found.count}."
                )
            write_feedback(connection, self._to_stored(row), rating=rating, note=note)

    def feedback(self, conversation: str | None = None) -> tuple[Feedback, ...]:
        """What was thought of the answers, of all conversations or of one; the newest first.

        Raises `UnknownConversation`.
        """
        only = None if conversation is None else self.find(conversation).id
        mine = {entry.id for entry in self.newest_first()} if only is None else {only}
        with self._file.reading() as connection:
            found = read_feedback(connection, self._to_stored)
        return tuple(entry for entry in found if entry.stored.conversation_id in mine)

    def erase_quotes(self, gone: Callable[[Citation], bool], *, naming: Collection[str]) -> None:
        """Takes the words of citations that are `gone` out of all answers, whoever owns them, and
        out of what was thought of them.

        Every answer with such a citation holds one of the texts `naming`. An answer that cannot be
        read and holds one loses everything.
        """
        with self._file.writing(create=False) as connection:
            for row in rows_holding(connection, naming):
                answer, unreadable = read_answer(row["answer"])
                left = (
                    emptied(row["answer"])
                    if unreadable
                    else write_answer(without_quotes(answer, gone))
                )
                connection.execute(
                    "UPDATE answers SET answer = ? WHERE rowid = ?", [left, row["rowid"]]
                )
            erase_from_feedback(connection, gone, naming=naming)
        self._file.compact()

    def _find(self, connection: sqlite3.Connection, name: str) -> Conversation:
        wanted = _beginning(name)
        rows = connection.execute(
            f"{_SELECT} AND substr(id, 1, :length) = :wanted GROUP BY id",
            {"owner": self._owner, "length": len(wanted), "wanted": wanted},
        ).fetchall()
        return named(name, tuple(map(_to_conversation, rows)))

    def _to_stored(self, row: sqlite3.Row) -> StoredAnswer:
        answer, unreadable = read_answer(row["answer"])
        return StoredAnswer(
            conversation_id=row["conversation_id"],
            number=row["number"],
            asked_at=_asked_at(row),
            answer=self._kept(answer),
            unreadable=unreadable,
        )


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


def _beginning(name: str) -> str:
    return readable(name.strip()).lower()


def _require_known(
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
    if set(map(_asked_at, rows)) != set(known):
        raise UsageError(_CHANGED_ELSEWHERE)


def _asked_at(row: sqlite3.Row) -> datetime:
    return datetime.fromisoformat(row["asked_at"])


def _make_room(
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


def _to_conversation(row: sqlite3.Row) -> Conversation:
    return Conversation(
        id=row["id"],
        title=row["title"],
        owner=row["owner"],
        started_at=datetime.fromisoformat(row["started_at"]),
        changed_at=datetime.fromisoformat(row["changed_at"]),
        count=row["count"],
    )
