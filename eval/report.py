"""A report as files that the same run repeats byte for byte, and as tables to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from eval.models import Figure, Figures, Outcome, Report, Scores
from eval.score import MEANINGS, measure

SCORES_SCHEMA = "pincite.scores/1"
REPORT_SCHEMA = "pincite.report/1"
_DIGITS = 6
# What a type of question is compared by, where every figure would not fit a page's width.
_BY_TYPE = (
    "ndcg@10",
    "all_evidence@10",
    "contained",
    "f1",
    "gold_support",
    "right_refusals",
    "wrong_refusals",
)


def write_report(report: Report, folder: Path) -> None:
    """Writes `outcomes.jsonl`, `scores.json`, `report.json` and `report.md` into the folder.

    The first two depend on nothing but what was answered; times are in the other two only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = (json.dumps(outcome_row(one), ensure_ascii=False) for one in report.outcomes)
    _write(folder / "outcomes.jsonl", "".join(f"{row}\n" for row in rows))
    _write(folder / "scores.json", _pretty(scores_row(report.scores)))
    _write(folder / "report.json", _pretty(report_row(report)))
    _write(folder / "report.md", to_markdown(report))


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
    """The scores, how long it took, and what the run can be repeated from, as JSON values."""
    return {
        "schema": REPORT_SCHEMA,
        "scores": scores_row(report.scores),
        "latency_milliseconds": {
            name: {"p50": round(one.p50, 1), "p95": round(one.p95, 1), "n": one.n}
            for name, one in report.latency.items()
        },
        "manifest": asdict(report.manifest),
    }


def render_table(report: Report) -> Group:
    """The report for a terminal."""
    manifest, counts = report.manifest, report.scores.counts
    title = (
        f"{manifest.dataset}: {counts['questions']:,} questions, {manifest.documents:,} documents"
    )
    overall = Table(title=escape(title), title_justify="left")
    overall.add_column("figure", no_wrap=True)
    for heading in ("value", "95 %", "n"):
        overall.add_column(heading, justify="right", no_wrap=True)
    overall.add_column("meaning", style="dim")
    for name, one in report.scores.overall.items():
        overall.add_row(name, _value(one), _interval(one), f"{one.n:,}", MEANINGS[name])
    parts: list[Table | Text] = [overall]
    shown = _columns_by_type(report.scores)
    if len(report.scores.by_type) > 1 and shown:
        parts.append(_by_type_table(report.scores, shown))
    return Group(*parts, Text("\n".join(_sentences(report))))


def _by_type_table(scores: Scores, shown: Iterable[str]) -> Table:
    table = Table("by type", title_justify="left")
    for name in shown:
        table.add_column(name, justify="right", overflow="fold")
    for kind, figures in scores.by_type.items():
        table.add_row(escape(kind), *(_cell(figures, name) for name in shown))
    return table


def to_markdown(report: Report) -> str:
    """The report as a Markdown page."""
    manifest, scores = report.manifest, report.scores
    lines = [f"# {manifest.dataset}", "", *(f"- {said}" for said in _sentences(report)), ""]
    lines += ["| figure | value | 95 % interval | n | meaning |", "|---|---:|---:|---:|---|"]
    lines += [
        f"| {name} | {_value(one)} | {_interval(one)} | {one.n:,} | {MEANINGS[name]} |"
        for name, one in scores.overall.items()
    ]
    shown = _columns_by_type(scores)
    if len(scores.by_type) > 1 and shown:
        lines += ["", "## By type of question", "", "Each cell: value (n).", ""]
        lines += [f"| type | {' | '.join(shown)} |", f"|---|{'---:|' * len(shown)}"]
        lines += [
            f"| {kind} | {' | '.join(_cell(figures, name) for name in shown)} |"
            for kind, figures in scores.by_type.items()
        ]
    lines += ["", "## What ran", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in _provenance(report).items()]
    return "\n".join([*lines, ""])


def _sentences(report: Report) -> list[str]:
    counts = report.scores.counts
    said = []
    if counts["asked"]:
        said = [
            f"{counts['answers']:,} answers and {counts['refusals']:,} refusals; "
            f"{counts['errors']:,} questions failed.",
            f"{counts['quotes_exact']:,} of {counts['quotes']:,} quotes exact; "
            f"{counts['markers_without_source']:,} of {counts['markers']:,} markers without a "
            "source.",
        ]
    said += [
        f"{name}: median {one.p50:,.0f} ms, 95th percentile {one.p95:,.0f} ms ({one.n:,} calls)."
        for name, one in report.latency.items()
    ]
    return [*said, *report.manifest.notes]


def _provenance(report: Report) -> dict[str, str]:
    manifest = report.manifest
    kept = {
        "version": f"{manifest.version}, source {manifest.code}, Python {manifest.python}",
        "data set": manifest.dataset_fingerprint[:16],
        "library": manifest.library_fingerprint[:16],
        "settings": manifest.settings_fingerprint,
        "seed": f"{manifest.seed}, {manifest.resamples:,} resamples",
    }
    return kept | {f"{role} model": name for role, name in manifest.models.items()}


def _columns_by_type(scores: Scores) -> list[str]:
    return [name for name in _BY_TYPE if name in scores.overall]


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


def _value(one: Figure) -> str:
    return "–" if one.value is None else f"{one.value:.3f}"


def _interval(one: Figure) -> str:
    return "–" if one.interval is None else f"{one.interval.low:.3f}–{one.interval.high:.3f}"


def _cell(figures: Mapping[str, Figure], name: str) -> str:
    one = figures.get(name)
    return "–" if one is None else f"{_value(one)} ({one.n:,})"


def _pretty(row: Mapping[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
