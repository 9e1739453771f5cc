"""Where the evaluation sets lie that are too large, or not ours, to be part of the project."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from eval.models import Query

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


def held_queries(queries: Sequence[Query]) -> list[Query]:
    """The questions of squad2_a about the articles that no training question is about."""
    described = data_folder("train") / "squad2_train_articles.json"
    names = json.loads(described.read_text(encoding="utf-8"))["held"]
    # Paragraphs are named by their article and a number, with underscores for its spaces.
    held = {name.replace(" ", "_") for name in names}
    return [
        query for query in queries if query.relevant and query.relevant[0].partition("#")[0] in held
    ]
