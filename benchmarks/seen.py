"""What many visitors saw, all together, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from rich.console import Console

from eval.metrics.statistics import RESAMPLES, percentile

SHOWN = 10  # of the errors and mixed-up states


@dataclass(slots=True, kw_only=True)
class Seen:
    """Seconds until a first statement or refusal was there and until all was, by answer."""

    guard: Lock = field(default_factory=Lock)
    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)

    def answered(self, first: float, whole: float) -> None:
        with self.guard:
            self.first.append(first)
            self.whole.append(whole)

    def failed(self, name: str, error: Exception) -> None:
        with self.guard:
            self.errors.append(f"{name}: {error!r}")

    def mixed_up(self, name: str, what: str) -> None:
        with self.guard:
            self.mixed.append(f"{name}: {what}")


def tell(seen: Seen, console: Console, *, memory: tuple[float, float], worked: float) -> None:
    """Prints it; `memory` is the server's in bytes before and after, `worked` in CPU seconds."""
    answers = len(seen.whole)
    console.print(f"{answers:,} answers, {len(seen.errors)} errors, {len(seen.mixed)} mixed up")
    for line in [*seen.errors, *seen.mixed][:SHOWN]:
        console.print(f"  {line}", markup=False)
    for what, times in (("first statement", seen.first), ("whole answer", seen.whole)):
        if times:
            low, high = _interval(times)
            console.print(
                f"{what:16} median {percentile(times, 0.5):5.1f} s   95 % within "
                f"{percentile(times, 0.95):5.1f} s [{low:.1f} to {high:.1f}]   n = {len(times)}"
            )
    console.print(f"resident memory {memory[0] / 1e6:,.0f} MB before, {memory[1] / 1e6:,.0f} after")
    console.print(f"the processor worked {worked:,.0f} s, {worked / max(1, answers):.2f} an answer")


def _interval(times: list[float]) -> tuple[float, float]:
    """Of the 95th percentile, by bootstrap over answers."""
    drawn = np.random.default_rng(0).choice(times, size=(RESAMPLES, len(times)))
    low, high = np.quantile(np.quantile(drawn, 0.95, axis=1), [0.025, 0.975])
    return float(low), float(high)
