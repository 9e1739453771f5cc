"""A report as files that the same run repeats byte for byte, and as tables to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from eval.confidence import report_confidence
from eval.cost import run_cost
from eval.html_report import to_page
from eval.models import Figure, Figures, Outcome, Report, Scores
from eval.opinion_words import OPINION_HEADING, opinion_row, opinion_sentences
from eval.report_words import (
    columns_by_type,
    interval_words,
    provenance,
    sentences,
    value_words,
)
from eval.score import MEANINGS, measure

SCORES_SCHEMA = "pincite.scores/1"
REPORT_SCHEMA = "pincite.report/1"
_DIGITS = 6
# Columns of a terminal below which the meanings would wrap to several lines each.
_WIDTH_OF_MEANINGS = 110
_LEAST_COLUMN = 12


def write_report(report: Report, folder: Path) -> None:
    """Writes `outcomes.jsonl`, `scores.json`, and `report` as `.json`, `.md` and `.html`.

    The first two depend on nothing but what was answered; times are in the reports only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = (json.dumps(outcome_row(one), ensure_ascii=False) for one in report.outcomes)
    _write(folder / "outcomes.jsonl", "".join(f"{row}\n" for row in rows))
    _write(folder / "scores.json", _pretty(scores_row(report.scores)))
    write_report_files(report, folder)


def write_report_files(report: Report, folder: Path) -> None:
    """Writes `report` as `.json`, `.md` and `.html`, and leaves what was answered as it is."""
    _write(folder / "report.json", _pretty(report_row(report)))
    _write(folder / "report.md", to_markdown(report))
    _write(folder / "report.html", to_page(report, written=datetime.now(UTC)))


def outcome_row(outcome: Outcome) -> dict[str, object]:
    """One outcome as JSON values, with the value it gives to each figure."""
    row: dict[str, object] = asdict(outcome)
    query = outcome.query
    row["query"] = {
        **asdict(query),
        "asked_on": query.asked_on.isoformat() if query.asked_on else None,
    }
    row["figures"] = {name: _rounded(value) for name, value in measure(outcome).items()}
    return row


def scores_row(scores: Scores) -> dict[str, object]:
    """The scores as JSON values; the same input gives the same bytes."""
    return {
        "schema": SCORES_SCHEMA,
        "overall": _figures_row(scores.overall),
        "by_type": {kind: _figures_row(some) for kind, some in scores.by_type.items()},
        "counts": dict(scores.counts),
    }


def report_row(report: Report) -> dict[str, object]:
    """Scores, what the assistant's probability is worth, cost, a model's opinion, times, manifest.

    All of it as JSON values.
    """
    return {
        "schema": REPORT_SCHEMA,
        "scores": scores_row(report.scores),
        "confidence": _confidence_row(report),
        "cost": _cost_row(report),
        "judged": opinion_row(report.judged) if report.judged else None,
        "latency_milliseconds": {
            name: {"p50": round(one.p50, 1), "p95": round(one.p95, 1), "n": one.n}
            for name, one in report.latency.items()
        },
        "manifest": asdict(report.manifest),
    }


def _confidence_row(report: Report) -> dict[str, object] | None:
    found = report_confidence(report)
    if found is None:
        return None
    return {
        "answers": found.answers,
        "questions": found.questions,
        "probability": _rounded(found.probability),
        "risk": _rounded(found.curve[-1].risk),
        "risk_coverage_area": _rounded(found.area),
        "expected_calibration_error": _rounded(found.error),
    }


def _cost_row(report: Report) -> dict[str, object] | None:
    found = run_cost(report)
    if found is None:
        return None
    low, high = found.each.interval or (None, None)
    return {
        "currency": found.currency,
        "total": found.total,
        "each": {"value": found.each.value, "low": low, "high": high, "n": found.each.n},
        "untold": found.untold,
    }


@dataclass(frozen=True, slots=True)
class ReportTables:
    """A report as a terminal shows it, one line for each figure; a wide one adds the meanings."""

    report: Report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        scores = self.report.scores
        yield _overall_table(self.report, meanings=options.max_width >= _WIDTH_OF_MEANINGS)
        shown = columns_by_type(scores)
        if len(scores.by_type) > 1 and shown:
            table = _by_type_table(scores, shown)
            needed = Measurement.get(console, options.update(max_width=1_000), table).maximum
            if needed <= options.max_width:
                yield table
            else:
                yield from _narrow_tables(scores, shown, width=options.max_width)
        yield Text("\n".join(sentences(self.report)))


