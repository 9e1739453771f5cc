"""A run that was written to a folder, read again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.models import Figure, Figures, Interval, Latency, Manifest, Outcome, Report, Scores
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
    folder = run_folder(path)
    report = _read(folder / REPORT, path)
    with _explained(folder):
        row = json.loads(report)
        overall = row["scores"]["overall"]
        outcomes = [_outcome(one) for one in _rows(folder, path)]
        return StoredRun(
            folder=folder,
            manifest=row["manifest"],
            figures={name: one["value"] for name, one in overall.items() if one["n"]},
            outcomes={(one.id, one.condition): one for one in outcomes},
        )


def run_folder(path: Path) -> Path:
    """The folder of a run that is named by it or by a file in it."""
    return path if path.is_dir() else path.parent


def read_report(path: Path) -> Report:
    """The report of a stored run, as it was when it was written; times are rounded.

    Raises as `read_run`.
    """
    from pydantic import TypeAdapter

    folder = run_folder(path)
    report = _read(folder / REPORT, path)
    with _explained(folder):
        row = json.loads(report)
        outcomes = [
            {name: value for name, value in one.items() if name != "figures"}
            for one in _rows(folder, path)
        ]
        return Report(
            manifest=TypeAdapter(Manifest).validate_python(row["manifest"]),
            scores=_scores(row["scores"]),
            latency={name: Latency(**one) for name, one in row["latency_milliseconds"].items()},
            outcomes=TypeAdapter(tuple[Outcome, ...]).validate_python(outcomes),
            folder=folder,
        )


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"The run in {folder} cannot be read ({type(error).__name__}: {error}): it was cut "
            "short or written by another version. Run it again."
        ) from error


def _rows(folder: Path, named: Path) -> Iterator[dict[str, Any]]:
    lines = _read(folder / OUTCOMES, named).split("\n")
    return (json.loads(line) for line in lines if line.strip())


def _scores(row: Mapping[str, Any]) -> Scores:
    return Scores(
        overall=_figures(row["overall"]),
        by_type={kind: _figures(some) for kind, some in row["by_type"].items()},
        counts=row["counts"],
    )


def _figures(row: Mapping[str, Any]) -> Figures:
    return {
        name: Figure(
            value=one["value"],
            interval=None if one["low"] is None else Interval(one["low"], one["high"]),
            n=one["n"],
        )
        for name, one in row.items()
    }


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
