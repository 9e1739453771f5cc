"""Reprints: which documents are linked as one story, beside what all of their words tell.

    python benchmarks/stories.py [--pairs N]

The exact resemblance of two documents is the Jaccard index of all their runs of five words; Pincite
estimates it from 128 hashes of each. Processor time is that of sketching, comparing and noting.
With --pairs, titles of linked pairs with their exact resemblance, the least alike first, to judge
whether they tell the same.
"""

from __future__ import annotations

import argparse
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from evaluation_data import data_folder
from rich.console import Console
from rich.table import Table

from eval.datasets import load_dataset
from eval.models import CorpusRow
from index.catalog import Catalog
from index.models import Document
from index.schema import document_row
from index.sketch import SHINGLE_WORDS, sketch
from index.stories import LEAST_RESEMBLANCE, link

SETS = ("realtimeqa_2025h2", "multihoprag_a", "ramdocs_a")
Pairs = dict[tuple[int, int], float]


def main() -> None:
    parser = argparse.ArgumentParser(description="Documents linked as one story.")
    parser.add_argument("--pairs", type=int, default=0, help="pairs to show of each set")
    chosen = parser.parse_args()
    console = Console(width=140, highlight=False, markup=False)
    table = Table(
        "documents", "n", "alike", "linked", "of them", "surplus", "CPU ms each", box=None
    )
    for name in SETS:
        corpus = load_dataset(data_folder(name)).corpus
        assert isinstance(corpus, tuple)
        rows = [row for row in corpus if row.text.strip()]
        exact = resemblances([row.text for row in rows])
        linked, seconds = links(rows)
        alike = {pair for pair, share in exact.items() if share >= LEAST_RESEMBLANCE}
        table.add_row(
            name,
            f"{len(rows):,}",
            f"{len(alike):,}",
            f"{len(linked):,}",
            f"{len(alike & linked):,}",
            f"{len(linked - alike):,}",
            f"{1_000 * seconds / len(rows):.2f}",
        )
        for pair in sorted(linked, key=lambda pair: exact.get(pair, 0))[: chosen.pairs]:
            titles = " | ".join(rows[place].title or rows[place].id for place in pair)
            console.print(f"{exact.get(pair, 0):.2f} {titles}")
    console.print(table)


def resemblances(texts: Sequence[str]) -> Pairs:
    """The exact resemblance of all pairs that have anything in common."""
    shingles: list[set[tuple[str, ...]]] = []
    holders = defaultdict[tuple[str, ...], list[int]](list)
    for place, text in enumerate(texts):
        words = re.findall(r"\w+", text.casefold())
        runs = range(len(words) - SHINGLE_WORDS + 1)
        shingles.append({tuple(words[start : start + SHINGLE_WORDS]) for start in runs})
        for shingle in shingles[place]:
            holders[shingle].append(place)
    common = Counter(
        pair for places in holders.values() for pair in itertools.combinations(places, 2)
    )
    return {
        (one, other): shared / (len(shingles[one]) + len(shingles[other]) - shared)
        for (one, other), shared in common.items()
    }


def links(rows: Sequence[CorpusRow]) -> tuple[set[tuple[int, int]], float]:
    """The pairs of places that a catalog links, and the processor seconds that took."""
    places = {f"{place:032x}": place for place in range(len(rows))}
    with TemporaryDirectory(prefix="pincite-") as folder:
        catalog = Catalog(Path(folder) / "catalog.sqlite3")
        seconds = 0.0
        with catalog.writing() as connection:
            for identifier, row in zip(places, rows, strict=True):
                made = Document(id=identifier, sources=(), title="", text=row.text)
                connection.execute(
                    f"INSERT INTO documents VALUES ({', '.join('?' * 13)})",
                    document_row(made, cleaner_version=0, added_at=datetime.now(UTC)),
                )
                begun = process_time()
                link(connection, identifier, sketch(row.text))
                seconds += process_time() - begun
            found = connection.execute("SELECT document_id, other_id FROM retellings").fetchall()
        catalog.close()
    pairs = [sorted((places[row[0]], places[row[1]])) for row in found]
    return {(one, other) for one, other in pairs}, seconds


if __name__ == "__main__":
    main()
