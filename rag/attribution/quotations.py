"""Text without what stands in quotation marks: what others say in it is not what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.models import Span
from index.sentences import sentences

FILLER = "¤"
OPENING = frozenset('“«"')
CLOSING = frozenset('”»"')
# Where a quotation ends with a full stop, or begins behind one, there the sentence ends.
_ENDS_AT_QUOTATION = re.compile(r"(?<=\.[”»\"])\s+(?=[^\W\d_])|(?<=[a-z]\.)\s+(?=[“«\"])")


def unquoted(text: str) -> str | None:
    """The text without what stands in quotation marks, as long as before; `None` if none match.

    A quotation may have begun before the text, or go on after it.

    >>> unquoted("“He said so,” Calder said.")
    '“¤¤¤¤¤¤¤¤¤¤,” Calder said.'
    """
    characters, opened, marks = list(text), -1, 0
    for place, character in enumerate(text):
        opens = character in "“«" or (character == '"' and opened < 0)
        if not opens and character not in CLOSING:
            continue
        if (opens and opened >= 0) or (not opens and opened < 0 and marks):
            return None
        if not opens:
            _fill(characters, opened + 1, place)
        opened, marks = place if opens else -1, marks + 1
    if opened >= 0:
        if text[opened] == '"':
            return None
        _fill(characters, opened + 1, len(text))
    return "".join(characters)


def sentence_spans(open_text: str) -> Iterator[Span]:
    """The sentences of a text that `unquoted` gave."""
    for span in sentences(open_text, "en"):
        start = span.start
        for end in _ENDS_AT_QUOTATION.finditer(open_text, span.start, span.end):
            yield Span(start, end.start())
            start = end.end()
        yield Span(start, span.end)


def blanked(text: str, span: Span) -> str:
    """The text with filler in one place, as long as before."""
    return text[: span.start] + FILLER * (span.end - span.start) + text[span.end :]


def _fill(characters: list[str], start: int, end: int) -> None:
    """Filler for a quotation, but for the mark at its end that tells whether the sentence ends."""
    if start < end:
        last = {".": ".", ",": ",", "?": ",", "!": ","}.get(characters[end - 1], FILLER)
        characters[start:end] = [*FILLER * (end - start - 1), last]
