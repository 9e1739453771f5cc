"""Documents that tell a story in the same words, such as an agency's report in two papers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from index.sketch import resemblance, sketch

# Two of three runs of words are then in both. Of two thousand news articles, by their titles: above
# it one text with additions, below it two reports with quotations in common.
LEAST_RESEMBLANCE = 0.5
# Of a letter sent to thousands each is linked to some others, which is enough to make one story.
LINKS_LIMIT = 16
# Compared are those with so many of the same hashes; of a hash in many documents only the first.
_LEAST_SHARED = 8
_COMPARED_BY_HASH = 200
_COMPARED = 2 * LINKS_LIMIT
# A removal links so many anew; of a letter sent to thousands the others are linked still.
_LINKED_AGAIN = 64


def link(connection: sqlite3.Connection, document_id: str, hashes: Sequence[int]) -> None:
    """Notes a new document's sketch, and which of the others it retells or is retold by."""
    number = connection.execute(
        "INSERT INTO sketches(document_id, hashes) VALUES (?, ?)",
        [document_id, np.asarray(hashes, dtype="<i8").tobytes()],
    ).lastrowid
    _relate(connection, document_id, hashes)
    connection.executemany(
        "INSERT INTO shingles VALUES (?, ?)", ((value, number) for value in hashes)
    )


def unlink(connection: sqlite3.Connection, document_id: str) -> list[str]:
    """Forgets a document's sketch and links; returns the documents it was linked to."""
    row = connection.execute(
        "DELETE FROM sketches WHERE document_id = ? RETURNING number, hashes", [document_id]
    ).fetchone()
    if row is not None:
        connection.executemany(
            "DELETE FROM shingles WHERE hash = ? AND number = ?",
            ((value, row["number"]) for value in _hashes(row["hashes"])),
        )
    links = connection.execute(
        "DELETE FROM retellings WHERE document_id = ? OR other_id = ? "
        "RETURNING document_id, other_id",
        [document_id, document_id],
    ).fetchall()
    return sorted({name for link in links for name in tuple(link)} - {document_id})


def link_again(connection: sqlite3.Connection, document_ids: Iterable[str]) -> None:
    """Links documents whose link is gone to others of their story, first those without any."""
    rows = connection.execute(
        "SELECT document_id, hashes, EXISTS (SELECT 1 FROM retellings AS link "
        "WHERE sketches.document_id IN (link.document_id, link.other_id)) AS linked "
        "FROM sketches WHERE document_id IN (SELECT value FROM json_each(?)) "
        "ORDER BY linked, number LIMIT ?",
        [json.dumps(list(document_ids)), _LINKED_AGAIN],
    ).fetchall()
    for row in rows:
        _relate(connection, row["document_id"], _hashes(row["hashes"]))


def link_new(connection: sqlite3.Connection) -> None:
    """Compares the documents that a catalog had before stories were told apart."""
    rows = connection.execute(
        "SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM sketches) ORDER BY id"
    ).fetchall()
    for row in rows:
        text = connection.execute("SELECT text FROM documents WHERE id = ?", [row["id"]])
        link(connection, row["id"], sketch(text.fetchone()["text"]))


def _relate(connection: sqlite3.Connection, document_id: str, hashes: Sequence[int]) -> None:
    """Links a document to the most alike of the others."""
    found = sorted(
        (
            (resemblance(hashes, others), other_id)
            for other_id, others in _candidates(connection, hashes)
            if other_id != document_id
        ),
        key=lambda row: (-row[0], row[1]),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO retellings VALUES (?, ?)",
        (
            (document_id, other_id)
            for share, other_id in found[:LINKS_LIMIT]
            if share >= LEAST_RESEMBLANCE
        ),
    )


def stories(connection: sqlite3.Connection) -> dict[str, str]:
    """For each document that is no story of its own, the one of its story that was added first."""
    links = connection.execute("SELECT document_id, other_id FROM retellings").fetchall()
    together = united((row["document_id"], row["other_id"]) for row in links)
    rows = connection.execute(
        "SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?)) "
        "ORDER BY added_at, title, id",
        [json.dumps(list(together))],
    ).fetchall()
    first: dict[int, str] = {}
    return {row["id"]: first.setdefault(id(together[row["id"]]), row["id"]) for row in rows}


def united(links: Iterable[tuple[str, str]]) -> Mapping[str, AbstractSet[str]]:
    """For each that is linked the set of all that links lead to, the same object for all of them.

    >>> sorted(united([("a", "b"), ("x", "y"), ("c", "b")])["a"])
    ['a', 'b', 'c']
    """
    found: dict[str, set[str]] = {}
    for one, other in links:
        joining, whole = sorted(
            (found.setdefault(one, {one}), found.setdefault(other, {other})), key=len
        )
        if joining is not whole:
            whole |= joining
            found.update(dict.fromkeys(joining, whole))
    return found


def _candidates(
    connection: sqlite3.Connection, hashes: Iterable[int]
) -> Iterator[tuple[str, list[int]]]:
    """Documents with many of the hashes, and all of their own."""
    counts: dict[int, int] = {}
    for value in hashes:
        for row in connection.execute(
            "SELECT number FROM shingles WHERE hash = ? ORDER BY number LIMIT ?",
            [value, _COMPARED_BY_HASH],
        ):
            counts[row["number"]] = counts.get(row["number"], 0) + 1
    by_count = sorted(counts, key=lambda number: (-counts[number], number))
    likely = [number for number in by_count[:_COMPARED] if counts[number] >= _LEAST_SHARED]
    for row in connection.execute(
        "SELECT document_id, hashes FROM sketches "
        "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number",
        [json.dumps(likely)],
    ):
        yield row["document_id"], _hashes(row["hashes"])


def _hashes(data: bytes) -> list[int]:
    values: list[int] = np.frombuffer(data, dtype="<i8").tolist()
    return values
