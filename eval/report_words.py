"""Figures and facts of a report in the words that all its forms share."""

from __future__ import annotations

import numpy as np

from eval.confidence import Confidence, report_confidence
from eval.cost import Cost, run_cost
from eval.models import Figure, Report, Scores

# What a type of question is compared by, where every figure would not fit a page's width.
_BY_TYPE = (
    "ndcg@10",
    "all_evidence@10",
    "contained",
    "f1",
    "gold_support",
    "right_refusals",
    "wrong_refusals",
)


def value_words(one: Figure) -> str:
    """The mean, or a dash where there is none."""
    return "–" if one.value is None else f"{one.value:.3f}"


def interval_words(one: Figure) -> str:
    """Both ends of the interval, or a dash where there is none."""
    return "–" if one.interval is None else f"{one.interval.low:.3f}–{one.interval.high:.3f}"


def columns_by_type(scores: Scores) -> list[str]:
    """The figures that parts of the set are compared by, as far as this run has them."""
    return [name for name in _BY_TYPE if name in scores.overall]


def sentences(report: Report) -> list[str]:
    """Counts, times and notes, a sentence each."""
    counts = report.scores.counts
    said = []
    if counts["asked"]:
        said = [
            f"{counts['answers']:,} answers and {counts['refusals']:,} refusals; "
            f"{counts['errors']:,} questions failed.",
            f"{counts['quotes_exact']:,} of {counts['quotes']:,} quotes exact; "
            f"{counts['markers_without_source']:,} of {counts['markers']:,} markers without a "
            "source.",
        ]
    confidence = report_confidence(report)
    said += [sureness_words(confidence)] if confidence else []
    said += spent(report)
    said += [
        f"{name}: median {one.p50:,.0f} ms, 95th percentile {one.p95:,.0f} ms ({one.n:,} calls)."
        for name, one in report.latency.items()
    ]
    return [*said, *report.manifest.notes]


def sureness_words(found: Confidence) -> str:
    """What the assistant's probability was beside what came of it, and what it is and is not."""
    return (
        f"Its probability was {found.probability:.3f} on average over {found.answers:,} answers, "
        f"of which {found.right:.3f} were right. It speaks of the best single sentence, and was "
        "learnt over questions two thirds of which nothing answered: it puts answers in order and "
        "decides on refusals, and is no share of right answers."
    )


def spent(report: Report) -> list[str]:
    """The tokens of the language model and what they cost, a sentence each, as far as known."""
    counts, cost = report.scores.counts, run_cost(report)
    said = []
    if counts["prompt_tokens"]:
        said.append(
            f"The language model read {counts['prompt_tokens']:,} tokens and wrote "
            f"{counts['completion_tokens']:,}."
        )
    if cost is not None:
        said.append(_cost_words(cost))
    return said


def _cost_words(cost: Cost) -> str:
    each, interval = cost.each.value or 0.0, cost.each.interval
    low_high = f" ({money(interval.low)}–{money(interval.high)}, 95 %)" if interval else ""
    said = (
        f"That cost {money(cost.total)} {cost.currency} at the prices set, {money(each)} a question"
        f"{low_high}, n = {cost.each.n:,}."
    )
    if cost.untold:
        said += (
            f" Without a count of tokens came back: {cost.untold:,} more; what they cost is not "
            "known and not included."
        )
    return said


def money(amount: float) -> str:
    """An amount with two decimals, or three digits that tell where it is below one.

    >>> money(12.345), money(0.00012345), money(0.0)
    ('12.35', '0.000123', '0')
    """
    if amount >= 1.0:
        return f"{amount:,.2f}"
    return np.format_float_positional(amount, precision=3, unique=False, fractional=False, trim="-")


def provenance(report: Report) -> dict[str, str]:
    """What ran: versions, fingerprints, seed and models, by name."""
    manifest = report.manifest
    kept = {"answered by": f"plain {manifest.baseline}"} if manifest.baseline else {}
    kept |= {
        "version": f"{manifest.version}, source {manifest.code}, Python {manifest.python}",
        "machine": manifest.machine,
        "data set": manifest.dataset_fingerprint[:16],
        "library": manifest.library_fingerprint[:16],
        "settings": manifest.settings_fingerprint,
        "seed": f"{manifest.seed}, {manifest.resamples:,} resamples",
    }
    return kept | {f"{role} model": name for role, name in manifest.models.items()}
