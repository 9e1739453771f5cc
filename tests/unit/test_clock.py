"""The times of an answer add up to what it took."""

from __future__ import annotations

from rag.clock import Clock


def test_a_stage_that_comes_twice_counts_twice() -> None:
    clock = Clock()
    times = []
    for _ in range(2):
        with clock.stage("read"):
            sum(range(10_000))
        times.append(clock.milliseconds["read"])
    assert times[1] > times[0] > 0
    assert clock.milliseconds["total"] >= times[1]


def test_a_stage_that_fails_is_timed_too() -> None:
    clock = Clock()
    try:
        with clock.stage("search"):
            raise ValueError
    except ValueError:
        pass
    assert "search" in clock.milliseconds
