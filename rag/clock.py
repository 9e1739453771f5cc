"""Wall-clock time by stage, for the trace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Collects how long each stage took, in milliseconds."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the body under this name; what is timed twice adds up."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._stages[name] = self._stages.get(name, 0.0) + _milliseconds(started)

    @property
    def milliseconds(self) -> dict[str, float]:
        """Each stage's time, and `total` since the clock was made."""
        return {**self._stages, "total": _milliseconds(self._started)}


def _milliseconds(started: float) -> float:
    return round((time.perf_counter() - started) * 1_000, 3)
