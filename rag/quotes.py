"""Quotations located exactly: only white space and typographic marks are forgiven."""

from __future__ import annotations

import re
from functools import lru_cache

from index.models import Span

_SAME = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "‑": "-"}
)
_QUOTED = re.compile(r"[“\"„«]([^“”\"„«»]{3,}?)[”\"“»]")


def locate(quote: str, text: str, *, within: tuple[int, int]) -> Span | None:
    r"""Where `quote` stands in `text` between the two offsets; `None` unless word for word.

    Runs of white space count as one space and typographic quotation marks as plain ones; nothing
    else is forgiven. The offsets are into `text` as it is.

    >>> locate('a "b" c', "x a\n“b”  c y", within=(0, 12))
    Span(start=2, end=10)
    """
    start, end = within
    normal, offsets = _normalised(text[start:end])
    wanted = _normalised(quote)[0].strip()
    position = normal.find(wanted) if wanted else -1
    if position < 0:
        return None
    last = position + len(wanted) - 1
    return Span(start + offsets[position], start + offsets[last] + 1)


def quoted_parts(text: str) -> tuple[str, ...]:
    """What stands between quotation marks, of two words or more.

    >>> quoted_parts("He called it “a huge mistake” and “wrong”.")
    ('a huge mistake',)
    """
    found = (match.group(1).strip(" .,;:!?") for match in _QUOTED.finditer(text))
    return tuple(part for part in found if len(part.split()) > 1)


@lru_cache(maxsize=512)
def _normalised(text: str) -> tuple[str, tuple[int, ...]]:
    """The text in its forgiving form and, for each of its characters, the offset it came from."""
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        if character.isspace():
            if characters and characters[-1] == " ":
                continue
            character = " "  # noqa: PLW2901  # one kind of space
        characters.append(character.translate(_SAME))
        offsets.append(offset)
    return "".join(characters), tuple(offsets)
