"""The evaluation page as markup: what to ask, the run under way, and the runs that are stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pincite.ui.evaluation_run import Standing
from pincite.ui.evaluation_stored import Stored
from pincite.ui.markup import attribute, joined, notice, short_date, shown
from pincite.ui.pace_words import left_words
from pincite.words import mark, mark_plural, number, plural, t

if TYPE_CHECKING:
    from eval.models import Figure
    from eval.verdicts import Result, Verdict

# So many of the questions done are listed while a run is watched; the report has all.
LATEST = 8
_FIGURES = {
    "contained": mark("Right answers"),
    "right_refusals": mark("Rightly refused"),
    "wrong_refusals": mark("Wrongly refused"),
    "ndcg@10": "nDCG@10",
}
_STAGES: Mapping[str, str] = {
    "beginning": mark("Beginning"),
    "building the library": mark("Building the library"),
    "asking": mark("Asking"),
    "asking with the evidence removed": mark("Asking with the evidence removed"),
    "judging": mark("Judging"),
}
# What came of questions, and how many came to it.
_VERDICTS: Mapping[Verdict, tuple[str, tuple[str, str]]] = {
    "right": (mark("right"), mark_plural("{count} right", "{count} right")),
    "rightly refused": (
        mark("rightly refused"),
        mark_plural("{count} rightly refused", "{count} rightly refused"),
    ),
    "wrong": (mark("wrong"), mark_plural("{count} wrong", "{count} wrong")),
    "wrongly refused": (
        mark("wrongly refused"),
        mark_plural("{count} wrongly refused", "{count} wrongly refused"),
    ),
    "should have refused": (
        mark("should have refused"),
        mark_plural("{count} should have refused", "{count} should have refused"),
    ),
    "failed": (mark("failed"), mark_plural("{count} failed", "{count} failed")),
    "not judged": (mark("not judged"), mark_plural("{count} not judged", "{count} not judged")),
}


def empty_report() -> str:
    """What stands where a report will be, before one is opened."""
    about = t(
        "A run puts questions with known answers to the assistant and counts what comes back: "
        "right and wrong answers, refusals, quotes. Start one, or open one that is stored; tick "
        "two to compare them."
    )
    return (
        '<div class="pane-empty"><p class="pane-empty-mark" aria-hidden="true">[?]</p>'
        f"<h2>{t('How good are the answers?')}</h2><p>{about}</p></div>"
    )


def render_what(*, bundled: bool) -> str:
    """The choice between the questions that come with Pincite and a visitor's own."""
    own = _choice(
        "file",
        t("Questions of your own"),
        t(
            "A table (CSV, TSV) or JSON Lines with the columns question, answers and answerable, "
            "or a SQuAD file. They are asked of this library."
        ),
        checked=not bundled,
    )
    examples = _choice(
        "bundled",
        t("The bundled questions"),
        t(
            "On the sixteen example articles, which they are asked of apart from your documents, "
            "with the settings of this library."
        ),
        checked=True,
    )
    return (
        f'<fieldset class="choices"><legend>{t("What to ask")}</legend>'
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
    hint = t(
        "Each answerable question once more, with the passages withheld that give its answer "
        "away: it should be refused."
    )
    return (
        '<form class="start" novalidate><label class="field-row">'
        f"<span>{t('Number of questions')}</span>"
        '<input type="number" name="limit" min="1" step="1" inputmode="numeric" '
        f'placeholder="{t("all")}"></label>'
        '<label class="tick"><input type="checkbox" name="removed">'
        f'<span>{t("Ask again with the evidence removed")}<small class="hint">{hint}</small>'
        "</span></label>"
        f'<button class="chip primary" type="submit">{t("Start")}</button></form>'
    )


def render_progress(standing: Standing | None) -> str:
    """How far a run is, and the questions done, the latest first; empty where there is none."""
    if standing is None:
        return ""
    from eval.verdicts import results

    found = results(standing.outcomes)
    counts = Counter(one.verdict for one in found)
    verdicts = joined(
        f'<li class="{_css(verdict)}">{plural(*_VERDICTS[verdict][1], count)}</li>'
        for verdict, count in counts.items()
    )
    rows = joined(_done(one) for one in found[: -LATEST - 1 : -1])
    # Announced at its end only: an assistant that is asked fast would drown everything else.
    role = ' role="status"' if standing.ended else ""
    return (
        f'<div class="adding run-now"><p class="adding-total"{role}>{_words(standing)}</p>'
        f'{_bar(standing)}<ul class="run-verdicts">{verdicts}</ul>'
        f"{notice(standing.trouble, kind='trouble') if standing.trouble else ''}"
        f'<ul class="run-done" aria-label="{t("The latest questions")}">{rows}</ul></div>'
    )


def _words(standing: Standing) -> str:
    if standing.finished:
        asked = len(standing.outcomes)
        return plural(
            "Finished: {count} question asked", "Finished: {count} questions asked", asked
        )
    if standing.trouble is not None:
        return t("The run ended early")
    if standing.ended:
        asked = len(standing.outcomes)
        return plural("Stopped after {count} question", "Stopped after {count} questions", asked)
    if standing.stopping:
        return t("Stopping after the question at hand")
    return t(
        "{stage}: {done} of {total}",
        stage=t(_STAGES[standing.stage]),
        done=number(standing.done),
        total=number(standing.total),
    )


def _bar(standing: Standing) -> str:
    if standing.ended:
        return ""
    left = standing.seconds_left
    pace = f'<p class="hint pace">{left_words(left)}</p>' if left is not None else ""
    return (
        f'<progress max="{max(1, standing.total)}" value="{standing.done}" '
        f'aria-label="{t("Questions asked")}"></progress>{pace}'
    )


def _done(one: Result) -> str:
    query = one.outcome.query
    return (
        f'<li class="file-row"><span class="file"><bdi>{shown(query.question)}</bdi></span>'
        f'<b class="outcome {_css(one.verdict)}">{t(_VERDICTS[one.verdict][0])}</b></li>'
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
        return f'<button class="quiet" type="button" data-run="stop"{disabled}>{t("Stop")}</button>'
    name = attribute(standing.name)
    if standing.finished:
        return (
            f'<button class="chip" type="button" data-run="open" data-name="{name}">'
            f"{t('Read the report')}</button>"
        )
    return (
        f'<button class="chip" type="button" data-run="resume" data-name="{name}">'
        f"{t('Go on with it')}</button>"
    )


def render_stored(stored: Sequence[Stored], *, running: str | None, may: bool) -> str:
    """The stored runs, which whoever `may` can go on with and delete.

    `running` is the name of the one under way, which is not listed.
    """
    rows = joined(_run(one, may=may) for one in stored if one.name != running)
    if not rows:
        return f'<p class="hint">{t("No run is stored yet.")}</p>'
    compare, delete = t("Compare the two"), t("Delete")
    ask = f'<button class="quiet" type="button" data-run="ask">{delete}</button>' if may else ""
    return (
        f'<ul class="runs">{rows}</ul>'
        '<div class="removal" hidden><span class="removal-choice">'
        f'<button class="quiet" type="button" data-run="compare">{compare}</button>'
        f"{ask}</span>{_sure() if may else ''}</div>"
    )


def _sure() -> str:
    return (
        '<span class="removal-sure" hidden>'
        f'<span class="removal-words">{t("Delete for good?")}</span> '
        f'<button class="quiet danger" type="button" data-run="yes">{t("Delete")}</button>'
        f'<button class="quiet" type="button" data-run="no">{t("Keep")}</button></span>'
    )


def _run(one: Stored, *, may: bool) -> str:
    title = moment(one.written)
    name = attribute(one.name)
    if one.trouble is not None:
        head, facts = f'<span class="run-title">{title}</span>', one.trouble
    elif one.asked is not None:
        head = f'<span class="run-title">{title}</span>'
        facts = plural(
            "Not finished, {count} answer kept.", "Not finished, {count} answers kept.", one.asked
        )
        if may:
            facts += (
                ' <button class="quiet" type="button" data-run="resume" '
                f'data-name="{name}">{t("Go on")}</button>'
            )
    else:
        head = (
            f'<button class="run-title" type="button" data-run="open" data-name="{name}">{title}'
            "</button>"
        )
        asked = plural(
            "{file}, {count} question",
            "{file}, {count} questions",
            one.questions,
            file=f"<bdi>{shown(one.dataset)}</bdi>",
        )
        facts = f"{asked}{_main(one)}"
    return (
        f'<li><input type="checkbox" class="pick-box" data-pick="{name}" '
        f'aria-label="{t("Select the run of {day}", day=title)}">{head}'
        f'<div class="run-facts">{facts}</div></li>'
    )


def _main(one: Stored) -> str:
    rows = joined(
        f"<li>{t(label)} {_share(one.figures[name])}</li>"
        for name, label in _FIGURES.items()
        if name in one.figures and one.figures[name].value is not None
    )
    return f'<ul class="run-figures">{rows}</ul>' if rows else ""


def _share(figure: Figure) -> str:
    value, interval = figure.value or 0.0, figure.interval
    between = ""
    if interval:
        between = f" [{number(interval.low, '.2f')}–{number(interval.high, '.2f')}]"
    return f"<strong>{number(value, '.2f')}</strong>{between}, n {number(figure.n)}"


def moment(when: datetime) -> str:
    """A day and a time of day.

    >>> moment(datetime(2026, 11, 22, 9, 5))
    '22 Nov 2026, 09:05'
    """
    return t("{day}, {time}", day=short_date(when.date()), time=f"{when:%H:%M}")
