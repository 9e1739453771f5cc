"""A stored run, and two compared, as markup of the page. Everything untrusted is escaped."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pincite.ui.evaluation_view import moment
from pincite.ui.markup import attribute, joined, shown
from pincite.words import ENGLISH, mark, number, plural, signs, spoken, t

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
        f'<p class="report-save" lang="{spoken()}"><button class="quiet" type="button" '
        f'data-run="save" data-name="{attribute(name)}">'
        f"{t('Save {file}', file='report.html')}</button></p>"
    )
    if len(report.outcomes) <= QUESTIONS_LIMIT:
        inside, language = to_fragment(report, written=written), ENGLISH
    else:
        title = t("Evaluation: {file}", file=shown(report.manifest.dataset))
        more = plural(
            "These are {count} question, more than the page unfolds with ease: the saved report "
            "has them all.",
            "These are {count} questions, more than the page unfolds with ease: the saved report "
            "has them all.",
            len(report.outcomes),
        )
        inside = f"<header><h1>{title}</h1></header><p>{more}</p>{figures_table(report.scores)}"
        language = spoken()
    # The page has its own first heading.
    inside = inside.replace("<h1>", '<h2 class="report-title" tabindex="-1">', 1)
    inside = inside.replace("</h1>", "</h2>", 1)
    return f'<div class="report-view" lang="{language}">{save}{inside}</div>'


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
        notes.append(t("The same in both: {figures}.", figures=", ".join(map(shown, same))))
    about = plural(
        "Before: {before}. After: {after}. {count} question in both, {changed} answered otherwise.",
        "Before: {before}. After: {after}. {count} questions in both, {changed} answered "
        "otherwise.",
        row["questions"],
        before=moment(before),
        after=moment(after),
        changed=number(len(row["changed"])),
    )
    method = f'<p class="soft">{t(_METHOD)}</p>'
    return (
        '<div class="report-view comparison"><h2 class="report-title" tabindex="-1">'
        f"{t('Two runs compared')}</h2><p>{about}</p>{joined(f'<p>{note}</p>' for note in notes)}"
        f"{_table(t('Figures that changed'), moved)}{_table(t('By type and length'), slices)}"
        f"{method if moved else ''}{_changed(row['changed'])}</div>"
    )


_METHOD = mark(
    "p: McNemar’s exact test for figures of 0 and 1, else Wilcoxon’s signed ranks, corrected after "
    "Holm. The range is a 95 % paired bootstrap interval of the change. What stays within chance "
    "says nothing."
)


def _named(note: str, found: Comparison) -> str:
    """A note in which the runs are called what the page calls them."""
    before, after = str(found.before.folder), str(found.after.folder)
    return note.replace(before, t("the run before")).replace(after, t("the run after"))


def _table(heading: str, rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    columns = (
        *(t("figure"), t("before"), t("after"), t("change")),
        *("95 %", t("questions"), "p", ""),
    )
    head = joined(f'<th scope="col">{name}</th>' for name in columns)
    body = joined(_row(one) for one in rows)
    return (
        f'<h3>{heading}</h3><div class="wide" role="region" aria-label="{heading}" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(one: Mapping[str, Any]) -> str:
    verdict, kind = _verdict(one)
    between = "–"
    if one["low"] is not None:
        low, high = number(one["low"], "+.3f"), number(one["high"], "+.3f")
        between = t("{low} to {high}", low=low, high=high)
    p = f"&lt;{signs('.001')}" if one["p_corrected"] < 0.001 else number(one["p_corrected"], ".3f")
    differ = plural(
        "{differing} of {count} differ",
        "{differing} of {count} differ",
        one["n"],
        differing=number(one["differing"]),
    )
    return (
        f'<tr><th scope="row">{shown(one["figure"])}</th><td>{number(one["before"], ".3f")}</td>'
        f"<td>{number(one['after'], '.3f')}</td><td>{number(one['change'], '+.3f')}</td>"
        f"<td>{between}</td><td>{differ}</td><td>{p}</td>"
        f'<td><b class="{kind}">{verdict}</b></td></tr>'
    )


def _verdict(one: Mapping[str, Any]) -> tuple[str, str]:
    """Whether a change is more than chance, in words and as a class for its colour."""
    if one["p_corrected"] >= _SIGNIFICANT:
        return t("within chance"), "not-judged"
    return (t("better ▲"), "right") if one["better"] else (t("worse ▼"), "wrong")


def _changed(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return f"<h3>{t('Questions answered otherwise')}</h3><p>{t('None.')}</p>"
    folds = joined(_fold(one) for one in rows[:CHANGED_LIMIT])
    more = len(rows) - CHANGED_LIMIT
    left = ""
    if more > 0:
        command = "<code>pincite eval compare</code>"
        said = t("{count} more: {command} shows them.", count=number(more), command=command)
        left = f"<p>{said}</p>"
    return (
        f"<h3>{t('Questions answered otherwise')} ({number(len(rows))})</h3>"
        f"<p>{t('Those that lost most first.')}</p>{folds}{left}"
    )


def _fold(one: Mapping[str, Any]) -> str:
    figures = " · ".join(
        f"{shown(name)} {number(before, '.2f')} → {number(after, '.2f')}"
        for name, (before, after) in one["figures"].items()
    )
    condition = ""
    if one["condition"] != "as asked":
        condition = f" <i class=tag>{t('evidence removed')}</i>"
    return (
        f'<details class="q"><summary><span>{shown(one["question"])}</span>{condition}</summary>'
        f"<div><p><em>{t('Before:')}</em> <span>{shown(one['before'])}</span></p>"
        f"<p><em>{t('After:')}</em> <span>{shown(one['after'])}</span></p>"
        f"<p><small>{shown(one['id'])}<br>{figures}</small></p></div></details>"
    )


def render_file(name: str, content: bytes, *, media: str, key: int) -> str:
    """A file for the browser to save as soon as it sees it; `key` tells one saving from another."""
    encoded = base64.b64encode(content).decode()
    return (
        f'<span hidden data-file="{attribute(name)}" data-media="{media}" data-key="{key}" '
        f'data-content="{encoded}"></span>'
    )
