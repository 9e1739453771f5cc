"""Passages for search: how much of what is found is what was asked for, by way of cutting.

    python benchmarks/chunking.py [--sizes 100 150 300]

The five documents and 472 questions of Chroma's "Evaluating Chunking Strategies for Retrieval"
(2024). One embedding model, ours, finds the chunks of every way of cutting by their text alone;
then the same fused with a search for words, as Pincite searches, in plain reciprocal ranks.
Measures are in characters; sizes in characters and, as in the published tables, cl100k tokens.
"""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate, repeat
from pathlib import Path

import numpy as np
from chunking_cutters import cl100k, cutters
from evaluation_data import data_folder
from rich.console import Console
from shown import shown

from eval.metrics.ranges import RangeScores, characters, holding, perfect_precision, range_scores
from eval.metrics.statistics import figure
from eval.rows import read_rows
from index.embed import Embedder, Matrix, SentenceTransformerEmbedder
from index.lexical import match_expression
from index.models import Span
from index.passages import PASSAGE_TOKENS
from index.weights import EMBEDDING_MODEL
from rag.fuse import reciprocal_rank_fusion

SET = "chunking_eval"
RETRIEVED = 5
# The published code's other setting retrieves as many chunks as hold an excerpt, at most these.
MOST = 20
FUSED = 100
# As in index/schema.py.
TOKENIZER = "porter unicode61 remove_diacritics 2"
Ranking = list[list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question and the characters that answer it, all documents laid end to end."""

    question: str
    gold: tuple[Span, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description="Ways of cutting, measured on chunking_eval.")
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="of our chunker, besides")
    chosen = parser.parse_args()
    texts, asked = _read(data_folder(SET))
    embedder = SentenceTransformerEmbedder(EMBEDDING_MODEL)
    questions = embedder.embed([one.question for one in asked])
    console = Console(width=160, highlight=False)
    console.print(f"{SET}, {len(asked)} questions, {embedder.model_id}; mean [95 % interval]")
    reference: list[RangeScores] = []
    for name, cut in cutters([PASSAGE_TOKENS, *chosen.sizes], embedder).items():
        chunks = [
            Span(start + span.start, start + span.end)
            for start, text in zip(_starts(texts), texts.values(), strict=True)
            for span in cut(text)
        ]
        found = _Cut("".join(texts.values()), chunks, embedder, questions)
        console.print(name)
        for line in found.figures(asked):
            console.print(f"  {line}")
        scores = found.scores(asked, found.ranking)
        if reference:
            console.print(f"  ours less this      {_row(_less(reference, scores))}")
        reference = reference or scores


def _read(folder: Path) -> tuple[dict[str, str], list[Asked]]:
    """The documents by name, and the questions; each is about one document."""
    texts = {row.text("id"): row.text("text") for row in read_rows(folder / "corpus.jsonl")}
    begins = dict(zip(texts, _starts(texts), strict=True))
    asked = []
    for row in read_rows(folder / "queries.jsonl"):
        (name,) = row.texts("relevant")
        spans = row.values["spans"]
        assert isinstance(spans, list)
        gold = tuple(Span(begins[name] + start, begins[name] + end) for start, end in spans)
        asked.append(Asked(question=row.text("question"), gold=gold))
    return texts, asked


def _starts(texts: Mapping[str, str]) -> list[int]:
    """Where each document begins when all are laid end to end."""
    return [0, *accumulate(map(len, texts.values()))][:-1]


class _Cut:
    """One way of cutting all documents, and the chunks in the order of their nearness."""

    def __init__(
        self, text: str, chunks: Sequence[Span], embedder: Embedder, questions: Matrix
    ) -> None:
        self.chunks = chunks
        pieces = [text[start:end] for start, end in chunks]
        self.tokens = float(np.mean([len(entry) for entry in cl100k().encode_batch(pieces)]))
        nearness = questions @ embedder.embed(pieces).T
        self.ranking = np.argsort(-nearness, axis=1, kind="stable")[:, :FUSED].tolist()
        self._texts = pieces

    def figures(self, asked: Sequence[Asked]) -> Iterator[str]:
        """Lines of the table: five chunks retrieved, then as many as hold an excerpt."""
        size = characters(self.chunks) / len(self.chunks)
        yield f"{len(self.chunks):,} chunks of {size:.0f} characters, {self.tokens:.0f} tokens"
        counts = [len(holding(self.chunks, one.gold)) for one in asked]
        omega = [perfect_precision(self.chunks, one.gold) for one in asked]
        holders = self.scores(asked, self.ranking, [min(MOST, count) for count in counts])
        yield f"as many as hold it  {_row(holders)}"
        fused = fuse(self.ranking, word_ranking(self._texts, [one.question for one in asked]))
        yield f"words too, first {RETRIEVED}  {_row(self.scores(asked, fused))}"
        near = self.scores(asked, self.ranking)
        yield f"first {RETRIEVED}             {_row(near)}  omega {shown(figure(omega))}"

    def scores(
        self, asked: Sequence[Asked], ranking: Ranking, depths: Iterable[int] = repeat(RETRIEVED)
    ) -> list[RangeScores]:
        """Of each question, from the first chunks of its ranking."""
        return [
            range_scores([self.chunks[place] for place in order[:depth]], one.gold)
            for one, order, depth in zip(asked, ranking, depths, strict=False)
        ]


def word_ranking(texts: Sequence[str], questions: Sequence[str]) -> Ranking:
    """The chunks with a question's words, best first, by the word index of a library."""
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute(f"CREATE VIRTUAL TABLE words USING fts5(text, tokenize='{TOKENIZER}')")
        index.executemany("INSERT INTO words(rowid, text) VALUES (?, ?)", enumerate(texts))
        query = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words), rowid LIMIT ?"
        return [
            [number for (number,) in index.execute(query, [match_expression(each), FUSED])]
            for each in questions
        ]


def fuse(one: Ranking, other: Ranking) -> Ranking:
    """Reciprocal ranks of both, question by question."""
    return [
        [int(place) for place, _ in reciprocal_rank_fusion([list(map(str, each)) for each in pair])]
        for pair in zip(one, other, strict=True)
    ]


def _row(scores: Sequence[RangeScores]) -> str:
    return "  ".join(
        f"{name} {shown(figure([one[place] for one in scores]))}"
        for place, name in enumerate(("recall", "precision", "IoU"))
    )


def _less(ours: Sequence[RangeScores], theirs: Sequence[RangeScores]) -> list[RangeScores]:
    """What ours is ahead by, question by question."""
    return [
        RangeScores(*(left - right for left, right in zip(*pair, strict=True)))
        for pair in zip(ours, theirs, strict=True)
    ]


if __name__ == "__main__":
    main()
