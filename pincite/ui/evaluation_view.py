"""The evaluation page as markup: what to ask, the run under way, and the runs that are stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from index.pace import left_in_words
from pincite.ui.evaluation_run import Standing
from pincite.ui.evaluation_stored import Stored
from pincite.ui.markup import attribute, capitalised, counted, joined, notice, short_date, shown

if TYPE_CHECKING:
    from eval.models import Figure
    from eval.verdicts import Result

# So many of the questions done are listed while a run is watched; the report has all.
LATEST = 8
_FIGURES = {
    "contained": "Right answers",
    "right_refusals": "Rightly refused",
    "wrong_refusals": "Wrongly refused",
    "ndcg@10": "nDCG@10",
}
EMPTY_REPORT = (
    '<div class="pane-empty"><p class="pane-empty-mark" aria-hidden="true">[?]</p>'
    "<h2>How good are the answers?</h2><p>A run puts questions with known answers to the "
    "assistant and counts what comes back: right and wrong answers, refusals, quotes. Start one, "
    "or open one that is stored; tick two to compare them.</p></div>"
)


def render_what(*, bundled: bool) -> str:
    """The choice between the questions that come with Pincite and a visitor's own."""
    own = _choice(
        "file",
        "Questions of your own",
        "A table (CSV, TSV) or JSON Lines with the columns question, answers and answerable, or a "
        "SQuAD file. They are asked of this library.",
        checked=not bundled,
    )
    examples = _choice(
        "bundled",
        "The bundled questions",
        "On the sixteen example articles, which they are asked of apart from your documents, with "
        "the settings of this library.",
        checked=True,
    )
    return (
        '<fieldset class="choices"><legend>What to ask</legend>'
        f"{examples if bundled else ''}{own}</fieldset>"
    )


def _choice(value: str, label: str, hint: str, *, checked: bool) -> str:
    return (
        f'<label class="choice"><input type="radio" name="what" value="{value}"'
        f'{" checked" if checked else ""}><span>{label}<small class="hint">{hint}</small></span>'
        "</label>"
    )


def render_start() -> str:
    """How many questions, and the button."""
    return (
        '<form class="start" novalidate><label class="field-row"><span>Number of questions</span>'
        '<input type="number" name="limit" min="1" step="1" inputmode="numeric" '
        'placeholder="all"></label>'
        '<label class="tick"><input type="checkbox" name="removed"><span>Ask again with the '
        'evidence removed<small class="hint">Each answerable question once more, with the '
        "passages withheld that give its answer away: it should be refused.</small></span></label>"
        '<button class="chip primary" type="submit">Start</button></form>'
    )


def render_progress(standing: Standing | None) -> str:
    """How far a run is, and the questions done, the latest first; empty where there is none."""
    if standing is None:
        return ""
    from eval.verdicts import results

    found = results(standing.outcomes)
    counts = Counter(one.verdict for one in found)
    verdicts = joined(
        f'<li class="{_css(verdict)}">{count:,} {verdict}</li>' for verdict, count in counts.items()
    )
    rows = joined(_done(one) for one in found[: -LATEST - 1 : -1])
    # Announced at its end only: an assistant that is asked fast would drown everything else.
    role = ' role="status"' if standing.ended else ""
    return (
        f'<div class="adding run-now"><p class="adding-total"{role}>{_words(standing)}</p>'
        f'{_bar(standing)}<ul class="run-verdicts">{verdicts}</ul>'
        f"{notice(standing.trouble, kind='trouble') if standing.trouble else ''}"
        f'<ul class="run-done" aria-label="The latest questions">{rows}</ul></div>'
    )


def _words(standing: Standing) -> str:
    if standing.finished:
        return f"Finished: {counted(len(standing.outcomes), 'question')} asked"
    if standing.trouble is not None:
        return "The run ended early"
    if standing.ended:
        return f"Stopped after {counted(len(standing.outcomes), 'question')}"
    if standing.stopping:
        return "Stopping after the question at hand"
    return f"{capitalised(standing.stage)}: {standing.done:,} of {standing.total:,}"


