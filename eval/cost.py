"""What the language model of a run cost, by the prices that are set for its endpoint."""

from __future__ import annotations

from dataclasses import dataclass

from eval.metrics.statistics import figure
from eval.models import Figure, Outcome, Report

_PRICED_TOKENS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Money, in `currency`: in `total` and for each question asked, as a mean with its interval.

    A question that was refused before a model was asked costs nothing. `untold` counts those whose
    tokens the server did not tell, or which failed: what they cost is not known and not included.
    """

    currency: str
    total: float
    each: Figure
    untold: int


def run_cost(report: Report) -> Cost | None:
    """What a run cost; `None` without both prices, or where no tokens were told at all.

    The prices are the endpoint's, so that what the embedded model wrote has none.
    """
    settings, manifest = report.manifest.settings, report.manifest
    read, written = settings.get("llm_price_input"), settings.get("llm_price_output")
    if not isinstance(read, float) or not isinstance(written, float):
        return None
    asked = [one for one in report.outcomes if one.asked]
    told = [one for one in asked if _is_told(one) or (one.abstained and not one.error)]
    if settings.get("writer") == "embedded" or not any(map(_is_told, told)):
        return None
    each = [
        (one.prompt_tokens * read + one.completion_tokens * written) / _PRICED_TOKENS
        for one in told
    ]
    return Cost(
        currency=str(settings.get("llm_currency", "")),
        total=sum(each),
        each=figure(each, seed=manifest.seed, resamples=manifest.resamples),
        untold=len(asked) - len(told),
    )


def _is_told(outcome: Outcome) -> bool:
    return outcome.prompt_tokens + outcome.completion_tokens > 0
