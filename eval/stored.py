"""A run that was written to a folder, read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.errors import UsageError

OUTCOMES = "outcomes.jsonl"
REPORT = "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutcome:
    """What came of one question: what was shown, and its value for each figure it has one for."""

    id: str
    condition: str
    question: str
    type: str
    text: str
    abstained: bool
    error: str | None
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run as it was written: its manifest as JSON values, and its outcomes by id and condition.

    `figures` are means over all questions, by name.
    """

    folder: Path
    manifest: Mapping[str, Any]
    figures: Mapping[str, float]
    outcomes: Mapping[tuple[str, str], StoredOutcome] = field(repr=False)


def read_run(path: Path) -> StoredRun:
    """The run in a folder that `pincite eval run --out` wrote, named by it or by a file in it.

    Raises `UsageError` if there is none, or if its files cannot be made sense of.
    """
    folder = path if path.is_dir() else path.parent
    report = _read(folder / REPORT, path)
    try:
        row = json.loads(report)
        overall = row["scores"]["overall"]
        lines = _read(folder / OUTCOMES, path).split("\n")
        outcomes = [_outcome(json.loads(line)) for line in lines if line.strip()]
        return StoredRun(
            folder=folder,
            manifest=row["manifest"],
            figures={name: one["value"] for name, one in overall.items() if one["n"]},
            outcomes={(one.id, one.condition): one for one in outcomes},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"The run in {folder} cannot be read ({type(error).__name__}: {error}): it was cut "
            "short or written by another version. Run it again."
        ) from error


def _read(file: Path, named: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{named} is no run: {file} cannot be read. Name a folder that "
            "`pincite eval run --out` wrote."
        ) from error


def _outcome(row: Mapping[str, Any]) -> StoredOutcome:
    return StoredOutcome(
        id=row["query"]["id"],
        condition=row["condition"],
        question=row["query"]["question"],
        type=row["query"]["type"],
        text=row["text"],
        abstained=row["abstained"],
        error=row["error"],
        figures=dict(row["figures"]),
    )
