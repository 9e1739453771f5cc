"""One word for what came of a question, so that questions can be counted, found and sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.models import Outcome
from eval.score import measure

Verdict = Literal[
    "right",
    "rightly refused",
    "wrong",
    "wrongly refused",
    "should have refused",
    "failed",
    "not judged",
]

# Every verdict with its meaning, in the order in which reports show them.
VERDICTS: Mapping[Verdict, str] = {
    "right": "the answer holds the expected one, in at most 60 words",
    "rightly refused": "nothing answers the question, and it was refused",
    "wrong": "the answer does not hold the expected one, or has more than 60 words",
    "wrongly refused": "the documents answer the question, yet it was refused",
    "should have refused": "nothing answers the question, yet it was answered",
    "failed": "an error instead of an answer",
    "not judged": "only searched for, or without a known answer to judge by",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An outcome with its values for the figures and its verdict; `number` counts from 1."""

    number: int
    outcome: Outcome
    figures: Mapping[str, float]
    verdict: Verdict


def results(outcomes: Sequence[Outcome]) -> tuple[Result, ...]:
    """The outcomes judged, in their order."""
    measured = ((outcome, measure(outcome)) for outcome in outcomes)
    return tuple(
        Result(number=number, outcome=one, figures=figures, verdict=_verdict(one, figures))
        for number, (one, figures) in enumerate(measured, start=1)
    )


def _verdict(outcome: Outcome, figures: Mapping[str, float]) -> Verdict:
    if outcome.error is not None:
        return "failed"
    if not outcome.asked:
        return "not judged"
    if outcome.condition == "evidence removed" or not outcome.query.answerable:
        return "rightly refused" if outcome.abstained else "should have refused"
    if outcome.abstained:
        return "wrongly refused"
    if "contained" not in figures:
        return "not judged"
    return "right" if figures["contained"] else "wrong"
