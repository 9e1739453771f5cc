"""Sentences are packed into passages that an embedding model reads whole, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from index.models import Span

# Part of every passage's identity: raise it whenever the same text would be cut differently.
CHUNKER_VERSION = 2

TokenCounter = Callable[[Sequence[str]], list[int]]

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_BETWEEN_CELLS = re.compile(r"\t|\s\|\s")
# Scripts without spaces have places for a break behind these.
_WORD = re.compile("[^\\s，、；：]+[，、；：]*|[，、；：]+")
_HEADING_CHARACTERS = 90
_HEADING_WORDS = 14
_NOT_A_HEADING = tuple('.!?:;,…"”’»)]。！？、')


class ChunkSpan(NamedTuple):
    """A passage to be: `text[start:end]`, under the heading it stands below, if any."""

    start: int
    end: int
    heading: str | None


class _Unit(NamedTuple):
    """A sentence, or a piece of one that is too long, with what stands before it."""

    start: int
    end: int
    tokens: int
    opens_paragraph: bool
    is_heading: bool


def chunk(
    text: str, sentences: Sequence[Span], *, count_tokens: TokenCounter, limit: int
) -> list[ChunkSpan]:
    """Passages of whole sentences, each at most `limit` tokens, in order and without overlap.

    Every sentence lies in exactly one passage, unless it is longer than `limit` by itself: then it
    is cut between words (and a longer word between characters). `count_tokens` counts without
    special tokens. A passage ends at a heading or paragraph where that leaves it half full.

    >>> words = lambda texts: [len(text.split()) for text in texts]
    >>> chunk("One two. Three. Four five.", [Span(0, 8), Span(9, 15), Span(16, 26)],
    ...       count_tokens=words, limit=3)
    [ChunkSpan(start=0, end=15, heading=None), ChunkSpan(start=16, end=26, heading=None)]
    """
    assert limit > 0
    headings = _headings(text, sentences)
    units = _units(text, sentences, headings, count_tokens=count_tokens, limit=limit)
    packed = _pack(units, limit)
    spans = [span for group in packed for span in _fitting(text, group, count_tokens, limit)]
    return list(_under_headings(text, spans, [sentences[index] for index in sorted(headings)]))


def _headings(text: str, sentences: Sequence[Span]) -> set[int]:
    """Which sentences are headings: short lines of their own, unpunctuated, then a blank line.

    The last row of a table is none.
    """
    found = set()
    for index, (span, following) in enumerate(pairwise(sentences)):
        line = text[span.start : span.end]
        before = text[sentences[index - 1].end : span.start] if index else "\n"
        if (
            len(line) <= _HEADING_CHARACTERS
            and "\n" not in line
            and not _BETWEEN_CELLS.search(line)
            and "\n" in before
            and _BLANK_LINE.search(text, span.end, following.start)
            and len(line.split()) <= _HEADING_WORDS
            and not line.endswith(_NOT_A_HEADING)
            and any(character.isalpha() for character in line)
        ):
            found.add(index)
    return found


def _units(
    text: str,
    sentences: Sequence[Span],
    headings: set[int],
    *,
    count_tokens: TokenCounter,
    limit: int,
) -> list[_Unit]:
    counts = count_tokens([text[start:end] for start, end in sentences])
    units = []
    previous_end = 0
    for index, (span, tokens) in enumerate(zip(sentences, counts, strict=True)):
        opens = index == 0 or bool(_BLANK_LINE.search(text, previous_end, span.start))
        pieces = [(span, tokens)] if tokens <= limit else _split(text, span, count_tokens, limit)
        for number, (piece, size) in enumerate(pieces):
            units.append(_Unit(*piece, size, opens and number == 0, index in headings))
        previous_end = span.end
    return units


def _pack(units: Sequence[_Unit], limit: int) -> Iterator[list[_Unit]]:
    """Fills passages greedily, then ends each at the best place for a break behind its middle."""
    current: list[_Unit] = []
    size = 0
    for unit in units:
        while current and (size + unit.tokens > limit or (unit.is_heading and 2 * size >= limit)):
            cut = _best_break([*current, unit], limit)
            yield current[:cut]
            current = current[cut:]
            size = sum(kept.tokens for kept in current)
        current.append(unit)
        size += unit.tokens
    if current:
        yield current


def _best_break(units: Sequence[_Unit], limit: int) -> int:
    """Where to end a passage that is full: before which of `units`, whose last no longer fits."""
    last = len(units) - 1
    while last > 1 and units[last - 1].is_heading:  # a heading stays with what follows it
        last -= 1
    if units[last].is_heading:
        return last
    sizes = [unit.tokens for unit in units]
    for cut in range(last, 0, -1):
        if 2 * sum(sizes[:cut]) < limit:
            break
        if units[cut].opens_paragraph and not units[cut - 1].is_heading:
            return cut
    return last


def _fitting(
    text: str, group: Sequence[_Unit], count_tokens: TokenCounter, limit: int
) -> Iterator[Span]:
    """The group as one span, or as several where its tokens do not simply add up."""
    span = Span(group[0].start, group[-1].end)
    if len(group) == 1 or count_tokens([text[span.start : span.end]])[0] <= limit:
        yield span
        return
    middle = len(group) // 2
    yield from _fitting(text, group[:middle], count_tokens, limit)
    yield from _fitting(text, group[middle:], count_tokens, limit)


def _split(text: str, span: Span, count_tokens: TokenCounter, limit: int) -> list[tuple[Span, int]]:
    """A sentence longer than `limit` as pieces of whole words, each as long as fits."""
    whole = [Span(*match.span()) for match in _WORD.finditer(text, span.start, span.end)]
    sizes = count_tokens([text[start:end] for start, end in whole])
    words = [
        piece
        for word, size in zip(whole, sizes, strict=True)
        for piece in ([word] if size <= limit else _split_word(text, word, count_tokens, limit))
    ]
    counts = count_tokens([text[start:end] for start, end in words])
    units = [_Unit(*word, size, False, False) for word, size in zip(words, counts, strict=True)]  # noqa: FBT003
    spans = [
        fitting
        for group in _pack(units, limit)
        for fitting in _fitting(text, group, count_tokens, limit)
    ]
    return list(zip(spans, count_tokens([text[start:end] for start, end in spans]), strict=True))


def _split_word(text: str, word: Span, count_tokens: TokenCounter, limit: int) -> list[Span]:
    """A word halved until each part fits; a single character always does."""
    if word.end - word.start == 1 or count_tokens([text[word.start : word.end]])[0] <= limit:
        return [word]
    middle = (word.start + word.end) // 2
    return [
        *_split_word(text, Span(word.start, middle), count_tokens, limit),
        *_split_word(text, Span(middle, word.end), count_tokens, limit),
    ]


def _under_headings(
    text: str, spans: Sequence[Span], headings: Sequence[Span]
) -> Iterator[ChunkSpan]:
    heading: str | None = None
    upcoming = 0
    for span in spans:
        while upcoming < len(headings) and headings[upcoming].start <= span.start:
            found = headings[upcoming]
            heading = text[found.start : found.end].strip("# ") or None
            upcoming += 1
        yield ChunkSpan(span.start, span.end, heading)
