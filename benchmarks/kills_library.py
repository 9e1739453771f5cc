"""The files that `kills.py` adds, and what a library makes of them: lost, doubled, not found."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
from generated import article, question

from index.library import Library

FILES = 60
WORDS = 600
COPIES = 9
MOVED = 8


def write_files(folder: Path, version: int) -> None:
    """The folder as it is at first, or (2) once people have worked in it."""
    texts = {f"{number:03}.txt": article(str(number), words=WORDS) for number in range(FILES)}
    for number in range(COPIES):
        texts[f"{number:03}-copy.txt"] = texts[f"{number * 7:03}.txt"]
    if version == 2:
        for number in range(0, FILES, 3):
            texts[f"{number:03}.txt"] += "\n" + article(f"more on {number}", words=80)
        for number in range(MOVED):
            one, other = f"{10 + number:03}.txt", f"{50 + number:03}.txt"
            texts[one], texts[other] = texts[other], texts[one]
            texts[f"{40 + number:03}.txt"] = texts[f"{20 + number:03}.txt"]
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def files_there(library: Library, files: Path) -> set[str]:
    """The files whose very bytes the library has, under their name."""
    owners = {source: summary.id for summary in library.documents() for source in summary.sources}
    there: set[str] = set()
    for path in files.iterdir():
        data = path.read_bytes()
        document_id = hashlib.sha256(data).hexdigest()[:32]
        if owners.get(str(path)) == document_id and library.original(document_id) == data:
            there.add(path.name)
    return there


def doubled(library: Library) -> list[str]:
    """Sources of two documents, texts in two documents, stretches of a text in two passages."""
    summaries = library.documents()
    sources = Counter(source for summary in summaries for source in summary.sources)
    texts = Counter(library.document(summary.id).text for summary in summaries)
    starts = Counter(
        (passage.document_id, passage.start)
        for summary in summaries
        for passage in library.passages(summary.id)
    )
    more = sum(count - 1 for counts in (sources, texts, starts) for count in counts.values())
    return ["doubled"] * more


def unfound(library: Library) -> list[str]:
    """The first and the last document, if a search by words or by meaning misses them."""
    summaries = library.documents()
    missed: list[str] = []
    for summary in summaries[:: max(1, len(summaries) - 1)]:
        passage = library.passages(summary.id)[0]
        asked = question(passage.id, passage.text)
        by_words = library.search_words(asked, limit=20)
        by_meaning = library.search_dense(passage.text, limit=20)
        missed += [
            f"unfound {summary.title}"
            for found in (by_words, by_meaning)
            if passage.id not in {entry.passage.id for entry in found}
        ]
    return missed


def content(library: Library) -> dict[str, str]:
    """A digest of each part of all that a library holds, without the times of adding."""
    catalog = library.catalog
    with catalog.writing() as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.told USING fts5vocab(main, words, instance)")
        words = connection.execute(
            "SELECT term, passages.id, col, offset FROM temp.told JOIN passages "
            "ON passages.number = told.doc ORDER BY 2, 3, 4, 1"
        ).fetchall()
        vectors = connection.execute("SELECT key, vector FROM vectors ORDER BY key").fetchall()
    collection = library.vectors._opened().get(include=["embeddings", "metadatas"])
    # Sources without their order: it is that of taking up, and files wait for one another.
    documents = [
        (one.id, one.title, sorted(one.sources), one.characters, library.passages(one.id))
        for one in sorted(library.documents(), key=lambda summary: summary.id)
    ]
    told = zip(collection["ids"], np.asarray(collection["embeddings"]), strict=True)
    parts: dict[str, object] = {
        "fingerprint": library.fingerprint,
        "documents and passages": documents,
        "words": [tuple(row) for row in words],
        "vectors": [tuple(row) for row in vectors],
        "vector index": sorted((name, row.tobytes()) for name, row in told),
        "originals": sorted(library.originals.ids()),
        "left to do": (catalog.pending(1)[0], catalog.erased()),
    }
    return {name: hashlib.sha256(repr(part).encode()).hexdigest() for name, part in parts.items()}
