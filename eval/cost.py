"""What the language model of a run cost, by the prices that are set for its endpoint."""

from __future__ import annotations

from collections.abc import Mapping
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
    """What a run cost; `None` without both prices, or where no tokens were told at all."""
    settings, manifest = report.manifest.settings, report.manifest
    asked = [one for one in report.outcomes if one.asked]
    told = [one for one in asked if _is_told(one) or (one.abstained and not one.error)]
    costs = [price(one.prompt_tokens, one.completion_tokens, settings=settings) for one in told]
    each = [one for one in costs if one is not None]
    if not each or not any(map(_is_told, told)):
        return None
    return Cost(
        currency=str(settings["llm_currency"]),
        total=sum(each),
        each=figure(each, seed=manifest.seed, resamples=manifest.resamples),
        untold=len(asked) - len(told),
    )


def price(
    prompt_tokens: int, completion_tokens: int, *, settings: Mapping[str, object]
) -> float | None:
    """The price of tokens read and written; `None` without both prices.

    They are the endpoint's, so that what the embedded model reads and writes has none.

    >>> price(1_000, 100, settings={"llm_price_input": 0.5, "llm_price_output": 2.0})
    0.0007
    """
    read, written = settings.get("llm_price_input"), settings.get("llm_price_output")
    if settings.get("writer") == "embedded":
        return None
    if not isinstance(read, float) or not isinstance(written, float):
        return None
    return (prompt_tokens * read + completion_tokens * written) / _PRICED_TOKENS


def _is_told(outcome: Outcome) -> bool:
    return outcome.prompt_tokens + outcome.completion_tokens > 0
