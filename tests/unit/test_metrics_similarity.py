"""Similarity is the best cosine: by hand on made-up vectors, and with the real model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from eval.metrics.similarity import similarity
from index.embed import Matrix, SentenceTransformerEmbedder

PLACES = {"east": (1, 0), "north": (0, 1), "west": (-1, 0), "north-east": (0.6, 0.8)}


class Compass:
    model_id, dimension, max_tokens = "compass", 2, 9

    def embed(self, texts: Sequence[str]) -> Matrix:
        return np.array([PLACES[text] for text in texts], dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [1 for _ in texts]


@pytest.mark.parametrize(
    ("text", "gold", "expected"),
    [
        ("north-east", ["east"], 0.6),
        ("north-east", ["east", "north"], 0.8),
        ("east", ["east"], 1.0),
        ("east", ["west"], 0.0),
        ("", ["east"], 0.0),
        ("east", [], 0.0),
    ],
)
def test_the_nearest_gold_answer_counts_and_opposites_count_as_nothing(
    text: str, gold: list[str], expected: float
) -> None:
    assert similarity(text, gold, embedder=Compass()) == expected


def test_the_real_model_puts_the_subject_before_the_truth() -> None:
    embedder = SentenceTransformerEmbedder("all-MiniLM-L6-v2")
    gold = ["The wage rose by three per cent."]
    said = {
        text: similarity(text, gold, embedder=embedder)
        for text in ("Pay went up by 3 %.", "The wage fell by three per cent.", "Otters eat crabs.")
    }

    assert said["Otters eat crabs."] < 0.3
    assert said["Pay went up by 3 %."] > 0.6
    assert said["The wage fell by three per cent."] > said["Pay went up by 3 %."]
