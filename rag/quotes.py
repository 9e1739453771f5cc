"""Quotations located exactly: only white space and typographic marks are forgiven."""

from __future__ import annotations

import re
from functools import lru_cache

from index.models import Span

_SAME = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "‑": "-"}
)
_QUOTED = re.compile(r"[“\"„«]([^“”\"„«»]{3,}?)[”\"“»]")

# Scripts written without spaces can be cut anywhere.
_LETTER = r"[^\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
_JOINED = re.compile(rf"{_LETTER}{{2}}")
_NUMBER_CUT = re.compile(r"\d[.,]\d")


def locate(quote: str, text: str, *, within: tuple[int, int]) -> Span | None:
    r"""Where `quote` stands in `text` between the two offsets; `None` unless word for word.

    Runs of white space count as one space and typographic quotation marks as plain ones; nothing
    else is forgiven, and no word or number is cut. The offsets are into `text` as it is.

    >>> locate('a "b" c', "x a\n“b”  c y", within=(0, 12))
    Span(start=2, end=10)
    """
    start, end = within
    normal, offsets = _normalised(text[start:end])
    wanted = _normalised(quote)[0].strip()
    position = normal.find(wanted) if wanted else -1
    while position >= 0:
        after = position + len(wanted)
        if not _within_word(normal, position) and not _within_word(normal, after):
            return Span(start + offsets[position], start + offsets[after - 1] + 1)
        position = normal.find(wanted, position + 1)
    return None


def covers(span: Span, text: str, *, within: tuple[int, int]) -> bool:
    """Whether nothing but punctuation stands between the two offsets outside the span."""
    rest = text[within[0] : span.start] + text[span.end : within[1]]
    return not any(character.isalnum() for character in rest)


def _within_word(text: str, position: int) -> bool:
    """Whether a cut before this character would go through a word or a number."""
    if not 0 < position < len(text):
        return False
    return bool(_JOINED.match(text, position - 1)) or bool(_NUMBER_CUT.match(text, position - 2))


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
