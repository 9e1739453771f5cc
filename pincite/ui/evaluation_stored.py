"""The runs that lie in a library's folder: listed, read and found by what a browser sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import UsageError
from pincite.ui.evaluation_runs import PLAN
from pincite.words import t

if TYPE_CHECKING:
    from eval.models import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A run in its folder. `asked` outcomes are there of one that did not come to its end.

    `trouble` is why a run that did cannot be read.
    """

    folder: Path
    written: datetime
    dataset: str = ""
    questions: int = 0
    figures: Mapping[str, Figure] = field(default_factory=dict)
    asked: int | None = None
    trouble: str | None = None

    @property
    def name(self) -> str:
        return self.folder.name


def stored_runs(runs: Path) -> list[Stored]:
    """The runs in a folder, those that were written last first."""
    if not runs.is_dir():
        return []
    folders = [one for one in runs.iterdir() if one.is_dir() and not one.name.startswith(".")]
    found = [stored for folder in folders if (stored := _stored(folder)) is not None]
    return sorted(found, key=lambda one: one.written, reverse=True)


def named(runs: Path, name: str) -> Path:
    """The folder of the run that a browser named. Raises `UsageError` if there is none."""
    for one in stored_runs(runs):
        if one.name == name:
            return one.folder
    raise UsageError(t("This run is not there any more: somebody deleted it."))


def _stored(folder: Path) -> Stored | None:
    from eval.journal import JOURNAL
    from eval.stored import REPORT

    report, journal, plan = folder / REPORT, folder / JOURNAL, folder / PLAN
    if report.is_file() and not journal.is_file():
        return _finished(folder, report)
    for begun in (journal, plan):
        if begun.is_file():
            lines = journal.read_bytes().count(b"\n") if journal.is_file() else 1
            return Stored(folder=folder, written=_written(begun), asked=max(0, lines - 1))
    return None


def _finished(folder: Path, report: Path) -> Stored:
    from eval.models import Figure, Interval

    try:
        row = json.loads(report.read_text(encoding="utf-8"))
        figures = {
            name: Figure(
                value=one["value"],
                interval=None if one["low"] is None else Interval(one["low"], one["high"]),
                n=one["n"],
            )
            for name, one in row["scores"]["overall"].items()
        }
        return Stored(
            folder=folder,
            written=_written(report),
            dataset=str(row["manifest"]["dataset"]),
            questions=int(row["scores"]["counts"]["questions"]),
            figures=figures,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        trouble = t("Cannot be read: it was cut short or written by another version.")
        return Stored(folder=folder, written=_written(report), trouble=trouble)


def _written(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime).astimezone()
