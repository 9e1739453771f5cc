"""The summary of a report as HTML: what someone who never saw one is to read first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from eval.html_questions import css_class, verdict_words
from eval.html_tables import percent
from eval.models import Figure, Report
from eval.plots import interval_bar, parts_bar
from eval.verdicts import VERDICTS, Result
from rag.render import html_text

# What to look at first: a figure, and what it says to those who never saw one.
_FIRST = (
    ("contained", "Right answers", "of {n} answerable questions: the answer holds the known one"),
    ("right_refusals", "Rightly refused", "of {n} questions that the documents do not answer"),
    (
        "wrong_refusals",
        "Wrongly refused",
        "of {n} questions that the documents answer; the fewer the better",
    ),
    (
        "gold_cited",
        "Backed by a quote",
        "of {n} answers: a quote holds the known answer or its evidence",
    ),
    (
        "ndcg@10",
        "Relevant documents first",
        "over {n} questions; 100 % if all stand before every other one found (nDCG@10)",
    ),
    (
        "quotes_exact",
        "Quotes word for word",
        "of the quotes stand in their document exactly so, over {n} answers",
    ),
)
_HOW_JUDGED = (
    "Whether an answer is right is decided by words, not by a reader: one that says the same in "
    "other words counts as wrong. The range beside a value is its 95 % interval: how far other "
    "questions of the same kind might move it."
)


def summary(report: Report, found: Sequence[Result]) -> str:
    """The first figures, how many questions went well and wrong, and the notes of the run."""
    overall = report.scores.overall
    cards = "".join(
        _card(overall[name], heading, meaning)
        for name, heading, meaning in _FIRST
        if name in overall
    )
    counted = Counter(one.verdict for one in found if one.outcome.condition == "as asked")
    verdicts = {verdict: counted[verdict] for verdict in VERDICTS if counted[verdict]}
    items = "".join(
        f"<li>{verdict_words(verdict)} <strong>{count:,}</strong> "
        f"<small>{VERDICTS[verdict]}</small></li>"
        for verdict, count in verdicts.items()
    )
    bar = (
        parts_bar({css_class(verdict): count for verdict, count in verdicts.items()})
        if verdicts
        else ""
    )
    notes = "".join(f"<p>{html_text(note)}</p>" for note in report.manifest.notes)
    return (
        f'<div class="cards">{cards}</div>\n<h3>What came of the questions</h3>{bar}'
        f'<ul class="verdicts">{items}</ul><p class="soft">{_HOW_JUDGED}</p>{notes}'
    )


def _card(one: Figure, heading: str, meaning: str) -> str:
    if one.value is None or one.interval is None:
        return ""
    low, high = one.interval
    return (
        f"<article><h3>{heading}</h3><p><strong>{percent(one.value)}</strong> "
        f"<span>{percent(low)} to {percent(high)}</span></p>{interval_bar(one)}"
        f"<p><small>{meaning.format(n=f'{one.n:,}')}</small></p></article>"
    )
