"""Source markers in written text: `[1]`, `[1, 3]`, `[2-4]`, `【1】`, `[^1]`, `[source 2]`."""

from __future__ import annotations

import re

from index.sentences import sentences
from rag.models import Statement

_WORD = r"(?:sources?|evidence|passages?|s)?\.?\s*#?"
# What stands between the brackets.
NUMBERS = rf"\s*\^?{_WORD}\d{{1,3}}(?:\s*(?:[,;&–-]|and)\s*{_WORD}\d{{1,3}})*\s*"
# Doubled brackets and a link behind are part of the marker.
_MARKER = re.compile(
    rf"\s*(?:\[\[{NUMBERS}\]\]|\[{NUMBERS}\]|【{NUMBERS}】|〔{NUMBERS}〕)(?:\([^\s()]*\))?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)\s*[–-]\s*(\d+)")
_LIST_SIGN = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
# A range such as [1-900] is an invention, not nine hundred markers.
_LONGEST_RANGE = 50


def read_statements(text: str) -> tuple[Statement, ...]:
    """The sentences of a text with the markers inside or behind each, markers taken out.

    >>> for statement in read_statements("Kim wants oil [1]. Analysts doubt it.[2-3]"):
    ...     print(statement.text, statement.markers)
    Kim wants oil. (1,)
    Analysts doubt it. (2, 3)
    """
    found: list[Statement] = []
    for line in text.splitlines():
        bare = _LIST_SIGN.sub("", line)
        plain, marks = _without_markers(bare)
        spans = sentences(plain)
        for number, span in enumerate(spans):
            # A marker belongs to the sentence it stands in or behind; a leading one to the first.
            start = span.start if number else -1
            end = spans[number + 1].start if number + 1 < len(spans) else len(plain)
            markers = (
                name for position, group in marks if start < position <= end for name in group
            )
            sentence = plain[span.start : span.end]
            if any(character.isalnum() for character in sentence):
                found.append(Statement(text=sentence, markers=tuple(dict.fromkeys(markers))))
    return tuple(found)


def expand(marker: str) -> tuple[int, ...]:
    """The numbers a marker names, ranges written out.

    >>> expand("[13, 3-5]")
    (3, 4, 5, 13)
    """
    numbers: list[int] = []
    for first, last in _RANGE.findall(marker):
        low, high = int(first), int(last)
        numbers += range(low, high + 1) if 0 <= high - low < _LONGEST_RANGE else (low, high)
    numbers += [int(number) for number in re.findall(r"\d+", _RANGE.sub(" ", marker))]
    return tuple(sorted(dict.fromkeys(numbers)))


def _without_markers(text: str) -> tuple[str, list[tuple[int, tuple[int, ...]]]]:
    """The text without its markers, and for each the offset in it where the marker stood."""
    pieces: list[str] = []
    marks: list[tuple[int, tuple[int, ...]]] = []
    position = length = 0
    for match in _MARKER.finditer(text):
        pieces.append(text[position : match.start()])
        length += match.start() - position
        marks.append((length, expand(match.group())))
        position = match.end()
    pieces.append(text[position:])
    return "".join(pieces), marks
