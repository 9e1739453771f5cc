"""What a change of the catalog does to its tables, in the middle of a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from index import stories
from index.embed import Matrix
from index.models import Document, Passage
from index.tags import retagged


def set_meta(connection: sqlite3.Connection, values: Mapping[str, str]) -> None:
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        values.items(),
    )


def insert_vectors(
    connection: sqlite3.Connection, vectors: Mapping[str, Matrix], model_id: str
) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)",
        (
            (key, model_id, np.asarray(vector, dtype=np.float32).tobytes())
            for key, vector in vectors.items()
        ),
    )


def insert_passages(
    connection: sqlite3.Connection,
    title: str,
    passages: Sequence[Passage],
    vector_keys: Sequence[str],
) -> None:
    for ordinal, (passage, key) in enumerate(zip(passages, vector_keys, strict=True)):
        number = connection.execute(
            'INSERT INTO passages(id, document_id, ordinal, start, "end", heading, page, '
            "vector_key, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                passage.id,
                passage.document_id,
                ordinal,
                passage.start,
                passage.end,
                passage.heading,
                passage.page,
                key,
                passage.text,
            ],
        ).lastrowid
        connection.execute(
            "INSERT INTO words(rowid, title, text) VALUES (?, ?, ?)", [number, title, passage.text]
        )
    connection.executemany(
        "INSERT INTO pending(passage_id) VALUES (?)", ((passage.id,) for passage in passages)
    )


def attach(
    connection: sqlite3.Connection, sources: Iterable[str], document_id: str
) -> tuple[tuple[str, ...], set[str]]:
    """Gives the document its sources; returns documents erased by that, and freed vectors' keys."""
    gone = []
    for source in sources:
        owner = connection.execute(
            "SELECT document_id FROM sources WHERE source = ?", [source]
        ).fetchone()
        connection.execute(
            "INSERT INTO sources VALUES (?, ?) "
            "ON CONFLICT(source) DO UPDATE SET document_id = excluded.document_id",
            [source, document_id],
        )
        if owner and not _has_sources(connection, owner["document_id"]):
            gone.append(str(owner["document_id"]))
    return tuple(gone), erase(connection, gone)


def united(
    connection: sqlite3.Connection, document: Document, *, left: Collection[str]
) -> Document:
    """The document with the sources and tags that it has in the catalog already.

    A new one takes the tags of the document whose source it takes. Looked up as it is stored:
    others may have given it tags, or taken a source, while it was being embedded.
    """
    rows = connection.execute(
        "SELECT source FROM sources WHERE document_id = ? ORDER BY rowid", [document.id]
    ).fetchall()
    kept = [row["source"] for row in rows if row["source"] not in left]
    before = connection.execute(
        "SELECT tags FROM documents WHERE id = ? OR id IN "
        "(SELECT document_id FROM sources WHERE source IN (SELECT value FROM json_each(?))) "
        "ORDER BY id = ? DESC LIMIT 1",
        [document.id, json.dumps(document.sources), document.id],
    ).fetchone()
    return replace(
        document,
        sources=tuple(dict.fromkeys([*kept, *document.sources])),
        tags=retagged(json.loads(before["tags"]) if before else (), add=document.tags, remove=()),
    )


def _has_sources(connection: sqlite3.Connection, document_id: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM sources WHERE document_id = ? LIMIT 1", [document_id]
    ).fetchone()
    return found is not None


def erase(connection: sqlite3.Connection, document_ids: Iterable[str]) -> set[str]:
    """Removes documents with their passages; returns the keys of the vectors these had.

    That their originals must go is noted in the same breath.
    """
    freed: set[str] = set()
    for document_id in document_ids:
        connection.execute("INSERT OR IGNORE INTO erased VALUES (?)", [document_id])
        freed |= erase_passages(connection, document_id)
        related = stories.unlink(connection, document_id)
        connection.execute("DELETE FROM documents WHERE id = ?", [document_id])
        stories.link_again(connection, related)
    return freed


def erase_passages(connection: sqlite3.Connection, document_id: str) -> set[str]:
    """Words first: the index can only forget words that it is told once more."""
    connection.execute(
        "INSERT INTO words(words, rowid, title, text) "
        "SELECT 'delete', number, title, text FROM passage_words WHERE document_id = ?",
        [document_id],
    )
    connection.execute(
        "INSERT INTO pending(passage_id) SELECT id FROM passages WHERE document_id = ?",
        [document_id],
    )
    rows = connection.execute(
        "DELETE FROM passages WHERE document_id = ? RETURNING vector_key", [document_id]
    ).fetchall()
    return {str(row["vector_key"]) for row in rows}


def drop_vectors(connection: sqlite3.Connection, keys: set[str]) -> None:
    """Removes those of the vectors that no passage uses any more."""
    connection.executemany(
        "DELETE FROM vectors WHERE key = ? AND NOT EXISTS "
        "(SELECT 1 FROM passages WHERE vector_key = vectors.key)",
        ((key,) for key in keys),
    )


def drop_dangling(connection: sqlite3.Connection) -> None:
    """Removes sources and passages of no document, and vectors of no passage.

    The word index and the vector index must be made again afterwards.
    """
    for table in ("sources", "passages"):
        connection.execute(
            f"DELETE FROM {table} WHERE document_id NOT IN (SELECT id FROM documents)"  # noqa: S608
        )
    drop_unused_vectors(connection)


def drop_unused_vectors(connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM vectors WHERE NOT EXISTS "
        "(SELECT 1 FROM passages WHERE vector_key = vectors.key)"
    )
