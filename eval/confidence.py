"""How the assistant's own probability fared over the answers of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eval.metrics.calibration import (
    Bin,
    Judged,
    RiskPoint,
    calibration_error,
    reliability,
    risk_area,
    risk_coverage,
)
from eval.models import Report
from eval.verdicts import Result, Verdict, results

_ANSWERED: Mapping[Verdict, bool] = {"right": True, "wrong": False, "should have refused": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """Curve and bins over `answers`, of so many `questions` that were answered or refused.

    `probability` is the mean over the answers, `right` the share of them that was right.

    `area` is under the curve, `error` the expected calibration error (`eval.metrics.calibration`).
    """

    answers: int
    questions: int
    probability: float
    right: float
    curve: tuple[RiskPoint, ...]
    area: float
    bins: tuple[Bin, ...]
    error: float


def report_confidence(report: Report) -> Confidence | None:
    """That of a run; `None` too for a plain alternative, which is certain of whatever it shows."""
    if report.manifest.baseline:
        return None
    return confidence(results(report.outcomes), seed=report.manifest.seed)


def confidence(found: Iterable[Result], *, seed: int = 0) -> Confidence | None:
    """What can be said over questions as asked; `None` without an answer that can be judged.

    An answer to a question that nothing answers is wrong.
    """
    asked = [one for one in found if one.outcome.condition == "as asked"]
    answers = [
        Judged(one.outcome.probability, _ANSWERED[one.verdict])
        for one in asked
        if one.outcome.probability is not None and one.verdict in _ANSWERED
    ]
    if not answers:
        return None
    questions = sum(one.verdict not in {"failed", "not judged"} for one in asked)
    curve = risk_coverage(answers, questions=questions)
    bins = reliability(answers, seed=seed)
    return Confidence(
        answers=len(answers),
        questions=questions,
        probability=sum(one.probability for one in answers) / len(answers),
        right=1.0 - curve[-1].risk,
        curve=curve,
        area=risk_area(curve),
        bins=bins,
        error=calibration_error(bins),
    )
