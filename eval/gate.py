"""A gate: whether a run is good enough, as an exit code, sentences and a JUnit report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from eval.compare import LOWER_IS_BETTER
from eval.score import MEANINGS
from eval.stored import StoredRun
from index.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is asked of a figure, by the option that asks it: `min`, `max` or `max-drop`."""

    option: str
    figure: str
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a demand is met, and a line that says why."""

    demand: Demand
    met: bool
    reason: str


def read_demand(option: str, text: str) -> Demand:
    """A demand as it is typed, such as `contained=0.7`. Raises `UsageError`."""
    name, equals, number = text.partition("=")
    name = name.strip()
    try:
        limit = float(number)
    except ValueError:
        limit = math.nan
    if not equals or not math.isfinite(limit):
        raise UsageError(
            f"--{option} {text} is no demand: write a figure and a number, such as contained=0.7."
        )
    if name not in MEANINGS:
        raise UsageError(f"--{option} {text}: there is no figure {name}; {', '.join(MEANINGS)}.")
    return Demand(option=option, figure=name, limit=limit)


def judge(
    run: StoredRun, demands: Iterable[Demand], *, against: StoredRun | None = None
) -> list[Verdict]:
    """A verdict for each demand; a figure that a run has no value for meets none.

    `max-drop` compares with the run `against`: the figure may be worse by so much, which for one
    where lower is better means larger. Raises `UsageError` if there is nothing to compare with.
    """
    return [_verdict(run, demand, against) for demand in demands]


def _verdict(run: StoredRun, demand: Demand, against: StoredRun | None) -> Verdict:
    name, limit = demand.figure, demand.limit
    value = run.figures.get(name)
    if value is None:
        return Verdict(demand=demand, met=False, reason=f"{name} has no value in this run.")
    if demand.option == "min":
        return _stated(demand, value >= limit, f"{name} is {value:.4f}, at least {limit:g} asked.")
    if demand.option == "max":
        return _stated(demand, value <= limit, f"{name} is {value:.4f}, at most {limit:g} asked.")
    if against is None:
        raise UsageError("--max-drop compares with another run: name it with --against.")
    base = against.figures.get(name)
    if base is None:
        reason = f"{name} has no value in the run to compare with."
        return Verdict(demand=demand, met=False, reason=reason)
    worse = value - base if name in LOWER_IS_BETTER else base - value
    moved = f"{abs(worse):.4f} {'worse' if worse > 0 else 'better'}" if worse else "the same"
    said = f"{name} is {value:.4f} after {base:.4f}, {moved}"
    # A drop of exactly the limit is allowed, whatever binary fractions make of it.
    return _stated(demand, worse <= limit + 1e-9, f"{said}; {limit:g} worse is allowed.")


def _stated(demand: Demand, met: bool, reason: str) -> Verdict:  # noqa: FBT001  # internal
    return Verdict(demand=demand, met=met, reason=reason)


def to_junit(verdicts: Sequence[Verdict], *, name: str) -> str:
    """The verdicts as a JUnit report, which continuous integration shows as tests."""
    failures = sum(not verdict.met for verdict in verdicts)
    suite = ET.Element("testsuite", name=name, tests=str(len(verdicts)), failures=str(failures))
    for verdict in verdicts:
        demand = verdict.demand
        case = ET.SubElement(
            suite,
            "testcase",
            classname=name,
            name=f"{demand.option} {demand.figure}={demand.limit:g}",
        )
        if not verdict.met:
            ET.SubElement(case, "failure", message=verdict.reason)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
