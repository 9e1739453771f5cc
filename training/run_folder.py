"""The folder of a training run: what was asked for, the curve, the checkpoint and the result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from training.recipe import Recipe

RECIPE = "recipe.json"
NEIGHBOURS = "neighbours.json"
CURVE = "log.jsonl"
CHECKPOINT = "checkpoint.safetensors"
WEIGHTS = "evidence.safetensors"


def keep_recipe(folder: Path, recipe: Recipe) -> None:
    """Writes down what is trained here; ends the program if it was something else before."""
    path = folder / RECIPE
    wanted = asdict(recipe)
    if path.is_file():
        # A run that an earlier version began knows fewer settings: they were what they are now.
        before = asdict(Recipe()) | json.loads(path.read_text(encoding="utf-8"))
        if before != wanted:
            raise SystemExit(
                f"{folder} holds a run with other settings ({_told(before)}; now "
                f"{_told(wanted)}): give another folder with --out, or delete this one."
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(wanted) + "\n", encoding="utf-8")


def is_finished(folder: Path) -> bool:
    """Whether the weights are there; they are written last, and whole."""
    return (folder / WEIGHTS).is_file()


def is_begun(folder: Path) -> bool:
    """Whether there is a checkpoint to go on from."""
    return (folder / CHECKPOINT).is_file()


def add_to_curve(folder: Path, record: Mapping[str, int | float | str]) -> None:
    """Appends a point, and prints it. A run killed before its checkpoint repeats the point."""
    line = json.dumps(
        {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in record.items()
        }
    )
    with (folder / CURVE).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    print(line, flush=True)


def _told(settings: Mapping[str, object]) -> str:
    shown = {**settings, "first": str(settings.get("first", ""))[:12] or "none"}
    return ", ".join(f"{name} {value}" for name, value in shown.items())
