"""Passages for search: how much of what is found is what was asked for, by way of cutting.

    python benchmarks/chunking.py [--sizes 100 150 300]

The five documents and 472 questions of Chroma's "Evaluating Chunking Strategies for Retrieval"
(2024). One embedding model, ours, finds the chunks of every way of cutting by their text alone.
Measures are in characters; sizes in characters and, as in the published tables, cl100k tokens.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from evaluation_data import data_folder
from rich.console import Console

from eval.metrics.ranges import characters, holding, perfect_precision, range_scores
from eval.metrics.statistics import figure
from eval.rows import read_rows
from index.chunk import chunk
from index.embed import Embedder, Matrix, SentenceTransformerEmbedder
from index.models import Span
from index.passages import PASSAGE_TOKENS
from index.sentences import sentences
from index.weights import EMBEDDING_MODEL

if TYPE_CHECKING:
    from tiktoken import Encoding

SET = "chunking_eval"
RETRIEVED = 5
# The published code's other setting retrieves as many chunks as hold an excerpt, at most these.
MOST = 20
Cutter = Callable[[str], Sequence[Span]]


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
    ours = _ours([PASSAGE_TOKENS, *chosen.sizes], embedder)
    for name, cut in {**ours, **_llama_index(), **_windows()}.items():
        chunks = [
            Span(start + span.start, start + span.end)
            for start, text in zip(_starts(texts), texts.values(), strict=True)
            for span in cut(text)
        ]
        found = _Cut(name, "".join(texts.values()), chunks, embedder, questions)
        for line in found.figures(asked):
            console.print(line)


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
        self, name: str, text: str, chunks: Sequence[Span], embedder: Embedder, questions: Matrix
    ) -> None:
        self.name = name
        self.chunks = chunks
        pieces = [text[start:end] for start, end in chunks]
        self.tokens = float(np.mean([len(entry) for entry in _cl100k().encode_batch(pieces)]))
        nearness = questions @ embedder.embed(pieces).T
        self.ranking = np.argsort(-nearness, axis=1, kind="stable")[:, :MOST]

    def figures(self, asked: Sequence[Asked]) -> Iterator[str]:
        """Lines of the table: five chunks retrieved, then as many as hold an excerpt."""
        size = characters(self.chunks) / len(self.chunks)
        sizes = f"{len(self.chunks):,} chunks of {size:.0f} characters, {self.tokens:.0f} tokens"
        yield f"{self.name}: {sizes}"
        counts = [len(holding(self.chunks, one.gold)) for one in asked]
        omega = [perfect_precision(self.chunks, one.gold) for one in asked]
        for label, depths in (
            (f"first {RETRIEVED}", [RETRIEVED] * len(asked)),
            ("as many as hold it", counts),
        ):
            scores = [
                range_scores([self.chunks[place] for place in order[:depth]], one.gold)
                for one, order, depth in zip(asked, self.ranking, depths, strict=True)
            ]
            columns = {
                "recall": [one.recall for one in scores],
                "precision": [one.precision for one in scores],
                "omega": omega,
                "IoU": [one.iou for one in scores],
            }
            cells = "  ".join(f"{column} {_shown(values)}" for column, values in columns.items())
            yield f"  {label:20}{cells}"


def _shown(values: Sequence[float]) -> str:
    found = figure(values)
    assert found.interval is not None
    return f"{found.value:.3f} [{found.interval.low:.3f}–{found.interval.high:.3f}]"


def _ours(sizes: Sequence[int], embedder: Embedder) -> Mapping[str, Cutter]:
    """Our chunker at several limits, in tokens of the embedding model."""
    special = embedder.count_tokens([""])[0]

    def count(texts: Sequence[str]) -> list[int]:
        return [tokens - special for tokens in embedder.count_tokens(texts)]

    def cutter(limit: int) -> Cutter:
        return lambda text: [
            Span(found.start, found.end)
            for found in chunk(text, sentences(text, None), count_tokens=count, limit=limit)
        ]

    return {f"Pincite, at most {limit} tokens": cutter(limit) for limit in sizes}


def _llama_index() -> Mapping[str, Cutter]:
    """llama-index's SentenceSplitter: as it comes, and at sizes near ours."""
    from llama_index.core import Document
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import TextNode

    def cutter(splitter: SentenceSplitter) -> Cutter:
        def cut(text: str) -> list[Span]:
            spans: list[Span] = []
            for node in splitter.get_nodes_from_documents([Document(text=text)]):
                assert isinstance(node, TextNode)
                assert node.start_char_idx is not None
                spans.append(Span(node.start_char_idx, node.start_char_idx + len(node.text)))
                assert text[spans[-1].start : spans[-1].end] == node.text
            return spans

        return cut

    return {
        "SentenceSplitter, 1,024 tokens, overlap 200 (default)": cutter(SentenceSplitter()),
        **{
            f"SentenceSplitter, {size} tokens, overlap {overlap}": cutter(
                SentenceSplitter(chunk_size=size, chunk_overlap=overlap)
            )
            for size, overlap in ((400, 0), (200, 0), (200, 100))
        },
    }


def _windows() -> Mapping[str, Cutter]:
    """Every 200 tokens, wherever they end."""

    def cut(text: str) -> list[Span]:
        encoding = _cl100k()
        _, offsets = encoding.decode_with_offsets(encoding.encode(text, disallowed_special=()))
        edges = [*offsets[::200], len(text)]
        return [Span(*pair) for pair in pairwise(edges)]

    return {"fixed window, 200 tokens": cut}


@cache
def _cl100k() -> Encoding:
    """The tokenizer of the published sizes, which llama-index carries."""
    import tiktoken
    from llama_index.core.utils import get_tokenizer

    get_tokenizer()  # tells tiktoken where the file lies, so that nothing is fetched
    return tiktoken.get_encoding("cl100k_base")


if __name__ == "__main__":
    main()
