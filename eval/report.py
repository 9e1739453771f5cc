"""A report as files that the same run repeats byte for byte, and as tables to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from eval.models import Figure, Figures, Outcome, Report, Scores
from eval.score import MEANINGS, measure

SCORES_SCHEMA = "pincite.scores/1"
REPORT_SCHEMA = "pincite.report/1"
_DIGITS = 6
# Columns of a terminal below which the meanings would wrap to several lines each.
_WIDTH_OF_MEANINGS = 110
_LEAST_COLUMN = 12
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


@dataclass(frozen=True, slots=True)
class ReportTables:
    """A report as a terminal shows it, one line for each figure; a wide one adds the meanings."""

    report: Report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        scores = self.report.scores
        yield _overall_table(self.report, meanings=options.max_width >= _WIDTH_OF_MEANINGS)
        shown = _columns_by_type(scores)
        if len(scores.by_type) > 1 and shown:
            table = _by_type_table(scores, shown)
            needed = Measurement.get(console, options.update(max_width=1_000), table).maximum
            if needed <= options.max_width:
                yield table
            else:
                yield from _narrow_tables(scores, shown, width=options.max_width)
        yield Text("\n".join(_sentences(self.report)))


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
        table.add_row(name, _value(one), _interval(one), f"{one.n:,}", *meaning)
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
    if counts["prompt_tokens"]:
        said.append(
            f"The language model read {counts['prompt_tokens']:,} tokens and wrote "
            f"{counts['completion_tokens']:,}."
        )
    said += [
        f"{name}: median {one.p50:,.0f} ms, 95th percentile {one.p95:,.0f} ms ({one.n:,} calls)."
        for name, one in report.latency.items()
    ]
    return [*said, *report.manifest.notes]


def _provenance(report: Report) -> dict[str, str]:
    manifest = report.manifest
    kept = {"answered by": f"plain {manifest.baseline}"} if manifest.baseline else {}
    kept |= {
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
