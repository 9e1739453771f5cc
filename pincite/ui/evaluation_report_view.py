"""A stored run, and two compared, as markup of the page. Everything untrusted is escaped."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pincite.ui.evaluation_view import moment
from pincite.ui.markup import attribute, counted, joined, shown

if TYPE_CHECKING:
    from datetime import datetime

    from eval.compare import Comparison
    from eval.models import Report

# A browser unfolds more questions only with patience; the file holds them all.
QUESTIONS_LIMIT = 1_500
CHANGED_LIMIT = 200
_SIGNIFICANT = 0.05


def render_report(report: Report, *, written: datetime, name: str) -> str:
    """The views of report.html within the page, and the file itself to take along."""
    from eval.html_report import to_fragment
    from eval.html_tables import figures_table

    save = (
        f'<p class="report-save"><button class="quiet" type="button" data-run="save" '
        f'data-name="{attribute(name)}">Save report.html</button></p>'
    )
    if len(report.outcomes) <= QUESTIONS_LIMIT:
        inside = to_fragment(report, written=written)
    else:
        inside = (
            f"<header><h1>Evaluation: {shown(report.manifest.dataset)}</h1></header>"
            f"<p>These are {counted(len(report.outcomes), 'question')}, more than the page unfolds "
            f"with ease: the saved report has them all.</p>{figures_table(report.scores)}"
        )
    # The page has its own first heading.
    inside = inside.replace("<h1>", '<h2 class="report-title" tabindex="-1">', 1)
    inside = inside.replace("</h1>", "</h2>", 1)
    return f'<div class="report-view">{save}{inside}</div>'


def render_comparison(found: Comparison, *, before: datetime, after: datetime) -> str:
    """What changed from one run to the other, how surely, and the questions answered otherwise."""
    from eval.comparison_report import comparison_row

    row: dict[str, Any] = comparison_row(found)
    moved = [one for one in row["overall"] if one["differing"]]
    same = [one["figure"] for one in row["overall"] if not one["differing"]]
    slices = [
        {**one, "figure": f"{name}: {one['figure']}"}
        for name, some in row["slices"].items()
        for one in some
        if one["p_corrected"] < _SIGNIFICANT
    ]
    notes = [shown(_named(note, found)) for note in row["notes"]]
    if same:
        notes.append(f"The same in both: {', '.join(map(shown, same))}.")
    return (
        '<div class="report-view comparison"><h2 class="report-title" tabindex="-1">Two runs '
        f"compared</h2><p>Before: {moment(before)}. After: {moment(after)}. "
        f"{counted(row['questions'], 'question')} in both, {len(row['changed']):,} answered "
        f"otherwise.</p>{joined(f'<p>{note}</p>' for note in notes)}"
        f"{_table('Figures that changed', moved)}{_table('By type and length', slices)}"
        f"{_METHOD if moved else ''}{_changed(row['changed'])}</div>"
    )


_METHOD = (
    '<p class="soft">p: McNemar’s exact test for figures of 0 and 1, else Wilcoxon’s signed ranks, '
    "corrected after Holm. The range is a 95 % paired bootstrap interval of the change. What stays "
    "within chance says nothing.</p>"
)


def _named(note: str, found: Comparison) -> str:
    """A note in which the runs are called what the page calls them."""
    before, after = str(found.before.folder), str(found.after.folder)
    return note.replace(before, "the run before").replace(after, "the run after")


def _table(heading: str, rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    columns = ("figure", "before", "after", "change", "95 %", "questions", "p", "")
    head = joined(f'<th scope="col">{name}</th>' for name in columns)
    body = joined(_row(one) for one in rows)
    return (
        f'<h3>{heading}</h3><div class="wide" role="region" aria-label="{heading}" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(one: Mapping[str, Any]) -> str:
    verdict, kind = _verdict(one)
    between = f"{one['low']:+.3f} to {one['high']:+.3f}" if one["low"] is not None else "–"
    p = "&lt;.001" if one["p_corrected"] < 0.001 else f"{one['p_corrected']:.3f}"
    return (
        f'<tr><th scope="row">{shown(one["figure"])}</th><td>{one["before"]:.3f}</td>'
        f"<td>{one['after']:.3f}</td><td>{one['change']:+.3f}</td><td>{between}</td>"
        f"<td>{one['differing']:,} of {one['n']:,} differ</td><td>{p}</td>"
        f'<td><b class="{kind}">{verdict}</b></td></tr>'
    )


def _verdict(one: Mapping[str, Any]) -> tuple[str, str]:
    """Whether a change is more than chance, in words and as a class for its colour."""
    if one["p_corrected"] >= _SIGNIFICANT:
        return "within chance", "not-judged"
    return ("better ▲", "right") if one["better"] else ("worse ▼", "wrong")


def _changed(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "<h3>Questions answered otherwise</h3><p>None.</p>"
    folds = joined(_fold(one) for one in rows[:CHANGED_LIMIT])
    more = len(rows) - CHANGED_LIMIT
    left = (
        f"<p>{more:,} more: <code>pincite eval compare</code> shows them.</p>" if more > 0 else ""
    )
    return (
        f"<h3>Questions answered otherwise ({len(rows):,})</h3><p>Those that lost most first.</p>"
        f"{folds}{left}"
    )


def _fold(one: Mapping[str, Any]) -> str:
    figures = " · ".join(
        f"{shown(name)} {before:.2f} → {after:.2f}"
        for name, (before, after) in one["figures"].items()
    )
    condition = "" if one["condition"] == "as asked" else f" <i class=tag>{one['condition']}</i>"
    return (
        f'<details class="q"><summary><span>{shown(one["question"])}</span>{condition}</summary>'
        f"<div><p><em>Before:</em> <span>{shown(one['before'])}</span></p>"
        f"<p><em>After:</em> <span>{shown(one['after'])}</span></p>"
        f"<p><small>{shown(one['id'])}<br>{figures}</small></p></div></details>"
    )


def render_file(name: str, content: bytes, *, media: str, key: int) -> str:
    """A file for the browser to save as soon as it sees it; `key` tells one saving from another."""
    encoded = base64.b64encode(content).decode()
    return (
        f'<span hidden data-file="{attribute(name)}" data-media="{media}" data-key="{key}" '
        f'data-content="{encoded}"></span>'
    )
