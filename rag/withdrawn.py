"""Figures that a text takes back: "an earlier version of this article said 40"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.followup.mentions import times
from rag.quantities import Quantity, quantities
from rag.words import is_negated

_FIGURE = (
    r"(?:figures?|estimates?|numbers?|counts?|tolls?|tally|totals?|reports?|articles?|stor(?:y|ies)|"
    r"versions?|statements?)"
)
_OLD = r"(?:earlier|previous|initial|original|preliminary|old)"
_TAKES_BACK = (
    r"\b(?:withdr(?:ew|aws|awn|awing)|retract(?:s|ed|ing)|revis(?:es|ed|ing)|correct(?:s|ed|ing))\s+"
    rf"(?:a|an|the|its|our|their|his|her)\s+(?:[\w’'-]+\s+){{0,2}}?{_FIGURE}\b"
)
_CORRECTS = re.compile(_TAKES_BACK, re.IGNORECASE)
# What stands before a figure that is taken back, as far back as the figure before it.
_TAKEN_BEFORE = re.compile(
    rf"""\b{_OLD}\s+versions?\s+of\b
    | {_TAKES_BACK}\s+of\b
    | \b(?:mistakenly|wrongly|incorrectly|erroneously)
        \s+(?:said|reported|put|gave|given|stated|told|estimated)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# What stands before a figure of the past: it is taken back where another is told in its place.
_OLD_BEFORE = re.compile(
    rf"""\b{_OLD}\s+(?:[\w’'-]+\s+)?(?:figures?|estimates?|counts?|tolls?|tally|totals?)
        \s+(?:of|was|were|said|had\s+been)\b
    | \b(?:previously|initially|originally)
        \s+(?:said|reported|put|gave|given|stated|told|estimated)\b
    | \b(?:up|down|revised|corrected)\s+from\s+(?:[a-z]+\s+){{0,2}}$""",
    re.IGNORECASE | re.VERBOSE,
)
_FIGURE_BEFORE = re.compile(rf"\b{_FIGURE}\s+of\s+(?:[a-z]+\s+){{0,2}}$", re.IGNORECASE)
_WRONG_BEHIND = re.compile(r"\b(?:withdrawn|retracted|wrong|incorrect)\b", re.IGNORECASE)
# Who confirms or defends a figure takes nothing back, nor do others who find fault with it.
_STANDS = re.compile(
    r"\b(?:confirm(?:s|ed|ing)?|st(?:ands?|ood|anding)\s+by|defend(?:s|ed|ing)?|critics?"
    r"|call(?:s|ed|ing)|argue[sd]?|claim(?:s|ed|ing)?)\b",
    re.IGNORECASE,
)
# Behind a sentence that corrects, "that report said" tells what was corrected.
_TELLS_CORRECTED = re.compile(
    rf"^(?:That|The|This|Its|Our)\s+(?:[\w’'-]+\s+)?{_FIGURE}\s+(?:had\s+)?"
    r"(?:said|gave|given|put|was|stated|told)\b"
)


def withdrawn(text: str, *, before: str = "", after: str = "") -> list[Quantity]:
    """The quantities of a sentence that it takes back, between the sentences before and after it.

    >>> [one.value for one in withdrawn("Velmora withdrew its figure of 40 crates; 31 left.")]
    [40.0]
    >>> said = "That report said 40 crates had left."
    >>> [one.value for one in withdrawn(said, before="We are correcting a figure of May.")]
    [40.0]
    >>> withdrawn(said)
    []
    """
    if _stands(text):
        return []
    found, told = [], quantities(text)
    beside = [*told, *quantities(after)]
    corrected = bool(_CORRECTS.search(before) and _TELLS_CORRECTED.match(text)) and not _stands(
        before
    )
    for number, quantity in enumerate(told):
        start = told[number - 1].span.end if number else 0
        end = told[number + 1].span.start if number + 1 < len(told) else len(text)
        lead = text[start : quantity.span.start].rpartition(";")[2]
        rest = text[quantity.span.end : end].partition(";")[0]
        wrong = _FIGURE_BEFORE.search(lead) and _WRONG_BEHIND.search(rest)
        taken = wrong or _TAKEN_BEFORE.search(lead) or (corrected and not number)
        if taken or (_OLD_BEFORE.search(lead) and _is_replaced(quantity, rest, beside)):
            found.append(quantity)
    return found


def _stands(text: str) -> bool:
    return is_negated(text) or bool(_STANDS.search(text))


def _is_replaced(old: Quantity, rest: str, beside: Sequence[Quantity]) -> bool:
    """Whether another number of the same is told beside it, and it is not that of another time."""
    return not times(rest) and any(
        one.units & old.units and one.value != old.value for one in beside
    )
