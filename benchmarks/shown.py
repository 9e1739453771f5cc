"""A figure as the benchmarks print it."""

from __future__ import annotations

from eval.models import Figure


def shown(found: Figure, *, places: int = 3, with_n: bool = False) -> str:
    """The mean and its 95 % interval, with the number of values if wanted; "none" of no values.

    >>> from eval.models import Interval
    >>> shown(Figure(value=0.5, interval=Interval(0.25, 0.75), n=8), places=2, with_n=True)
    '0.50 [0.25–0.75] n=8'
    """
    if found.value is None or found.interval is None:
        return "none"
    low, high = found.interval
    count = f" n={found.n:,}" if with_n else ""
    return f"{found.value:.{places}f} [{low:.{places}f}–{high:.{places}f}]{count}"
