"""Quantities of a text: a number with what it counts or measures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.dates import MONTH
from index.models import Span
from rag.words import SMALL_NUMBERS, STOP_WORDS, stem

_SMALL = {"zero": 0.0, "one": 1.0} | {
    word: float(value) for word, value in SMALL_NUMBERS.items() if float(value) < 20
}
_TENS = {
    word: float(value * 10)
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "k": 1e3,
    "m": 1e6,
    "bn": 1e9,
}
_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_SMALL)}))?|{'|'.join(_SMALL)})"
_SCALE = r"(?:[ \u00a0-](?:hundred|thousand|million|billion|trillion)\b|(?<=\d)(?:k|m|bn)\b)"
# What goes on from here, or comes from before, is a range or a number written in groups: of such
# none is told rather than a half.
_GOES_ON = r"(?![\w]|[.,]\d|\s?(?:[-–—]|to\b|and\b|or\b)\s?[$€£¥]?\d|[ \u00a0]\d{3}\b)"
_RANGE_BEFORE = re.compile(
    r"(?:\d(?:k|m|bn)?|\b(?:hundred|thousand|million|billion|trillion))"
    r"\s?(?:[-–—]|to|and|or)?\s?[$€£¥]?$|\bbetween\s$",
    re.IGNORECASE,
)
_RANGE_REACH = 20  # characters, more than the longest beginning of a range
_QUANTITY = re.compile(
    rf"""(?P<about>\b(?:about|around|some|roughly|nearly|almost|over|up[ ]to|at[ ](?:least|most)|
        (?:more|fewer|less)[ ]than|as[ ](?:many|much)[ ]as)[ ])?
    (?P<currency>[$€£¥])?
    (?<![\w.,–-])(?P<number>\d[\d,]*(?:\.\d+)?(?=(?:k|m|bn)?\b)|{_WORD})
    (?P<scales>{_SCALE}*){_GOES_ON}
    (?:[ \u00a0]?(?P<percent>%|per[ ]?cent\b|percentage[ ]points?\b))?
    (?=(?P<rest>(?:[ \u00a0-][\w’'-]{{1,40}}){{0,4}}))""",
    re.IGNORECASE | re.VERBOSE,
)
# "Two days before" tells when, not how many.
_DISTANCES = frozenset("before after ago later earlier".split())
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """`value` in units of what is counted; `units` are the stems of the words it may count.

    "10,000 North Korean troops" may count any of the words behind the number; "%" is a unit of its
    own, and "$" one that "dollars" names too. `text` is the number as it stands, with "about" or
    "more than" before it; `span` is the place of the number itself.
    """

    value: float
    units: frozenset[str]
    text: str
    span: Span


def quantities(text: str) -> list[Quantity]:
    """The quantities of a text in order; days of months, years and bare numbers are none.

    >>> [one.value for one in quantities("On 2 May 1.1 million tonnes arrived, as in 2023.")]
    [1100000.0]
    """
    found = []
    for match in _QUANTITY.finditer(text):
        units = _units(match)
        start = match.start()
        if units and not _RANGE_BEFORE.search(text[max(0, start - _RANGE_REACH) : start]):
            found.append(
                Quantity(
                    value=_value(match),
                    units=units,
                    text=text[start : match.start("rest")].strip(),
                    span=Span(match.start("number"), match.start("rest")),
                )
            )
    return found


def _value(match: re.Match[str]) -> float:
    number = match["number"].lower()
    if number[0].isdigit():
        value = float(number.replace(",", ""))
    else:
        tens, _, rest = number.partition("-")
        value = (_TENS | _SMALL)[tens] + (_SMALL[rest] if rest else 0.0)
    for scale in re.findall(r"[a-z]+", match["scales"].lower()):
        value *= _SCALES[scale]
    return value


def _units(match: re.Match[str]) -> frozenset[str]:
    if match["currency"]:
        return frozenset({match["currency"], _CURRENCIES[match["currency"]]})
    if match["percent"]:
        return frozenset({"%"})
    following = re.findall(r"[\w’'-]+", match["rest"])
    if any(word.lower() in _DISTANCES for word in following):
        return frozenset()
    if following and re.fullmatch(MONTH, following[0].capitalize()):
        return frozenset()
    kept: set[str] = set()
    for word in following:
        if word.lower() in STOP_WORDS:
            break
        kept.add(stem(word.lower()))
    return frozenset(kept)
