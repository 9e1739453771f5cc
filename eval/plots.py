"""Plots as inline SVG without any colour of its own: the page's style sheet gives it.

Numbers are written with one decimal: a tenth of a unit is less than a pixel, and the page small.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from eval.metrics.calibration import Bin, RiskPoint
from eval.models import Figure

_WIDE, _HIGH = 360, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 56
_BAR, _BAR_HIGH = 120, 12
_LARGEST, _SMALLEST = 8.0, 2.5  # radius of the dots of a reliability diagram


def interval_bar(one: Figure) -> str:
    """A figure from 0 to 1 as a dot on its interval; decoration, the numbers stand beside it."""
    if one.value is None:
        return ""
    middle, inner = _BAR_HIGH / 2, _BAR - _BAR_HIGH

    def x(value: float) -> str:
        return _short(middle + inner * value)

    low, high = one.interval or (one.value, one.value)
    return (
        f'<svg class="bar" viewBox="0 0 {_BAR} {_BAR_HIGH}" aria-hidden="true">'
        f'<path class="track" d="M{x(0)} {middle:g}H{x(1)}"/>'
        f'<path class="range" d="M{x(low)} {middle:g}H{x(high)}"/>'
        f'<circle cx="{x(one.value)}" cy="{middle:g}" r="4"/></svg>'
    )


def parts_bar(parts: Mapping[str, int]) -> str:
    """Counts as stretches of one bar, each of the class that it is named by; decoration."""
    total = sum(parts.values())
    begun, stretches = 0, []
    for name, count in parts.items():
        start, length = begun * 1_000 / total, count * 1_000 / total
        stretches.append(
            f'<rect class="{html.escape(name)}" x="{_short(start)}" width="{_short(length)}" '
            'height="14"/>'
        )
        begun += count
    return (
        '<svg class="parts" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(stretches)}</svg>"
    )


def risk_coverage_plot(points: Sequence[RiskPoint], *, described: str) -> str:
    """The curve: share of questions answered to the right, share wrong among them upwards."""
    first, *others = points
    path = f"M{_x(0)} {_y(first.risk)}H{_x(first.coverage)}" + "".join(
        f"L{_x(point.coverage)} {_y(point.risk)}" for point in others
    )
    last = points[-1]
    return _plot(
        f'<path class="even" d="M{_x(0)} {_y(last.risk)}H{_x(last.coverage)}"/>'
        f'<path class="curve" d="{path}"/>'
        f'<circle cx="{_x(last.coverage)}" cy="{_y(last.risk)}" r="4"/>',
        right="share of the questions answered",
        up="share wrong",
        described=described,
    )


def reliability_plot(bins: Sequence[Bin], *, described: str) -> str:
    """Mean probability to the right, share right upwards; a dot's area tells its answers."""
    most = max(one.right.n for one in bins)
    dots = []
    for one in bins:
        value = one.right.value or 0.0
        low, high = one.right.interval or (value, value)
        x = _x(one.probability)
        radius = max(_SMALLEST, _LARGEST * (one.right.n / most) ** 0.5)
        dots.append(
            f'<path class="range" d="M{x} {_y(low)}V{_y(high)}"/>'
            f'<circle cx="{x}" cy="{_y(value)}" r="{_short(radius)}"/>'
            f'<text class="n" x="{_x((one.low + one.high) / 2)}" y="{_HIGH - 26}">'
            f"{one.right.n:,}</text>"
        )
    return _plot(
        f'<path class="even" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>{"".join(dots)}'
        f'<text class="side" x="{_LEFT - 8}" y="{_HIGH - 26}">n</text>',
        right="probability that the evidence answers",
        up="share right",
        described=described,
    )


def _plot(drawn: str, *, right: str, up: str, described: str) -> str:
    """Axes from 0 to 1 around what is drawn."""
    marks = (0.0, 0.25, 0.5, 0.75, 1.0)
    grid = "".join(f'<path class="grid" d="M{_x(0)} {_y(mark)}H{_x(1)}"/>' for mark in marks)
    labels = "".join(
        f'<text x="{_x(mark)}" y="{_HIGH - _BOTTOM + 16}">{mark:g}</text>'
        f'<text class="side" x="{_LEFT - 8}" y="{_short(float(_y(mark)) + 4)}">{mark:g}</text>'
        for mark in marks
    )
    middle = _short((_HIGH - _BOTTOM + _TOP) / 2)
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDE} {_HIGH}" role="img" '
        f'aria-label="{html.escape(described)}">{grid}{labels}{drawn}'
        f'<text x="{_x(0.5)}" y="{_HIGH - 6}">{right}</text>'
        f'<text transform="translate(11 {middle}) rotate(-90)">{up}</text></svg>'
    )


def _x(share: float) -> str:
    return _short(_LEFT + share * (_WIDE - _LEFT - _RIGHT))


def _y(share: float) -> str:
    return _short(_HIGH - _BOTTOM - share * (_HIGH - _TOP - _BOTTOM))


def _short(number: float) -> str:
    """One decimal at most.

    >>> _short(12.04), _short(0.26)
    ('12', '0.3')
    """
    return f"{number:.1f}".removesuffix(".0")
