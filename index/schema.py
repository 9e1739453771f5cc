"""The catalog's tables, and its rows as the values of the library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from sqlite3 import Row

from index.models import Document, DocumentHead, DocumentSummary, Passage

SCHEMA_VERSION = 3

# The words table keeps no text of its own: it indexes what the view shows, so a passage's words
# can be checked against it (integrity-check) and made again from it (rebuild).
SCHEMA = """
CREATE TABLE meta(
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE documents(
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    outlet TEXT,
    author TEXT,
    published_at TEXT,
    language TEXT,
    tags TEXT NOT NULL,
    media_type TEXT NOT NULL,
    cleaner_version INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    characters INTEGER NOT NULL,
    page_starts TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE sources(
    source TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE
);
CREATE INDEX sources_by_document ON sources(document_id);
CREATE TABLE vectors(
    key TEXT PRIMARY KEY,
    model_id TEXT NOT NULL,
    vector BLOB NOT NULL
);
CREATE TABLE passages(
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    heading TEXT,
    page INTEGER,
    vector_key TEXT NOT NULL REFERENCES vectors(key),
    text TEXT NOT NULL
);
CREATE INDEX passages_by_document ON passages(document_id, ordinal);
CREATE INDEX passages_by_vector ON passages(vector_key);
CREATE VIEW passage_words AS
    SELECT passages.number AS number, documents.title AS title, passages.text AS text,
           passages.document_id AS document_id
    FROM passages JOIN documents ON documents.id = passages.document_id;
CREATE VIRTUAL TABLE words USING fts5(
    title, text, content='passage_words', content_rowid='number',
    tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TABLE pending(
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    passage_id TEXT NOT NULL
);
"""
# Documents removed whose bytes may still be on the disk: in their originals, in the files of the
# catalog. A row goes once they are gone for certain.
ERASED = """
CREATE TABLE erased(
    document_id TEXT PRIMARY KEY
)
"""
# What tells which documents tell the same story; see `index.stories`. A document without a sketch
# has not been compared yet. `hashes` are those of the document's rows in `shingles`.
STORIES = """
CREATE TABLE sketches(
    number INTEGER PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE REFERENCES documents(id) ON DELETE CASCADE,
    hashes BLOB NOT NULL
);
CREATE TABLE shingles(
    hash INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY(hash, number)
) WITHOUT ROWID;
CREATE TABLE retellings(
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    other_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    PRIMARY KEY(document_id, other_id)
) WITHOUT ROWID;
CREATE INDEX retellings_by_other ON retellings(other_id)
"""
# What brings a catalog of version n - 1 to version n; the first makes a new one.
VERSIONS = (SCHEMA, ERASED, STORIES)

PASSAGE_COLUMNS = (
    'passages.id, passages.document_id, passages.start, passages."end", passages.text, '
    "passages.heading, passages.page"
)
_DOCUMENT_COLUMNS = (
    "id, title, outlet, author, published_at, language, tags, media_type, page_starts, text"
)
SELECT_DOCUMENT = f"SELECT {_DOCUMENT_COLUMNS} FROM documents WHERE id = ?"  # noqa: S608
SELECT_HEADS = (
    "SELECT id, title, outlet, published_at FROM documents "
    "WHERE id IN (SELECT value FROM json_each(?))"
)
SELECT_SUMMARIES = """
SELECT id, title, outlet, author, published_at, language, tags, media_type, characters, added_at,
       (SELECT count(*) FROM passages WHERE document_id = documents.id) AS passages,
       (SELECT json_group_array(source) FROM
           (SELECT source FROM sources WHERE document_id = documents.id ORDER BY rowid)) AS sources
FROM documents WHERE {condition} ORDER BY added_at, title, id
"""


def document_row(
    document: Document, *, cleaner_version: int, added_at: datetime
) -> Sequence[object]:
    """The document in the order of the table's columns."""
    return (
        document.id,
        document.title,
        document.outlet,
        document.author,
        document.published_at.isoformat() if document.published_at else None,
        document.language,
        json.dumps(document.tags, ensure_ascii=False),
        document.media_type,
        cleaner_version,
        added_at.isoformat(timespec="microseconds"),
        len(document.text),
        json.dumps(document.page_starts),
        document.text,
    )


def to_document(row: Row, sources: Iterable[str]) -> Document:
    return Document(
        id=row["id"],
        sources=tuple(sources),
        title=row["title"],
        outlet=row["outlet"],
        author=row["author"],
        published_at=_date(row["published_at"]),
        language=row["language"],
        tags=tuple(json.loads(row["tags"])),
        media_type=row["media_type"],
        text=row["text"],
        page_starts=tuple(json.loads(row["page_starts"])),
    )


def to_head(row: Row) -> DocumentHead:
    return DocumentHead(
        title=row["title"], outlet=row["outlet"], published_at=_date(row["published_at"])
    )


def to_summary(row: Row, *, story: str | None) -> DocumentSummary:
    return DocumentSummary(
        id=row["id"],
        title=row["title"],
        outlet=row["outlet"],
        author=row["author"],
        published_at=_date(row["published_at"]),
        language=row["language"],
        tags=tuple(json.loads(row["tags"])),
        media_type=row["media_type"],
        sources=tuple(json.loads(row["sources"])),
        characters=row["characters"],
        passages=row["passages"],
        story=story,
        added_at=datetime.fromisoformat(row["added_at"]),
    )


def to_passage(row: Row) -> Passage:
    return Passage(
        id=row["id"],
        document_id=row["document_id"],
        start=row["start"],
        end=row["end"],
        text=row["text"],
        heading=row["heading"],
        page=row["page"],
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
