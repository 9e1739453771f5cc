"""How near embedding comes to what the processor can do, and where the rest of its time goes.

    python benchmarks/embedding_peak.py [--passages 500]

The peak is the best of products of two matrices of 2,048 rows and columns, in the number format
that Pincite computes in, on one thread. Of the model are counted the products of the dense layers
and of attention, two operations each, for the tokens that passages have: padding, softmax,
normalising and the tokenizer are time without operations. With it, the share of the time that each
kind of operation takes, by torch's profiler.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import process_time

import torch
from embedding import passages_to_embed
from evaluation_data import RUNS
from rich.console import Console
from torch.profiler import ProfilerActivity, profile

from index.embed import SentenceTransformerEmbedder
from index.weights import EMBEDDING_MODEL

LAYERS, WIDTH, INNER_WIDTH = 6, 384, 1_536
SIDE = 2_048
_KINDS = {
    "dense layers": ("addmm",),
    "attention": ("scaled_dot_product",),
    "normalising": ("layer_norm",),
    "gelu": ("gelu",),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Embedding beside the processor's peak.")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--passages", type=int, default=500, help="passages (default 500)")
    chosen = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    embedder = SentenceTransformerEmbedder(EMBEDDING_MODEL, threads=1)
    texts = passages_to_embed(chosen.cache, embedder, chosen.passages)
    operations = sum(operations_of(length) for length in embedder.count_tokens(texts))
    embedder.embed(texts[:20])
    torch.set_num_threads(1)
    number_format = torch.bfloat16 if embedder.precision == "bfloat16" else torch.float32
    used = process_time()
    embedder.embed(texts)
    rate = operations / (process_time() - used)
    best = peak(number_format)
    console.print(
        f"{len(texts):,} passages in {embedder.precision}: {rate / 1e9:.0f} billion operations a "
        f"second of the processor, {rate / best:.0%} of the peak of {best / 1e9:.0f}."
    )
    for name, share in shares(embedder, texts).items():
        console.print(f"  {name:14} {share:.0%} of the time")


def operations_of(tokens: int) -> int:
    """Additions and multiplications for a passage of so many tokens."""
    dense = 4 * WIDTH * WIDTH + 2 * WIDTH * INNER_WIDTH
    attention = 2 * tokens * WIDTH
    return 2 * LAYERS * tokens * (dense + attention)


def peak(number_format: torch.dtype, turns: int = 30) -> float:
    """Operations a second of the processor in the fastest of the products."""
    one = torch.randn(SIDE, SIDE, dtype=number_format)
    other = torch.randn(SIDE, SIDE, dtype=number_format)
    rates = []
    for _ in range(turns):
        used = process_time()
        torch.mm(one, other)
        rates.append(2 * SIDE**3 / (process_time() - used))
    return max(rates)


def shares(embedder: SentenceTransformerEmbedder, texts: list[str]) -> dict[str, float]:
    """For each kind of operation the share of the time that torch spends."""
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        embedder.embed(texts)
    rows = {row.key: row.self_cpu_time_total for row in profiled.key_averages()}
    total = sum(rows.values())
    return {
        kind: sum(time for key, time in rows.items() if any(name in key for name in names)) / total
        for kind, names in _KINDS.items()
    }


if __name__ == "__main__":
    main()
