"""Where the sentences of a text begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from index.goes_on import goes_on
from index.guess_language import guess_language
from index.models import Span

# A span longer than this many characters is cut at the best place inside it.
LONGEST = 600

# A plain text whose lines are longer than this has one paragraph on each line.
WIDEST_WRAP = 130
NARROWEST_WRAP = 40

_LINE = re.compile(r"[^\n]+")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•●○▪■–—➤►‣·]\s+|\(?(?:\d{1,3}|[a-zA-Z])[.)]\s+|[QA]:\s)")
_CELL = re.compile(r"\t| \| ")
_CLOSERS = "\"'”’»›“)]}」』）】》"
_COMPLETE = re.compile(rf"[.!?…。！？؟।][{re.escape(_CLOSERS)}]*\s*$")
_QUOTES = re.compile("[\"“”„‟«»‹›「」『』《》()\\[\\]（）【】]|(?<!\\w)['‘’‚]|['’](?!\\w)")

_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")

# Ends that the library overlooks: an ellipsis, and `no.` which it takes for `number`; what comes
# before a name in small Latin letters; and a sentence in brackets of its own.
_OVERLOOKED = (
    re.compile(rf"(?:…[{re.escape(_CLOSERS)}]*|(?<=\s)no\.)(?=\s+[“\"‘«(]?[A-ZÀ-ÝА-Я])"),
    re.compile("[。！？](?=[a-z])|[\uac00-\ud7af\u0600-\u06ff][.!?؟](?=\\s+[a-z])"),
    re.compile("(?:\\A|(?<=[。！？」』”]))（[^（）]{1,300}[。！？]）"),
)
# The library needs time that grows with the square of a paragraph's length: it is given this much,
# and of the sentences found in the last part of that only what a new look confirms.
_WINDOW = 5_000
_MARGIN = 1_000
_COMMA = re.compile(r"[,،]\s+|[，、]")
_WEAK_CUT = re.compile(r"[;；:：]\s+|[；]|\s[–—]\s|\n")


def sentences(text: str, language: str | None = None) -> list[Span]:
    """Split `text` into sentences.

    Spans are ordered, disjoint and trimmed of white space, and together they hold every character
    that is not white space. A blank line, a list item, a heading line or a table row always ends a
    sentence; a line break inside a hard-wrapped paragraph does not. A quotation of several
    sentences may stay one span, but no span is longer than `LONGEST` characters. `language` is a
    code such as `de`; without one, the script and the words of the text decide.

    >>> text = "Dr. Lee flew to the U.S. on Sept. 14. He came back."
    >>> [text[span.start : span.end] for span in sentences(text)]
    ['Dr. Lee flew to the U.S. on Sept. 14.', 'He came back.']
    """
    chosen = _base(language) if language else guess_language(text)
    return [
        span
        for start, end in _blocks(text)
        for sentence in _split_block(text, start, end, chosen)
        for span in _shorten(text, sentence, chosen)
    ]


def _base(language: str) -> str:
    return re.split(r"[-_]", language.strip().lower())[0] or "en"


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of lines that belong together: a paragraph, a list item, a heading, a row."""
    lines = [match.span() for match in _LINE.finditer(text) if match.group().strip()]
    if not lines:
        return
    width = _wrap_width([end - start for start, end in lines])
    block_start, block_end = lines[0]
    for (start, end), (next_start, next_end) in pairwise(lines):
        blank_between = text.count("\n", end, next_start) > 1
        if blank_between or not _continues(text[start:end], text[next_start:next_end], width):
            yield block_start, block_end
            block_start = next_start
        block_end = next_end
    yield block_start, block_end


def _wrap_width(lengths: list[int]) -> int:
    """The width at which the text is hard-wrapped; 0 when its lines are whole paragraphs."""
    ordered = sorted(lengths)
    width = ordered[(len(ordered) * 9) // 10]
    return width if width <= WIDEST_WRAP else 0


def _continues(line: str, following: str, width: int) -> bool:
    """Whether a single line break between two lines is only a hard wrap."""
    if _LIST_ITEM.match(following) or _CELL.search(line) or _CELL.search(following):
        return False
    first_word = following.split(maxsplit=1)[0]
    if _WIDE.search(line[-1:]) or _WIDE.search(following[:1]):
        return width > 0 and len(line) >= 0.8 * width and not _COMPLETE.search(line)
    if first_word[0].islower() and not _COMPLETE.search(line):
        return True
    if width < NARROWEST_WRAP:
        return False
    # The first word of the next line would not have fitted on this one.
    return len(line) + 1 + len(first_word) > 0.85 * width


def _split_block(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    # A line break is a space to the library, of the same length: offsets stay as they are.
    flat = text[start:end].replace("\n", " ")
    pieces = _mend(flat, _library_spans(flat, language), language)
    for piece_start, piece_end in pieces:
        span = _trim(text, start + piece_start, start + piece_end)
        if span is not None:
            yield span


def _library_spans(flat: str, language: str) -> list[tuple[int, int]]:
    """Spans from the library, in order and without gaps from 0 to the end."""
    ends = {match.end() for pattern in _OVERLOOKED for match in pattern.finditer(flat)}
    inner = sorted(end for end in ends.union(_library_ends(flat, language)) if 0 < end < len(flat))
    return list(zip([0, *inner], [*inner, len(flat)], strict=True))


def _library_ends(flat: str, language: str) -> Iterator[int]:
    """Where the library ends sentences, in time that grows with the length of the text."""
    from sentencex import get_sentence_boundaries

    begun = 0
    while begun < len(flat):
        window = flat[begun : begun + _WINDOW]
        ends = [int(each["end_index"]) for each in get_sentence_boundaries(language, window)]
        if begun + len(window) < len(flat):
            inner = [end for end in ends if end < len(window)]
            ends = [end for end in inner if end <= _WINDOW - _MARGIN] or inner
        yield from (begun + end for end in ends)
        begun += ends[-1] if ends else len(window)


def _mend(flat: str, pieces: list[tuple[int, int]], language: str) -> list[tuple[int, int]]:
    """Join pieces that the library cut apart wrongly."""
    mended: list[tuple[int, int]] = []
    for start, end in pieces:
        if mended and goes_on(flat, mended[-1][0], start, end, language):
            mended[-1] = (mended[-1][0], end)
        else:
            mended.append((start, end))
    return mended


def _trim(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _shorten(text: str, span: Span, language: str) -> Iterator[Span]:
    """The span itself, or its parts when it is longer than `LONGEST`."""
    if span.end - span.start <= LONGEST:
        yield span
        return
    # Without its quotation marks the library sees the sentences inside a long quotation.
    open_text = _QUOTES.sub(" ", text[span.start : span.end])
    for start, end in _mend(open_text, _library_spans(open_text, language), language):
        part = _trim(text, span.start + start, span.start + end)
        if part is not None:
            yield from _cut(text, part)


def _cut(text: str, span: Span) -> Iterator[Span]:
    """Cut at the last semicolon, dash, line break, else comma, else space before the limit."""
    start = span.start
    while span.end - start > LONGEST:
        window = text[start : start + LONGEST]
        cuts = [match.end() for match in _WEAK_CUT.finditer(window, LONGEST // 4)]
        if not cuts:
            cuts = [match.end() for match in _COMMA.finditer(window, LONGEST // 4)]
        if not cuts:
            cuts = [match.end() for match in re.finditer(r"\s+", window)]
        cut = start + (cuts[-1] if cuts else LONGEST)
        part = _trim(text, start, cut)
        if part is not None:
            yield part
        start = cut
    last = _trim(text, start, span.end)
    if last is not None:
        yield last
