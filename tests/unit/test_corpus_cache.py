"""Which cached library an evaluation takes."""

from __future__ import annotations

from pathlib import Path

from eval.corpus import _key
from eval.datasets import load_dataset

DATASET = Path(__file__).resolve().parents[2] / "eval" / "data"


def test_a_library_in_another_number_format_is_another_library() -> None:
    dataset = load_dataset(DATASET)
    single = _key(dataset, {"embedding_precision": "float32"})
    half = _key(dataset, {"embedding_precision": "bfloat16"})
    assert single != half
    assert _key(dataset, {}) in {single, half}
