"""Documents that tell a story in the same words, such as an agency's report in two papers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
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


def link(connection: sqlite3.Connection, document_id: str, text: str) -> None:
    """Notes a new document's sketch, and which of the others it retells or is retold by."""
    hashes = sketch(text)
    number = connection.execute(
        "INSERT INTO sketches(document_id, hashes) VALUES (?, ?)",
        [document_id, np.asarray(hashes, dtype="<i8").tobytes()],
    ).lastrowid
    found = sorted(
        (
            (resemblance(hashes, others), other_id)
            for other_id, others in _candidates(connection, hashes)
        ),
        key=lambda row: (-row[0], row[1]),
    )
    connection.executemany(
        "INSERT INTO retellings VALUES (?, ?)",
        (
            (document_id, other_id)
            for share, other_id in found[:LINKS_LIMIT]
            if share >= LEAST_RESEMBLANCE
        ),
    )
    connection.executemany(
        "INSERT INTO shingles VALUES (?, ?)", ((value, number) for value in hashes)
    )


def unlink(connection: sqlite3.Connection, document_id: str) -> None:
    """Forgets a document's sketch; its links go with the document itself."""
    row = connection.execute(
        "DELETE FROM sketches WHERE document_id = ? RETURNING number, hashes", [document_id]
    ).fetchone()
    if row is not None:
        connection.executemany(
            "DELETE FROM shingles WHERE hash = ? AND number = ?",
            ((value, row["number"]) for value in _hashes(row["hashes"])),
        )


def link_new(connection: sqlite3.Connection) -> None:
    """Compares the documents that a catalog had before stories were told apart."""
    rows = connection.execute(
        "SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM sketches) ORDER BY id"
    ).fetchall()
    for row in rows:
        text = connection.execute("SELECT text FROM documents WHERE id = ?", [row["id"]])
        link(connection, row["id"], text.fetchone()["text"])


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
    likely = [number for number, count in counts.items() if count >= _LEAST_SHARED]
    for row in connection.execute(
        "SELECT document_id, hashes FROM sketches "
        "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number",
        [json.dumps(likely)],
    ):
        yield row["document_id"], _hashes(row["hashes"])


def _hashes(data: bytes) -> list[int]:
    values: list[int] = np.frombuffer(data, dtype="<i8").tolist()
    return values
