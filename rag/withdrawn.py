"""Figures that a text takes back: "an earlier version of this article said 40"."""

from __future__ import annotations

import re

from rag.quantities import Quantity, quantities

_FIGURE = (
    r"(?:figures?|estimates?|numbers?|counts?|tolls?|tally|totals?|reports?|articles?|stor(?:y|ies)|"
    r"versions?|statements?)"
)
_OLD = r"(?:earlier|previous|initial|original|first|preliminary|old)"
_TAKES_BACK = (
    r"\b(?:withdr[ae]w(?:s|n|ing)?|retract(?:s|ed|ing)?|revis(?:es|ed|ing)|correct(?:s|ed|ing))\s+"
    rf"(?:a|an|the|its|our|their|his|her)\s+(?:[\w’'-]+\s+){{0,2}}?{_FIGURE}\b"
)
_CORRECTS = re.compile(_TAKES_BACK, re.IGNORECASE)
# What stands before a figure that is told as one of the past, as far back as the figure before it.
_OLD_BEFORE = re.compile(
    rf"""\b{_OLD}\s+versions?\s+of\b
    | {_TAKES_BACK}\s+of\b
    | \b{_OLD}\s+(?:[\w’'-]+\s+)?(?:figures?|estimates?|counts?|tolls?|tally|totals?)
        \s+(?:of|was|were|said|had\s+been)\b
    | \b(?:previously|initially|originally|mistakenly|wrongly|incorrectly|erroneously)
        \s+(?:said|reported|put|gave|given|stated|told|estimated)\b
    | \b(?:up|down|revised|corrected|raised|lowered)\s+from\s+(?:[a-z]+\s+){{0,2}}$""",
    re.IGNORECASE | re.VERBOSE,
)
_FIGURE_BEFORE = re.compile(rf"\b{_FIGURE}\s+of\s+(?:[a-z]+\s+){{0,2}}$", re.IGNORECASE)
_WRONG_BEHIND = re.compile(
    r"\b(?:withdrawn|retracted|wrong|incorrect|too\s+(?:low|high)|no\s+longer)\b", re.IGNORECASE
)
# Behind a sentence that corrects, "that report said" tells what was corrected.
_TELLS_CORRECTED = re.compile(
    rf"^(?:That|The|This|Its|Our)\s+(?:[\w’'-]+\s+)?{_FIGURE}\s+(?:had\s+)?"
    r"(?:said|gave|given|put|was|stated|told)\b"
)


def withdrawn(text: str, *, before: str = "") -> list[Quantity]:
    """The quantities of a sentence that it takes back; `before` is the sentence before it.

    >>> [one.value for one in withdrawn("Velmora withdrew its figure of 40 crates; 31 left.")]
    [40.0]
    >>> said = "That report said 40 crates had left."
    >>> [one.value for one in withdrawn(said, before="We are correcting a figure of May.")]
    [40.0]
    >>> withdrawn(said)
    []
    """
    found, told = [], quantities(text)
    corrected = bool(_CORRECTS.search(before) and _TELLS_CORRECTED.match(text))
    for number, quantity in enumerate(told):
        start = told[number - 1].span.end if number else 0
        end = told[number + 1].span.start if number + 1 < len(told) else len(text)
        lead = text[start : quantity.span.start].rpartition(";")[2]
        rest = text[quantity.span.end : end].partition(";")[0]
        wrong = _FIGURE_BEFORE.search(lead) and _WRONG_BEHIND.search(rest)
        if wrong or _OLD_BEFORE.search(lead) or (corrected and not number):
            found.append(quantity)
    return found
