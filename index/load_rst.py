"""reStructuredText becomes readable text: headings lose their underlines, the words stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.decode import normal_form
from index.metadata import plain_name
from index.models import RawDocument

MEDIA_TYPE = "text/x-rst"

_LINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*")


def load_rst(text: str) -> RawDocument:
    """Read reStructuredText: the first heading is the title; markup inside lines stays."""
    lines = normal_form(text).split("\n")
    headings = list(_headings(lines))
    dropped = {number + 1 for number in headings} | {
        number - 1
        for number in headings
        if number and _LINE.fullmatch(lines[number - 1]) and lines[number - 1] == lines[number + 1]
    }
    kept = [
        # A blank line on both sides makes a heading of a line.
        f"\n{line.strip()}\n" if number in headings else line
        for number, line in enumerate(lines)
        if number not in dropped
    ]
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=normal_form("\n".join(kept)),
        title=plain_name(lines[headings[0]]) if headings else None,
    )


def _headings(lines: Sequence[str]) -> Iterator[int]:
    """The numbers of lines with a line of marks below them that is as long."""
    for number, (line, below) in enumerate(pairwise(lines)):
        bare = line.strip()
        if bare and _LINE.fullmatch(below) and not _LINE.fullmatch(line):
            starts = number == 0 or not lines[number - 1].strip()
            overlined = number > 0 and lines[number - 1] == below
            if (starts or overlined) and len(below.rstrip()) >= len(line.rstrip()):
                yield number