def _bar(standing: Standing) -> str:
    if standing.ended:
        return ""
    left = standing.seconds_left
    pace = f'<p class="hint pace">{left_in_words(left)}</p>' if left is not None else ""
    return (
        f'<progress max="{max(1, standing.total)}" value="{standing.done}" '
        f'aria-label="Questions asked"></progress>{pace}'
    )


def _done(one: Result) -> str:
    query = one.outcome.query
    return (
        f'<li class="file-row"><span class="file"><bdi>{shown(query.question)}</bdi></span>'
        f'<b class="outcome {_css(one.verdict)}">{one.verdict}</b></li>'
    )


def _css(verdict: str) -> str:
    return verdict.replace(" ", "-")


def render_run_buttons(standing: Standing | None, *, may: bool) -> str:
    """What can be done about the run under way; drawn anew only when that changes.

    Who `may` not change runs can read the report of one that is finished.
    """
    if standing is None or not (may or standing.finished):
        return ""
    if not standing.ended:
        disabled = " disabled" if standing.stopping else ""
        return f'<button class="quiet" type="button" data-run="stop"{disabled}>Stop</button>'
    name = attribute(standing.name)
    if standing.finished:
        return (
            f'<button class="chip" type="button" data-run="open" data-name="{name}">'
            "Read the report</button>"
        )
    return (
        f'<button class="chip" type="button" data-run="resume" data-name="{name}">'
        "Go on with it</button>"
    )


def render_stored(stored: Sequence[Stored], *, running: str | None, may: bool) -> str:
    """The stored runs, which whoever `may` can go on with and delete.

    `running` is the name of the one under way, which is not listed.
    """
    rows = joined(_run(one, may=may) for one in stored if one.name != running)
    if not rows:
        return '<p class="hint">No run is stored yet.</p>'
    ask = '<button class="quiet" type="button" data-run="ask">Delete</button>' if may else ""
    return (
        f'<ul class="runs">{rows}</ul>'
        '<div class="removal" hidden><span class="removal-choice">'
        '<button class="quiet" type="button" data-run="compare">Compare the two</button>'
        f"{ask}</span>{_SURE if may else ''}</div>"
    )


_SURE = (
    '<span class="removal-sure" hidden><span class="removal-words">Delete for good?</span> '
    '<button class="quiet danger" type="button" data-run="yes">Delete</button>'
    '<button class="quiet" type="button" data-run="no">Keep</button></span>'
)


def _run(one: Stored, *, may: bool) -> str:
    title = moment(one.written)
    name = attribute(one.name)
    if one.trouble is not None:
        head, facts = f'<span class="run-title">{title}</span>', one.trouble
    elif one.asked is not None:
        head = f'<span class="run-title">{title}</span>'
        facts = f"Not finished, {counted(one.asked, 'answer')} kept."
        if may:
            facts += (
                ' <button class="quiet" type="button" data-run="resume" '
                f'data-name="{name}">Go on</button>'
            )
    else:
        head = (
            f'<button class="run-title" type="button" data-run="open" data-name="{name}">{title}'
            "</button>"
        )
        facts = f"<bdi>{shown(one.dataset)}</bdi>, {counted(one.questions, 'question')}{_main(one)}"
    return (
        f'<li><input type="checkbox" class="pick-box" data-pick="{name}" '
        f'aria-label="Select the run of {title}">{head}<div class="run-facts">{facts}</div></li>'
    )


def _main(one: Stored) -> str:
    rows = joined(
        f"<li>{label} {_share(one.figures[name])}</li>"
        for name, label in _FIGURES.items()
        if name in one.figures and one.figures[name].value is not None
    )
    return f'<ul class="run-figures">{rows}</ul>' if rows else ""


def _share(figure: Figure) -> str:
    value, interval = figure.value or 0.0, figure.interval
    between = f" [{interval.low:.2f}–{interval.high:.2f}]" if interval else ""
    return f"<strong>{value:.2f}</strong>{between}, n {figure.n:,}"


def moment(when: datetime) -> str:
    """A day and a time of day.

    >>> moment(datetime(2026, 11, 22, 9, 5))
    '22 Nov 2026, 09:05'
    """
    return f"{short_date(when.date())}, {when:%H:%M}"
