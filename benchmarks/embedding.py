"""What embedding a passage costs, beside the same model as two frameworks use it by default.

    python benchmarks/embedding.py [--passages 2000]

All embed the same passages of realtimeqa_2025h2, titles included, with all-MiniLM-L6-v2, in turns
of 250, so that whatever else the machine does falls on all alike. LlamaIndex means its own code for
batching, ten texts in the order in which they come, and the call that its HuggingFaceEmbedding
makes, which is in a package that Pincite does not need. LangChain's class hands all texts to
sentence-transformers, which sorts them and takes 32 at a time. Both compute in float32.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import cast

import numpy as np
from evaluation_data import RUNS, data_folder
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr
from rich.console import Console
from sentence_transformers import SentenceTransformer
from shown import shown

from eval.corpus import open_corpus
from eval.datasets import load_dataset
from eval.metrics.statistics import figure
from index.embed import SentenceTransformerEmbedder
from index.passages import embedding_texts
from index.processor import prepare_torch
from index.weights import EMBEDDING_MODEL, embedding_weights

SET = "realtimeqa_2025h2"
TURN = 250
OURS = "Pincite"

Embed = Callable[[Sequence[str]], object]


def main() -> None:
    parser = argparse.ArgumentParser(description="What embedding a passage costs.")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--passages", type=int, default=2_000, help="passages (default 2,000)")
    chosen = parser.parse_args()
    console = Console()
    embedder = SentenceTransformerEmbedder(EMBEDDING_MODEL)
    texts = passages_to_embed(chosen.cache, embedder, chosen.passages)
    ways = ways_of_embedding(embedder)
    for embed in ways.values():
        embed(texts[:20])
    times = measure(ways, texts)
    console.print(
        f"{len(texts):,} passages, {np.mean(embedder.count_tokens(texts)):.0f} tokens each"
    )
    for name, each in times.items():
        console.print(f"  {name:12} {shown(figure(each), places=2)} ms of the processor a passage")
    for name, each in times.items():
        if name != OURS:
            ratios = [theirs / ours for theirs, ours in zip(each, times[OURS], strict=True)]
            console.print(f"  {name} takes {shown(figure(ratios), places=2)} times as long")
    console.print(f"Pincite computes in {embedder.precision} on this processor.")


def passages_to_embed(cache: Path, embedder: SentenceTransformerEmbedder, count: int) -> list[str]:
    """The first passages of the set, as they are before the model when a library is made."""
    texts: list[str] = []
    with open_corpus(load_dataset(data_folder(SET)), cache=cache) as (assistant, _, _):
        for summary in assistant.documents():
            document, passages = assistant.document(summary.id), assistant.passages(summary.id)
            texts += embedding_texts(document, passages, embedder=embedder)
            if len(texts) >= count:
                break
    return texts[:count]


def ways_of_embedding(embedder: SentenceTransformerEmbedder) -> dict[str, Embed]:
    prepare_torch()
    model = SentenceTransformer(str(embedding_weights()), device="cpu", local_files_only=True)
    by_ten = ByTen(model)
    return {
        OURS: embedder.embed,
        "LlamaIndex": lambda texts: by_ten.get_text_embedding_batch(list(texts)),
        "LangChain": lambda texts: model.encode(list(texts), show_progress_bar=False).tolist(),
    }


class ByTen(BaseEmbedding):
    """LlamaIndex's batches with the call that its HuggingFaceEmbedding makes of each."""

    _model: SentenceTransformer = PrivateAttr()

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self._model = model

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows = self._model.encode(
            texts, batch_size=self.embed_batch_size, normalize_embeddings=True
        )
        return cast("list[list[float]]", rows.tolist())

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def measure(ways: dict[str, Embed], texts: Sequence[str]) -> dict[str, list[float]]:
    """For each way, the milliseconds of the processor a passage, a value for every turn."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for start in range(0, len(texts), TURN):
        turn = texts[start : start + TURN]
        for name, embed in ways.items():
            used = process_time()
            embed(turn)
            times[name].append((process_time() - used) * 1_000.0 / len(turn))
    return times


if __name__ == "__main__":
    main()
