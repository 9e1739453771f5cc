"""Which language documents are said to be written in, over sets that are in English.

    python benchmarks/language.py [--shown N]

Nearly every document of these sets is English, so that another language is a mistake, or a text
made of pieces of several; --shown prints their beginnings.
"""

from __future__ import annotations

import argparse
from collections import Counter
from time import process_time

from evaluation_data import data_folder
from rich.console import Console
from rich.table import Table

from eval.datasets import load_dataset
from index.language import written_language

SETS = ("realtimeqa_2025h2", "multihoprag_a", "scifact_a", "squad2_a", "ramdocs_a")


def main() -> None:
    parser = argparse.ArgumentParser(description="The language of documents, from their text.")
    parser.add_argument("--shown", type=int, default=0, help="other texts to show of each set")
    chosen = parser.parse_args()
    console = Console(width=120, highlight=False, markup=False)
    table = Table("documents", "n", "English", "unknown", "another", "CPU ms each", box=None)
    written_language("Loads the classifier, so that no document pays for it. " * 20)
    for name in SETS:
        corpus = load_dataset(data_folder(name)).corpus
        assert isinstance(corpus, tuple)
        begun = process_time()
        found = [written_language(row.text) for row in corpus]
        milliseconds = 1_000 * (process_time() - begun) / len(corpus)
        counts = Counter(found)
        another = len(found) - counts["en"] - counts[None]
        cells = (len(found), counts["en"], counts[None], another)
        table.add_row(name, *(f"{cell:,}" for cell in cells), f"{milliseconds:.2f}")
        others = [pair for pair in zip(found, corpus, strict=True) if pair[0] not in {"en", None}]
        for code, row in others[: chosen.shown]:
            console.print(f"{code}: {row.text[:90]!r}")
    console.print(table)


if __name__ == "__main__":
    main()
