"""The tables and plots of a report as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.confidence import Confidence
from eval.metrics.statistics import figure
from eval.models import Figure, Figures, Report, Scores
from eval.opinion_words import opinion_sentences
from eval.opinions import Judged
from eval.plots import interval_bar, reliability_plot, risk_coverage_plot
from eval.report_words import (
    columns_by_type,
    interval_words,
    provenance,
    spent,
    sureness_words,
    value_words,
)
from eval.score import MEANINGS
from eval.slices import LENGTHS, length
from eval.verdicts import Result
from rag.render import html_text


def percent(share: float) -> str:
    """A share as a whole number of percent.

    >>> percent(0.748)
    '75\u202f%'
    """
    return f"{100 * share:.0f}\u202f%"


def figures_table(scores: Scores) -> str:
    """Every figure with its interval, n and meaning."""
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{value_words(one)}</td><td>{interval_bar(one)}</td>'
        f"<td>{interval_words(one)}</td><td>{one.n:,}</td><td>{MEANINGS[name]}</td></tr>"
        for name, one in scores.overall.items()
    )
    head = _head(("figure", "value", "from 0 to 1", "95 % interval", "n", "meaning"))
    return _scrolling("All figures", f'<table class="figures">{head}<tbody>{rows}</tbody></table>')


def slices(report: Report, found: Sequence[Result]) -> str:
    """The set by type, where it has several, and by length of question."""
    shown = columns_by_type(report.scores)
    if not shown:
        return ""
    by_type = report.scores.by_type
    tables = [_compared("type", by_type, shown)] if len(by_type) > 1 else []
    by_length = _by_length(report, found, shown)
    if len(by_length) > 1:
        tables.append(_compared("length", by_length, shown))
    return "".join(tables)


def _by_length(report: Report, found: Sequence[Result], shown: Sequence[str]) -> dict[str, Figures]:
    manifest = report.manifest
    parts: dict[str, list[Mapping[str, float]]] = {}
    for one in found:
        parts.setdefault(length(one.outcome.query.question), []).append(one.figures)
    return {
        words: {
            name: figure(
                [some[name] for some in parts[words] if name in some],
                seed=manifest.seed,
                resamples=manifest.resamples,
            )
            for name in shown
        }
        for words in LENGTHS
        if words in parts
    }


def _compared(heading: str, parts: Mapping[str, Figures], shown: Sequence[str]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{html_text(part)}</th>'
        + "".join(f"<td>{_cell(figures.get(name))}</td>" for name in shown)
        + "</tr>"
        for part, figures in parts.items()
    )
    table = f'<table class="parts">{_head((heading, *shown))}<tbody>{rows}</tbody></table>'
    return _scrolling(f"By {heading}", table)


def _cell(one: Figure | None) -> str:
    if one is None or one.value is None:
        return "–"
    return (
        f"{value_words(one)} {interval_bar(one)}<br>"
        f"<small>{interval_words(one)}, n {one.n:,}</small>"
    )


def sureness(found: Confidence | None) -> str:
    """Risk-coverage curve and reliability diagram; empty where no answer can be judged."""
    if found is None:
        return ""
    last = found.curve[-1]
    curve = (
        f"{percent(last.coverage)} of the questions are answered, and {percent(last.risk)} of "
        f"these answers are wrong. Were only the surer ones given, {percent(found.area)} would "
        "be, on average (area under the curve); the dashed line is a probability that says nothing."
    )
    diagram = (
        f"On average, probability and share right are {found.error:.3f} apart (expected "
        "calibration error); on the dashed line they agree. A larger dot stands for more answers, "
        "the line through it is the 95 % interval."
    )
    rows = "".join(
        f'<tr><th scope="row">{one.low:g}–{one.high:g}</th><td>{one.probability:.3f}</td>'
        f"<td>{value_words(one.right)}</td><td>{interval_words(one.right)}</td>"
        f"<td>{one.right.n:,}</td></tr>"
        for one in found.bins
    )
    head = _head(("probability", "mean", "share right", "95 % interval", "n"))
    return (
        f"<p>{sureness_words(found)}</p><p>Taken over the answers that can be judged. An answer to "
        "a question that nothing answers is wrong; refused questions are left out, since nobody "
        'knows what would have been answered.</p><div class="plots">'
        f"<figure>{risk_coverage_plot(found.curve, described=curve)}"
        f"<figcaption><strong>Risk and coverage.</strong> {curve}</figcaption></figure>"
        f"<figure>{reliability_plot(found.bins, described=diagram)}"
        f"<figcaption><strong>Reliability.</strong> {diagram}</figcaption></figure></div>"
        f"<details><summary>Reliability as a table</summary><table>{head}<tbody>{rows}</tbody>"
        "</table></details>"
    )


def times_table(report: Report) -> str:
    """Median and 95th percentile of search and answers; empty where nothing was timed."""
    rows = "".join(
        f'<tr><th scope="row">{html_text(name)}</th><td>{one.p50:,.0f} ms</td>'
        f"<td>{one.p95:,.0f} ms</td><td>{one.n:,}</td></tr>"
        for name, one in report.latency.items()
    )
    head = _head(("", "median", "95th percentile", "calls"))
    return f"<table>{head}<tbody>{rows}</tbody></table>" if rows else ""


def spending(report: Report) -> str:
    """The language model's tokens and what they cost; empty without a language model."""
    return _paragraphs(spent(report))


def opinion(judged: Judged | None) -> str:
    """What a language model thinks of the answers; empty where none was asked."""
    return _paragraphs(opinion_sentences(judged)) if judged else ""


def _paragraphs(said: Sequence[str]) -> str:
    return "".join(f"<p>{html_text(sentence)}</p>" for sentence in said)


def provenance_tables(report: Report) -> str:
    """What the run can be repeated from; the settings are folded."""
    return (
        f"<table>{_pairs(provenance(report))}</table>\n<details><summary>Settings</summary>"
        f"<table>{_pairs(report.manifest.settings)}</table></details>"
    )


def _pairs(facts: Mapping[str, object]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{html_text(name)}</th><td>{html_text(str(value))}</td></tr>'
        for name, value in facts.items()
    )
    return f"<tbody>{rows}</tbody>"


def _head(names: Sequence[str]) -> str:
    cells = "".join(f'<th scope="col">{name}</th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"


def _scrolling(name: str, table: str) -> str:
    """A table that a narrow screen can move sideways, by keyboard too."""
    return f'<div class="wide" role="region" aria-label="{name}" tabindex="0">{table}</div>'
