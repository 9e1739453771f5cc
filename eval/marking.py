"""Where known words stand in a text, and the text as markup with these places marked."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from eval.metrics.answers import normalise, plain
from rag.render import printable

_PIECE = re.compile(r"[^\s—―…]+")  # what normalising never joins with what stands beside it

Span = tuple[int, int]


def marked(text: str, *, answers: Iterable[str], evidence: Iterable[str]) -> str:
    """Untrusted text as markup on one line, known words in `<mark>`, evidence in one of class `e`.

    Where an answer stands in evidence, it is the answer that is marked.

    >>> marked("They <want> food.", answers=["food"], evidence=["want food"])
    'They &lt;<mark class="e">want&gt; </mark><mark>food</mark>.'
    """
    shown = printable(text)
    ways = [""] * len(shown)
    for way, phrases in (('<mark class="e">', evidence), ("<mark>", answers)):
        for start, end in places(shown, map(printable, phrases)):
            ways[start:end] = [way] * (end - start)
    parts = []
    for way, characters in groupby(zip(ways, shown, strict=True), key=lambda pair: pair[0]):
        words = html.escape("".join(character for _, character in characters))
        parts.append(f"{way}{words}</mark>" if way else words)
    return "".join(parts)


def places(text: str, phrases: Iterable[str]) -> list[Span]:
    """Start and end of every occurrence that `eval.metrics.answers.holds` sees, in order.

    The punctuation around an occurrence is not part of it.

    >>> text = "Oil, “the Food” and money."
    >>> [text[start:end] for start, end in places(text, ["food, and money", "wheat"])]
    ['Food” and money']
    """
    tokens = list(_tokens(text))
    return sorted(span for phrase in phrases for span in _places(tokens, normalise(phrase).split()))


def _places(tokens: Sequence[tuple[str, Span]], wanted: Sequence[str]) -> Iterator[Span]:
    for first in range(len(tokens) - len(wanted) + 1) if wanted else ():
        some = tokens[first : first + len(wanted)]
        if all(word == token for word, (token, _) in zip(wanted, some, strict=True)):
            yield some[0][1][0], some[-1][1][1]


def _tokens(text: str) -> Iterator[tuple[str, Span]]:
    """The normalised words of a text, each with the place of what it was made of."""
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        words = normalise(piece.group()).split()
        while words and not plain(text[start]):
            start += 1
        while words and not plain(text[end - 1]):
            end -= 1
        yield from ((word, (start, end)) for word in words)
