"""The SQLite file of stored conversations: made when first written to, refused if it is newer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Literal

from index.connections import Connections
from index.errors import LibraryClosed, LibraryDamaged

SCHEMA_VERSION = 3
# The answer is kept once more: asking again replaces it, and it is what was thought of.
FEEDBACK_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback(
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    answer TEXT NOT NULL,
    rating TEXT NOT NULL,
    note TEXT NOT NULL,
    given_at TEXT NOT NULL,
    PRIMARY KEY (conversation_id, asked_at)
)
"""
SCHEMA = f"""
CREATE TABLE conversations(
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    owner TEXT
);
CREATE TABLE answers(
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (conversation_id, number)
);
{FEEDBACK_SCHEMA}
"""
_MEND = (
    "restore it from a backup, or move it away to begin anew; the documents are not concerned, and "
    "questions can be asked as before"
)


class ConversationFile:
    """The file `path`, opened on first use; usable from several threads.

    Raises `LibraryDamaged`, `LibraryUnwritable` or, once closed, `LibraryClosed`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opening = Lock()
        self._connections: Connections | None = None
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A view of the file as it is; one without rows if there is no file."""
        connections = self._open(create=False)
        with _nothing() if connections is None else connections.reading() as connection:
            yield connection

    @contextmanager
    def writing(self, *, create: bool) -> Iterator[sqlite3.Connection]:
        """A transaction, all or nothing. Without `create`, where there is no file, it is of no use
        but to see that there are no rows.
        """
        connections = self._open(create=create)
        with _nothing() if connections is None else connections.writing() as connection:
            yield connection

    def compact(self) -> None:
        """Writes the file anew, without a trace of what was deleted or overwritten."""
        connections = self._open(create=False)
        if connections is not None:
            connections.compact()

    def close(self) -> None:
        """Closes the file; doing so twice is harmless."""
        with self._opening:
            self._closed = True
            if self._connections is not None:
                self._connections.close()

    def _open(self, *, create: bool) -> Connections | None:
        with self._opening:
            if self._closed:
                raise LibraryClosed(
                    f"The library {self._path.parent} has been closed: open it again to use it."
                )
            if self._connections is None and (create or self._path.exists()):
                self._connections = _opened(self._path)
            return self._connections


def rows_holding(
    connection: sqlite3.Connection,
    texts: Collection[str],
    *,
    table: Literal["answers", "feedback"] = "answers",
) -> list[sqlite3.Row]:
    """Every answer of the table that holds one of the texts in a JSON string, with its `rowid`."""
    escaped = [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts if text]
    return connection.execute(
        f"SELECT rowid, * FROM {table} "  # noqa: S608  # one of two names written here
        "WHERE EXISTS (SELECT 1 FROM json_each(?) WHERE instr(answer, value) > 0)",
        [json.dumps(escaped)],
    ).fetchall()


def _opened(path: Path) -> Connections:
    connections = Connections(path, holding="file of stored conversations", mend=_MEND)
    try:
        with connections.writing() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > SCHEMA_VERSION:
                raise LibraryDamaged(
                    f"The conversations in {path} were stored by a newer Pincite (version "
                    f"{version}, this one reads {SCHEMA_VERSION}): update Pincite."
                )
            if version == 0:
                _create_tables(connection)
            if version == 1:  # before conversations had owners
                connection.execute("ALTER TABLE conversations ADD COLUMN owner TEXT")
            if version in {1, 2}:
                connection.execute(FEEDBACK_SCHEMA)
            if version != SCHEMA_VERSION:
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        connections.close()
        raise
    return connections


@contextmanager
def _nothing() -> Iterator[sqlite3.Connection]:
    """The tables as they are before anything was stored."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        _create_tables(connection)
        yield connection


def _create_tables(connection: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
