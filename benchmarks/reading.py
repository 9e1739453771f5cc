"""Reading by the paragraph: the eight held articles of squad2_a, which no training saw.

    python benchmarks/reading.py [--limit N] [--weights FILE]

Asked of the library of all paragraphs: is the gold paragraph first, and does the best sentence's
probability tell answerable questions from those that only look so? Asked of the gold paragraph
alone: token F1 of the answer's span, and how right the spans are that answers show.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evaluation_data import RUNS, data_folder, held_queries
from evidence_scores import area
from rich.console import Console
from shown import shown

from eval.corpus import Names, open_corpus
from eval.datasets import load_dataset
from eval.metrics.answers import exact_match, token_f1
from eval.metrics.statistics import figure
from eval.models import Figure, Query
from index.library import Library
from rag.evidence import CERTAIN_SPAN
from rag.features import split
from rag.finder import Finder
from rag.pairs import Pair
from rag.question import understand
from rag.reader import EvidenceReader

SET = "squad2_a"


def main() -> None:
    parser = argparse.ArgumentParser(description="Reading of the held articles of squad2_a.")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--limit", type=int, default=None, help="questions, evenly drawn")
    parser.add_argument("--weights", type=Path, default=None, help="of the evidence model")
    chosen = parser.parse_args()
    console = Console()
    dataset = load_dataset(data_folder(SET))
    queries = held_queries(dataset.queries)
    if chosen.limit:
        queries = queries[:: max(1, len(queries) // chosen.limit)]
    reader = EvidenceReader(weights=chosen.weights)
    with (
        console.status("building the library") as status,
        open_corpus(dataset, cache=chosen.cache) as (assistant, names, _),
    ):
        library = assistant._library
        finder = Finder(library, settings=assistant.settings, reader=reader)
        first: list[float] = []
        before: list[float] = []
        tops: dict[bool, dict[str, float]] = {True: {}, False: {}}
        for number, query in enumerate(queries):
            status.update(f"{number:,} of {len(queries):,} questions")
            question = understand(query.question)
            hits = finder.candidates(question)
            ranked = finder.rank(question, finder.read(question, hits))
            tops[bool(query.answerable)][query.id] = ranked[0].best
            golden = {names.by_name[name] for name in query.relevant if name in names}
            if golden:
                first.append(float(ranked[0].read.document.id in golden))
                before.append(float(hits[0].passage.document_id in golden))
        status.update("reading gold paragraphs")
        spans = [_marked(query, library, names, reader) for query in queries if query.answerable]
    console.print(f"{SET}, eight held articles, {reader.model_id}")
    _show(console, "gold paragraph first, search alone", figure(before))
    _show(console, "gold paragraph first", figure(first))
    _show(console, "AUC, answerable against unanswerable", area(tops[True], tops[False]))
    _show(console, "span F1 in the gold paragraph", figure([one.overlap for one in spans]))
    certain = [one for one in spans if one.margin >= CERTAIN_SPAN]
    for name, values in {
        "share of the spans that are certain": [one.margin >= CERTAIN_SPAN for one in spans],
        "certain spans, exactly a gold answer": [one.exact for one in certain],
        "certain spans, no word of a gold answer": [one.overlap == 0 for one in certain],
    }.items():
        _show(console, name, figure([float(value) for value in values]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marked:
    """A span held against the gold answers: token F1, whether it is one of them; its margin."""

    overlap: float
    exact: bool
    margin: float


def _marked(query: Query, library: Library, names: Names, reader: EvidenceReader) -> _Marked:
    """The best span in the gold paragraph."""
    document = library.document(names.by_name[query.relevant[0]])
    pairs = [
        Pair(
            question=query.question,
            title=document.title,
            passage=passage.text,
            sentences=[entry.span for entry in split(passage.text)],
        )
        for passage in library.passages(document.id)
    ]
    readings = reader.read(pairs)
    margins = [reading.span.margin if reading.span else -np.inf for reading in readings]
    best = int(np.argmax(margins))
    span = readings[best].span
    text = pairs[best].passage[span.span.start : span.span.end] if span else ""
    return _Marked(
        overlap=token_f1(text, query.answers),
        exact=bool(exact_match(text, query.answers)),
        margin=float(margins[best]),
    )


def _show(console: Console, name: str, found: Figure) -> None:
    console.print(f"  {name:40} {shown(found, with_n=True)}")


if __name__ == "__main__":
    main()