def render_table(report: Report) -> ReportTables:
    """The report for a terminal."""
    return ReportTables(report)


def _overall_table(report: Report, *, meanings: bool) -> Table:
    manifest, counts = report.manifest, report.scores.counts
    title = (
        f"{manifest.dataset}: {counts['questions']:,} questions, {manifest.documents:,} documents"
        f"{f', plain {manifest.baseline}' if manifest.baseline else ''}"
    )
    table = Table(title=escape(title), title_justify="left")
    table.add_column("figure", no_wrap=True)
    for heading in ("value", "95 %", "n"):
        table.add_column(heading, justify="right", no_wrap=True)
    if meanings:
        table.add_column("meaning", style="dim")
    for name, one in report.scores.overall.items():
        meaning = (MEANINGS[name],) if meanings else ()
        table.add_row(name, value_words(one), interval_words(one), f"{one.n:,}", *meaning)
    return table


def _by_type_table(scores: Scores, shown: Iterable[str]) -> Table:
    table = Table("by type")
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True)
    for kind, figures in scores.by_type.items():
        table.add_row(escape(kind), *(_cell(figures, name) for name in shown))
    return table


def _narrow_tables(scores: Scores, shown: Sequence[str], *, width: int) -> Iterator[Table]:
    """The same turned on its side: a row for each figure, and as many types at once as fit."""
    cells = {
        kind: [_cell(figures, name) for name in shown] for kind, figures in scores.by_type.items()
    }
    widest = max(_LEAST_COLUMN, *(len(cell) for some in cells.values() for cell in some))
    left = width - max(map(len, shown)) - len("│  │")
    at_once = max(1, left // (widest + len("  │")))
    for first in range(0, len(cells), at_once):
        kinds = list(cells)[first : first + at_once]
        table = Table("by type")
        for kind in kinds:
            table.add_column(escape(_broken(kind)), justify="right", width=widest, overflow="fold")
        for number, name in enumerate(shown):
            table.add_row(name, *(cells[kind][number] for kind in kinds))
        yield table


def _broken(kind: str) -> str:
    """A long name of a type on several lines.

    >>> _broken("inference_query").split()
    ['inference_', 'query']
    """
    return kind if len(kind) <= _LEAST_COLUMN else kind.replace("_", "_\n")


def to_markdown(report: Report) -> str:
    """The report as a Markdown page."""
    manifest, scores = report.manifest, report.scores
    lines = [f"# {manifest.dataset}", "", *(f"- {said}" for said in sentences(report)), ""]
    lines += ["| figure | value | 95 % interval | n | meaning |", "|---|---:|---:|---:|---|"]
    lines += [
        f"| {name} | {value_words(one)} | {interval_words(one)} | {one.n:,} | {MEANINGS[name]} |"
        for name, one in scores.overall.items()
    ]
    shown = columns_by_type(scores)
    if len(scores.by_type) > 1 and shown:
        lines += ["", "## By type of question", "", "Each cell: value (n).", ""]
        lines += [f"| type | {' | '.join(shown)} |", f"|---|{'---:|' * len(shown)}"]
        lines += [
            f"| {kind} | {' | '.join(_cell(figures, name) for name in shown)} |"
            for kind, figures in scores.by_type.items()
        ]
    if report.judged:
        said = opinion_sentences(report.judged)
        lines += ["", f"## {OPINION_HEADING}", "", *(f"- {sentence}" for sentence in said)]
    lines += ["", "## What ran", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in provenance(report).items()]
    return "\n".join([*lines, ""])


def _figures_row(figures: Figures) -> dict[str, object]:
    return {
        name: {
            "value": _rounded(one.value),
            "low": _rounded(one.interval.low) if one.interval else None,
            "high": _rounded(one.interval.high) if one.interval else None,
            "n": one.n,
        }
        for name, one in figures.items()
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _cell(figures: Mapping[str, Figure], name: str) -> str:
    one = figures.get(name)
    return "–" if one is None else f"{value_words(one)} ({one.n:,})"


def _pretty(row: Mapping[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
