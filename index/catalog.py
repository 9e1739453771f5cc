"""The authority on what a library holds: documents, passages, words and vectors in one SQLite file.

Everything else (the vector index above all) is derived from it and can be made again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from index import changes, schema, stories, word_index
from index.connections import Connections
from index.embed import Matrix
from index.errors import LibraryDamaged
from index.filtering import document_condition
from index.models import Document, DocumentSummary, Filters, Passage
from index.sketch import sketch
from index.tags import retagged


class Catalog:
    """The catalog in the file `path`, made if it does not exist; usable from several threads.

    Raises `LibraryUnwritable` or `LibraryDamaged`, whatever is asked of it.
    """

    def __init__(self, path: Path) -> None:
        self._connections = Connections(path)
        self.reading = self._connections.reading
        self.writing = self._connections.writing
        self._count_all = lru_cache(maxsize=1)(self._count)
        try:
            self._create_tables(path)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connections.close()

    def _create_tables(self, path: Path) -> None:
        with self.writing() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            for statements in schema.VERSIONS[version:]:
                for statement in statements.split(";"):
                    connection.execute(statement)
            if version < schema.SCHEMA_VERSION:
                stories.link_new(connection)
                connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
        if version > schema.SCHEMA_VERSION:
            raise LibraryDamaged(
                f"The library {path.parent} was made by a newer Pincite (catalog version "
                f"{version}, this one reads {schema.SCHEMA_VERSION}): update Pincite."
            )
        with self.writing() as connection:
            word_index.prepare_words(connection)

    # What is known about the library as a whole.

    def meta(self) -> dict[str, str]:
        with self.reading() as connection:
            rows = connection.execute("SELECT name, value FROM meta").fetchall()
        return {row["name"]: row["value"] for row in rows}

    def set_meta(self, values: Mapping[str, str]) -> None:
        with self.writing() as connection:
            changes.set_meta(connection, values)

    @property
    def commits(self) -> int:
        """Grows with every change of the catalog."""
        return self._connections.commits

    def count_passages(self, filters: Filters | None = None) -> int:
        if filters is None or filters.is_empty:
            return self._count_all(self.commits)
        condition, parameters = document_condition(filters)
        with self.reading() as connection:
            row = connection.execute(
                "SELECT count(*) FROM passages WHERE document_id IN "  # noqa: S608
                f"(SELECT id FROM documents WHERE {condition})",
                parameters,
            ).fetchone()
        return int(row[0])

    def _count(self, commits: int) -> int:
        del commits  # what the value is remembered by
        with self.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def require_whole(self) -> None:
        """Raises `LibraryDamaged` if the file does not hold together; reads all of it."""
        with self.reading() as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
        # Newer versions of SQLite look into the word index too, which can be made again.
        faults = [fault for fault in found if fault != "ok" and "FTS5" not in fault]
        if faults:
            raise self._connections.damaged(faults[0])

    # Reading.

    def documents(self, filters: Filters | None = None) -> tuple[DocumentSummary, ...]:
        """In the order in which they were added."""
        condition, parameters = document_condition(filters or Filters())
        with self.reading() as connection:
            rows = connection.execute(
                schema.SELECT_SUMMARIES.format(condition=condition), parameters
            ).fetchall()
            told = stories.stories(connection)
        return tuple(schema.to_summary(row, story=told.get(row["id"])) for row in rows)

    def document_ids(self, filters: Filters | None = None) -> list[str]:
        condition, parameters = document_condition(filters or Filters())
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT id FROM documents WHERE {condition} ORDER BY id",  # noqa: S608
                parameters,
            ).fetchall()
        return [row["id"] for row in rows]

    def document(self, document_id: str) -> Document | None:
        with self.reading() as connection:
            row = connection.execute(schema.SELECT_DOCUMENT, [document_id]).fetchone()
            sources = connection.execute(
                "SELECT source FROM sources WHERE document_id = ? ORDER BY rowid", [document_id]
            ).fetchall()
        return schema.to_document(row, (source["source"] for source in sources)) if row else None

    def ids_beginning_with(self, prefix: str) -> list[str]:
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM documents WHERE substr(id, 1, ?) = ? ORDER BY id",
                [len(prefix), prefix],
            ).fetchall()
        return [row["id"] for row in rows]

    def id_of_source(self, source: str) -> str | None:
        with self.reading() as connection:
            row = connection.execute(
                "SELECT document_id FROM sources WHERE source = ?", [source]
            ).fetchone()
        return str(row["document_id"]) if row else None

    def reading_of(self, document_id: str) -> tuple[int, datetime] | None:
        """The cleaner's version that a document was read with, and when it was added."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT cleaner_version, added_at FROM documents WHERE id = ?", [document_id]
            ).fetchone()
        return (row["cleaner_version"], datetime.fromisoformat(row["added_at"])) if row else None

    def reading_versions(self) -> list[tuple[str, int]]:
        """Every document's id with the cleaner's version it was read with, in order of id."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT id, cleaner_version FROM documents ORDER BY id"
            ).fetchall()
        return [(row["id"], row["cleaner_version"]) for row in rows]

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT {schema.PASSAGE_COLUMNS} FROM passages "  # noqa: S608
                "WHERE document_id = ? ORDER BY ordinal",
                [document_id],
            ).fetchall()
        return tuple(schema.to_passage(row) for row in rows)

    def passages_by_id(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Those of the passages that exist."""
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT {schema.PASSAGE_COLUMNS} FROM passages "  # noqa: S608
                "WHERE id IN (SELECT value FROM json_each(?))",
                [json.dumps(passage_ids)],
            ).fetchall()
        return {row["id"]: schema.to_passage(row) for row in rows}

    def vectors(self, keys: Iterable[str]) -> dict[str, Matrix]:
        """Those of the vectors that are known, each of shape (dimension,)."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT key, vector FROM vectors WHERE key IN (SELECT value FROM json_each(?))",
                [json.dumps(list(keys))],
            ).fetchall()
        return {row["key"]: np.frombuffer(row["vector"], dtype=np.float32) for row in rows}

    # Writing.

    def store(
        self,
        document: Document,
        *,
        passages: Sequence[Passage],
        vector_keys: Sequence[str],
        vectors: Mapping[str, Matrix],
        model_id: str,
        cleaner_version: int,
        added_at: datetime,
        left: Sequence[str] = (),
    ) -> tuple[str, ...]:
        """Writes a document whole, in place of any earlier reading of it.

        It keeps the sources it has, but for those it has `left`, and its tags, or those of the
        document whose source it takes. Returns the ids of the documents that are gone because they
        lost their last source.
        """
        shingles = sketch(document.text)  # which takes a while for a long text
        with self.writing() as connection:
            document = changes.united(connection, document, left=left)
            freed = changes.erase(connection, [document.id])
            connection.execute(
                f"INSERT INTO documents VALUES ({', '.join('?' * 13)})",  # noqa: S608
                schema.document_row(document, cleaner_version=cleaner_version, added_at=added_at),
            )
            stories.link(connection, document.id, shingles)
            changes.insert_vectors(connection, vectors, model_id)
            changes.insert_passages(connection, document.title, passages, vector_keys)
            gone, also_freed = changes.attach(connection, document.sources, document.id)
            changes.drop_vectors(connection, freed | also_freed)
            connection.execute("DELETE FROM erased WHERE document_id = ?", [document.id])
        return gone

    def attach(
        self, source: str, document_id: str, *, instead_of: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Makes `source` a source of the document, and others none; returns as `store` does."""
        with self.writing() as connection:
            gone, freed = changes.attach(connection, [source], document_id)
            connection.executemany(
                "DELETE FROM sources WHERE source = ? AND document_id = ?",
                ((other, document_id) for other in instead_of),
            )
            changes.drop_vectors(connection, freed)
        return gone

    def tag(
        self, document_ids: Iterable[str], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        """Gives documents tags and takes others from them, all at once; see `retagged`."""
        with self.writing() as connection:
            for document_id in document_ids:
                row = connection.execute(
                    "SELECT tags FROM documents WHERE id = ?", [document_id]
                ).fetchone()
                if row is not None:  # else it was removed just now
                    tags = retagged(json.loads(row["tags"]), add=add, remove=remove)
                    connection.execute(
                        "UPDATE documents SET tags = ? WHERE id = ?",
                        [json.dumps(tags, ensure_ascii=False), document_id],
                    )

    def keep_vectors(self, vectors: Mapping[str, Matrix], model_id: str) -> None:
        """Keeps vectors ahead of the passages they are for."""
        with self.writing() as connection:
            changes.insert_vectors(connection, vectors, model_id)

    def replace_passages(
        self,
        replacements: Iterable[tuple[Document, Sequence[Passage], Sequence[str]]],
        meta: Mapping[str, str],
    ) -> None:
        """Cuts documents anew, all at once: each with its passages and their vectors' keys."""
        with self.writing() as connection:
            for document, passages, vector_keys in replacements:
                changes.erase_passages(connection, document.id)
                changes.insert_passages(connection, document.title, passages, vector_keys)
            changes.set_meta(connection, meta)
            # All of them, not only those let go here: an interrupted rebuild leaves some behind.
            changes.drop_unused_vectors(connection)

    def drop_dangling(self) -> None:
        """Deletes rows that belong to nothing."""
        with self.writing() as connection:
            changes.drop_dangling(connection)

    def erase(self, document_id: str) -> None:
        """Removes a document; its text is out of the catalog's files after the next `scrub`."""
        with self.writing() as connection:
            changes.drop_vectors(connection, changes.erase(connection, [document_id]))

    def erased(self) -> list[str]:
        """The ids of removed documents whose bytes may still be on the disk."""
        with self.reading() as connection:
            rows = connection.execute("SELECT document_id FROM erased").fetchall()
        return [row["document_id"] for row in rows]

    def forget_erased(self, document_ids: Sequence[str]) -> None:
        """Notes that nothing is left of these documents."""
        with self.writing() as connection:
            connection.execute(
                "DELETE FROM erased WHERE document_id IN (SELECT value FROM json_each(?))",
                [json.dumps(document_ids)],
            )

    def scrub(self) -> None:
        """Overwrites what deleted rows left behind in the word index and the write-ahead log."""
        if not word_index.FORGETS_AT_ONCE:
            with self.writing() as connection:
                word_index.drop_marked_words(connection)
        self._connections.truncate_log()

    def compact(self) -> None:
        """Writes the file anew, without copies that moved rows have left of deleted ones."""
        self._connections.compact()

    def rebuild_words(self) -> None:
        """Makes the word index again from the passages."""
        with self.writing() as connection:
            connection.execute("INSERT INTO words(words) VALUES ('rebuild')")

    def words_agree(self) -> bool:
        """Whether the word index holds the words of the passages, and no others."""
        with self.writing() as connection:
            try:
                connection.execute("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)")
            except sqlite3.DatabaseError:
                return False
        return True

    # What the vector index has not been told yet.

    def pending(self, limit: int) -> tuple[list[str], int]:
        """Passages added or removed, oldest change first, and the number of the last change."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT number, passage_id FROM pending ORDER BY number LIMIT ?", [limit]
            ).fetchall()
        return list({row["passage_id"]: None for row in rows}), rows[-1]["number"] if rows else 0

    def settle(self, number: int) -> None:
        """Notes that the vector index knows of every change up to this one."""
        with self.writing() as connection:
            connection.execute("DELETE FROM pending WHERE number <= ?", [number])

    def passage_vectors(
        self, *, ids: Sequence[str] | None = None, filters: Filters | None = None
    ) -> Generator[tuple[str, str, Matrix]]:
        """Passage id, document id and vector of all passages, or of those asked for, by id."""
        condition, parameters = document_condition(filters or Filters())
        if ids is not None:
            condition += " AND passages.id IN (SELECT value FROM json_each(?))"
            parameters.append(json.dumps(ids))
        with self.reading() as connection:
            for row in connection.execute(
                "SELECT passages.id, passages.document_id, vector FROM passages "  # noqa: S608
                "JOIN vectors ON vectors.key = passages.vector_key "
                "JOIN documents ON documents.id = passages.document_id "
                f"WHERE {condition} ORDER BY passages.id",
                parameters,
            ):
                vector = np.frombuffer(row["vector"], dtype=np.float32)
                yield row["id"], row["document_id"], vector
