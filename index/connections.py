"""Connections to a SQLite file of a library: readers beside one another, writers in turn."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import RLock

from index.errors import LibraryClosed, LibraryDamaged, LibraryUnwritable

BUSY_SECONDS = 10.0
_MEND_CATALOG = (
    "restore it from a backup, or move the library away and add the documents again (their bytes "
    "are in its folder originals)"
)
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# What SQLite and Python's module say where bytes were overwritten, or the file is another's.
_FOREIGN = ("no such table", "no such column", "Could not decode")
_UNWRITABLE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
    }
)


class Connections:
    """Connections to the file `path`, which is made if it does not exist; for several threads.

    `holding` is what errors call the file, and `mend` what they advise should it be damaged.

    Readers take a connection each and wait neither for one another nor for a writer. Raises
    `LibraryUnwritable`, `LibraryDamaged` or, once closed, `LibraryClosed`, whatever is asked.
    """

    def __init__(self, path: Path, *, holding: str = "catalog", mend: str = _MEND_CATALOG) -> None:
        self.path = path
        self._holding = holding
        self._mend = mend
        # Transactions committed so far: what was computed from the file holds while this stands.
        self.commits = 0
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._turn = RLock()
        self._closed = False
        with self._translated():
            self._writer = self._connect()
            try:
                self._writer.execute("PRAGMA journal_mode = WAL")
                self._writer.execute("PRAGMA secure_delete = ON").fetchall()
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own that sees one state of the file throughout."""
        self._check_open()
        with self._translated():
            try:
                connection = self._idle.get_nowait()
            except Empty:
                connection = self._connect()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                connection.rollback()
                if self._closed:
                    connection.close()
                else:
                    self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: everything in the block happens, or nothing."""
        with self._turn:
            self._check_open()
            with self._translated():
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                except BaseException:
                    self._writer.rollback()
                    raise
                self._writer.commit()
                self.commits += 1

    def truncate_log(self) -> None:
        """Moves the write-ahead log into the file and empties it."""
        with self._turn:
            self._check_open()
            with self._translated():
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def compact(self) -> None:
        """Writes the file anew, without a trace of what was deleted, and empties the log.

        Deleted rows are overwritten where they stood; this also loses copies of them that moving
        rows between pages may have left behind.
        """
        with self._turn:
            self._check_open()
            with self._translated():
                self._writer.execute("VACUUM")
            self.truncate_log()

    def close(self) -> None:
        """Closes every connection; doing so twice is harmless."""
        with self._turn:
            self._closed = True
            with suppress(Empty):
                while True:
                    self._idle.get_nowait().close()
            self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        # SQLite's lower() knows the letters A to Z only, and its REGEXP is for programs to define.
        connection.create_function("folded", 1, _folded, deterministic=True)
        connection.create_function("regexp", 2, _fits, deterministic=True)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _check_open(self) -> None:
        if self._closed:
            raise LibraryClosed(
                f"The library {self.path.parent} has been closed: open it again to use it."
            )

    def damaged(self, fault: object) -> LibraryDamaged:
        """The error for a file that does not hold together, and what to do about it."""
        return LibraryDamaged(
            f"The {self._holding} {self.path} is damaged ({' '.join(str(fault).split())}): "
            f"{self._mend}."
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turns SQLite's errors into sentences that say what to do."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            self._check_open()
            extended = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
            if extended == sqlite3.SQLITE_CORRUPT_VTAB:
                raise LibraryDamaged(
                    f"The word index in {self.path} is damaged ({error}): make it again from the "
                    "passages with `pincite rebuild`."
                ) from error
            code = extended & 0xFF
            if code in _DAMAGED or str(error).startswith(_FOREIGN):
                raise self.damaged(error) from error
            if code in _UNWRITABLE:
                raise LibraryUnwritable(
                    f"The {self._holding} {self.path} cannot be written ({error}): free some space "
                    "on its disk or check its permissions; nothing that was there before is lost."
                ) from error
            raise


def _folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _fits(expression: str, text: str) -> bool:
    return re.fullmatch(expression, text, re.DOTALL) is not None
