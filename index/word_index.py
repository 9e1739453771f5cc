"""The word index's own settings: where SQLite can, it forgets removed words at once.

Otherwise deleting words only marks them, and merging the whole index into one (FTS5's 'optimize')
drops the marked ones. The tables of FTS5 that hold its settings are part of its documented format.
"""

from __future__ import annotations

import sqlite3

# SQLite 3.42 introduced 'secure-delete'; its first two releases are left out.
FORGETS_AT_ONCE = sqlite3.sqlite_version_info >= (3, 44, 0)
_READABLE_FORMAT = 4  # of the word index, before 'secure-delete'


def prepare_words(connection: sqlite3.Connection) -> None:
    """Settles, in a transaction, how the word index forgets; makes it again if it is unreadable.

    It is unreadable when a newer SQLite has written it than this one.
    """
    settings = dict(connection.execute("SELECT k, v FROM words_config").fetchall())
    if FORGETS_AT_ONCE:
        if not settings.get("secure-delete"):
            connection.execute("INSERT INTO words(words, rank) VALUES ('secure-delete', 1)")
            drop_marked_words(connection)
        return
    connection.execute("DELETE FROM words_config WHERE k = 'secure-delete'")
    if int(settings["version"]) > _READABLE_FORMAT:
        connection.execute("UPDATE words_config SET v = ? WHERE k = 'version'", [_READABLE_FORMAT])
        connection.execute("INSERT INTO words(words) VALUES ('rebuild')")


def drop_marked_words(connection: sqlite3.Connection) -> None:
    """Writes the index anew, without the words that were only marked as deleted."""
    connection.execute("INSERT INTO words(words) VALUES ('optimize')")
