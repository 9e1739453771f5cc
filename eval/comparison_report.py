"""A comparison of two runs, to be read: as tables for a terminal, as Markdown, as JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from eval.compare import Change, Comparison, Pair
from eval.stored import StoredOutcome

COMPARISON_SCHEMA = "pincite.comparison/1"
SIGNIFICANT = 0.05
_DIGITS = 6
_LONGEST_ANSWER = 600


def render_comparison(comparison: Comparison, *, changed: int) -> RenderableType:
    """For a terminal: every figure, slices that differ, and so many of the changed questions."""
    moved = [one for one in comparison.overall if one.differing]
    parts: list[RenderableType] = [_table("figure", moved)] if moved else []
    telling = {
        f"{name}: {one.figure}": one
        for name, some in comparison.slices.items()
        for one in some
        if one.corrected < SIGNIFICANT
    }
    if telling:
        parts.append(_table("slice", list(telling.values()), names=list(telling)))
    parts.append(Text("\n".join(_sentences(comparison))))
    parts += [_shown(pair) for pair in comparison.changed[:changed]]
    return Group(*parts)


def _table(heading: str, changes: Sequence[Change], *, names: Sequence[str] = ()) -> Table:
    table = Table(heading)
    for column in ("before", "after", "change", "95 %", "differ", "p"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("")
    for place, one in enumerate(changes):
        name = names[place] if names else one.figure
        table.add_row(escape(name), *_cells(one), style=_style(one))
    return table


def _cells(one: Change) -> tuple[str, ...]:
    interval = one.change.interval
    return (
        f"{one.before:.3f}",
        f"{one.after:.3f}",
        f"{one.change.value:+.3f}",
        f"{interval.low:+.3f} to {interval.high:+.3f}" if interval else "–",
        f"{one.differing:,} of {one.change.n:,}",
        _p(one.corrected),
        _verdict(one),
    )


def _p(value: float) -> str:
    return "<.001" if value < 0.001 else f"{value:.3f}".removeprefix("0")


def _verdict(one: Change) -> str:
    if one.is_better is None:
        return "the same"
    if one.corrected >= SIGNIFICANT:
        return "within chance"
    return "better" if one.is_better else "worse"


def _style(one: Change) -> str:
    if one.corrected >= SIGNIFICANT:
        return ""
    return "green" if one.is_better else "red"


def _sentences(comparison: Comparison) -> Iterator[str]:
    same = [one.figure for one in comparison.overall if not one.differing]
    if same:
        yield f"The same in both: {', '.join(same)}."
    yield (
        f"{comparison.questions:,} questions in both; {len(comparison.changed):,} answered "
        "otherwise."
    )
    yield (
        "p: McNemar's exact test for figures of 0 and 1, else Wilcoxon's signed ranks, corrected "
        "after Holm; the interval is a paired bootstrap."
    )
    yield from comparison.notes


def _shown(pair: Pair) -> Text:
    one, other = pair
    condition = "" if one.condition == "as asked" else f" ({one.condition})"
    moved = ", ".join(
        f"{name} {one.figures[name]:.2f} → {other.figures[name]:.2f}" for name in _moved(pair)
    )
    return Text.assemble(
        (f"\n{one.id}{condition}: {one.question}\n", "bold"),
        (f"{moved}\n" if moved else "", "dim"),
        f"before  {_answer(one)}\n",
        f"after   {_answer(other)}",
    )


def _moved(pair: Pair) -> list[str]:
    one, other = pair
    return [
        name
        for name, value in one.figures.items()
        if name in other.figures and other.figures[name] != value
    ]


def _answer(one: StoredOutcome) -> str:
    if one.error:
        return f"failed: {one.error}"
    text = "no answer" if one.abstained else one.text or "nothing was asked"
    return text if len(text) <= _LONGEST_ANSWER else f"{text[:_LONGEST_ANSWER]}…"


def comparison_row(comparison: Comparison) -> dict[str, object]:
    """The comparison as JSON values; the same runs give the same bytes."""
    return {
        "schema": COMPARISON_SCHEMA,
        "questions": comparison.questions,
        "overall": [_row(one) for one in comparison.overall],
        "slices": {name: [_row(one) for one in some] for name, some in comparison.slices.items()},
        "changed": [
            {
                "id": one.id,
                "condition": one.condition,
                "question": one.question,
                "before": _answer(one),
                "after": _answer(other),
                "figures": {n: [one.figures[n], other.figures[n]] for n in _moved((one, other))},
            }
            for one, other in comparison.changed
        ],
        "notes": list(comparison.notes),
    }


def _row(one: Change) -> dict[str, object]:
    interval = one.change.interval
    return {
        "figure": one.figure,
        "before": round(one.before, _DIGITS),
        "after": round(one.after, _DIGITS),
        "change": round(one.change.value or 0.0, _DIGITS),
        "low": round(interval.low, _DIGITS) if interval else None,
        "high": round(interval.high, _DIGITS) if interval else None,
        "n": one.change.n,
        "differing": one.differing,
        "test": one.test,
        "p": round(one.p, _DIGITS),
        "p_corrected": round(one.corrected, _DIGITS),
        "better": one.is_better,
    }
