"""Refusing, always as two figures: rightly where there is no answer, wrongly where there is one.

A system that always refuses scores 1 on both, one that never refuses scores 0 on both.
"""

from __future__ import annotations


def refusal(*, abstained: bool, failed: bool) -> float:
    """1 if the assistant declined to answer, else 0; a failure is not a refusal.

    Its mean over unanswerable questions is the share of right refusals (higher is better), over
    answerable ones the share of wrong refusals (lower is better). An error earns no right refusal,
    and what it costs on answerable questions shows in the answers.

    >>> refusal(abstained=True, failed=False), refusal(abstained=False, failed=False)
    (1.0, 0.0)
    >>> refusal(abstained=True, failed=True)
    0.0
    """
    return float(abstained and not failed)
