"""Where the evaluation sets lie that are too large, or not ours, to be part of the project."""

from __future__ import annotations

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = ROOT / "runs"
VARIABLE = "PINCITE_DATA"


def data_folder(name: str) -> Path:
    """The folder of one set. Ends the program with a sentence when it is not there."""
    root = Path(os.environ.get(VARIABLE) or ROOT.parent / "shared" / "data")
    folder = root / name
    if not folder.is_dir():
        raise SystemExit(
            f"The evaluation set {name} is not at {folder}: set {VARIABLE} to the folder that "
            "holds the evaluation sets, each in the format that docs/evaluation.md describes."
        )
    return folder


def held_articles() -> frozenset[str]:
    """The articles of squad2_a that no training question is about, as its documents spell them."""
    described = data_folder("train") / "squad2_train_articles.json"
    names = json.loads(described.read_text(encoding="utf-8"))["held"]
    return frozenset(name.replace(" ", "_") for name in names)
