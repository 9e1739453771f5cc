"""The questions of a run as HTML: each a fold with its answer, its quotes and its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.marking import marked
from eval.metrics.answers import holds
from eval.models import CitationOutcome, ClaimOutcome, Condition, Outcome, Query
from eval.opinions import Opinion
from eval.verdicts import Result, Verdict
from rag.render import html_text

# Beside the colour, for those who do not see it.
MARKS: Mapping[Verdict, str] = {
    "right": "✓",
    "rightly refused": "✓",
    "wrong": "✗",
    "wrongly refused": "✗",
    "should have refused": "✗",
    "failed": "!",
    "not judged": "–",
}
MOST_OF_A_GROUP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstGroup:
    """Questions that went wrong in one way, the most telling first."""

    heading: str
    why: str
    results: Sequence[Result]


def css_class(verdict: Verdict) -> str:
    """A verdict as the name of a class.

    >>> css_class("should have refused")
    'should-have-refused'
    """
    return verdict.replace(" ", "-")


def verdict_words(verdict: Verdict) -> str:
    """A verdict as markup: mark, words and colour."""
    return f'<b class="{css_class(verdict)}">{MARKS[verdict]} {verdict}</b>'


def question_fold(one: Result, types: Mapping[str, int], *, opinions: Mapping[str, Opinion]) -> str:
    """Everything about one question, folded under the question itself.

    What is unfolded has the id `q` and its number, so that a link to it opens the fold. `types`
    numbers the types of questions for the filter; `opinions` are a model's, by id.
    """
    outcome, query = one.outcome, one.outcome.query
    parts = [
        *_expected(outcome),
        *_answer(outcome),
        *_opinion(outcome, opinions),
        *_evidence(outcome),
        *_facts(one),
    ]
    inside = f'<div id="q{one.number}">{"".join(parts)}</div>'
    return (
        f'<details class="q" data-v="{css_class(one.verdict)}" data-t="{types[query.type]}">'
        f"<summary><span>{html_text(query.question)}</span>{_condition(outcome)} "
        f"{verdict_words(one.verdict)}</summary>{inside}</details>"
    )


def worst_groups(found: Sequence[Result]) -> list[WorstGroup]:
    """What went wrong, by kind; where the assistant was sure comes before where it was not."""
    groups: tuple[tuple[str, str, set[tuple[Verdict, Condition]]], ...] = (
        (
            "Failed",
            "An error instead of an answer.",
            {("failed", "as asked"), ("failed", "evidence removed")},
        ),
        (
            "Answerable, but wrong or refused",
            "Wrong answers before refusals, and those it was surest of before the others.",
            {("wrong", "as asked"), ("wrongly refused", "as asked")},
        ),
        (
            "Not answerable, but answered",
            "Nothing in the documents answers these; those it was surest of come first.",
            {("should have refused", "as asked")},
        ),
        (
            "Evidence removed, but answered",
            "What gives the known answer away was withheld; documents may say it in other words.",
            {("should have refused", "evidence removed")},
        ),
    )
    return [
        WorstGroup(heading=heading, why=why, results=sorted(some, key=_telling))
        for heading, why, kinds in groups
        if (some := [one for one in found if (one.verdict, one.outcome.condition) in kinds])
    ]


def worst_list(group: WorstGroup) -> str:
    """Links to the questions of a group."""
    shown = group.results[:MOST_OF_A_GROUP]
    items = "".join(
        f'<li><a href="#q{one.number}"><span>{html_text(one.outcome.query.question)}</span></a>'
        f"{_condition(one.outcome)} {verdict_words(one.verdict)}{_probability(one)}</li>"
        for one in shown
    )
    left = len(group.results) - len(shown)
    more = f"<p>{left:,} more are among all questions below.</p>" if left else ""
    return (
        f"<h3>{group.heading} ({len(group.results):,})</h3><p>{group.why}</p><ol>{items}</ol>{more}"
    )


def _condition(outcome: Outcome) -> str:
    return "" if outcome.condition == "as asked" else f' <i class="tag">{outcome.condition}</i>'


def _telling(one: Result) -> tuple[bool, float, int]:
    return one.outcome.abstained, -(one.outcome.probability or 0.0), one.number


def _probability(one: Result) -> str:
    found = one.outcome.probability
    return "" if found is None else f" <small>probability {found:.2f}</small>"


def _expected(outcome: Outcome) -> Iterator[str]:
    query = outcome.query
    if outcome.condition == "evidence removed":
        yield f"<p><em>Expected:</em> a refusal: {outcome.withheld:,} passages were withheld.</p>"
    elif query.answerable is False:
        yield "<p><em>Expected:</em> a refusal: nothing in the documents answers this.</p>"
    if query.answers:
        joined = " <i>and</i> " if query.all_answers else " <i>or</i> "
        answers = joined.join(f"<span>{html_text(one)}</span>" for one in query.answers)
        yield f"<p><em>Known answer:</em> {answers}</p>"


def _answer(outcome: Outcome) -> Iterator[str]:
    if outcome.error is not None:
        yield f"<p><em>Failed:</em> {html_text(outcome.error)}</p>"
    if outcome.abstained:
        reason = html_text(outcome.abstained_because or "without a reason")
        yield f"<p><em>Refused:</em> {reason}</p>"
    if outcome.claims:
        claims = "".join(_claim(claim, outcome.query) for claim in outcome.claims)
        words = len(outcome.text.split())
        yield f"<p><em>Answer, {words:,} words:</em></p><ol>{claims}</ol>"
    if outcome.notices:
        yield f"<p><em>Notices:</em> {' '.join(map(html_text, outcome.notices))}</p>"


def _opinion(outcome: Outcome, opinions: Mapping[str, Opinion]) -> Iterator[str]:
    found = opinions.get(outcome.query.id)
    if found and outcome.condition == "as asked":
        yield f"<p><em>Right, in a model's opinion:</em> {found.reply}</p>"


def _evidence(outcome: Outcome) -> Iterator[str]:
    evidence, relevant, ranked = outcome.query.evidence, outcome.query.relevant, outcome.ranked
    if evidence:
        items = "".join(f"<li>{html_text(one)}</li>" for one in evidence)
        yield f"<p><em>Known evidence:</em></p><ul>{items}</ul>"
    if relevant and ranked is not None:
        ranks = "; ".join(f"<span>{html_text(one)}</span> {_rank(one, ranked)}" for one in relevant)
        yield f"<p><em>Relevant documents:</em> {ranks}</p>"


def _rank(name: str, ranked: Sequence[str]) -> str:
    if name in ranked:
        return f"at rank {ranked.index(name) + 1}"
    return f"<strong>not among the first {len(ranked)}</strong>"


def _claim(claim: ClaimOutcome, query: Query) -> str:
    """A claim that is its only quote, word for word, is not said twice."""
    said = [citation.quote for citation in claim.citations] == [claim.text]
    text = (
        ""
        if said
        else f"<p><span>{html_text(claim.text)}</span> <small>{claim.verdict}</small></p>"
    )
    cited = "".join(_citation(citation, query) for citation in claim.citations)
    return f"<li>{text}{cited or '<p><strong>cites nothing</strong></p>'}</li>"


def _citation(citation: CitationOutcome, query: Query) -> str:
    quote = citation.quote
    # A quote from within a known sentence is evidence as a whole.
    within = [quote for sentence in query.evidence if holds(sentence, quote)]
    shown = marked(quote, answers=query.answers, evidence=(*query.evidence, *within))
    fault = "" if citation.exact else " <strong>✗ not in the document word for word</strong>"
    return f"<blockquote>“{shown}” <cite>{html_text(citation.document)}</cite>{fault}</blockquote>"


def _facts(one: Result) -> Iterator[str]:
    figures = " · ".join(f"{name} {value:.3g}" for name, value in one.figures.items())
    outcome = one.outcome
    said = [html_text(outcome.query.id), html_text(outcome.query.type)]
    if outcome.probability is not None:
        said.append(f"probability {outcome.probability:.3f}")
    yield f"<p><small>{' · '.join(filter(None, said))}<br>{figures}</small></p>"
