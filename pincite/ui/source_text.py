"""A document's text as markup, in parts: of a long document only those that are read are drawn."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.models import Document, Passage, Span
from pincite.ui.markup import joined, shown
from pincite.words import t

PART = 12_000  # characters, about four printed pages
WHOLE = 60_000  # characters; a document that has no more is drawn whole
_GAP = re.compile(r"\n[^\S\n]*\n\s*")


class Place(NamedTuple):
    """A cited span of a document's text; `source` is the citation's number in its exchange."""

    start: int
    end: int
    source: int


class Stretch(NamedTuple):
    """A paragraph, or a piece of one too long to be drawn at once, which then `goes_on`."""

    start: int
    end: int
    goes_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A text cut into parts: stretch `firsts[n]` is the first of part n."""

    stretches: tuple[Stretch, ...]
    firsts: tuple[int, ...]

    def part(self, number: int) -> range:
        """The numbers of the part's stretches."""
        ends = (*self.firsts[1:], len(self.stretches))
        return range(self.firsts[number], ends[number])

    def span(self, number: int) -> Span:
        """From where to where the part reaches; parts follow each other without a gap."""
        borders = [self.stretches[first].start for first in self.firsts]
        end = borders[number + 1] if number + 1 < len(borders) else self.stretches[-1].end
        return Span(borders[number], end)

    def part_at(self, offset: int) -> int:
        """The part that holds the character at `offset`."""
        starts = (self.stretches[first].start for first in self.firsts)
        return max(0, sum(start <= offset for start in starts) - 1)


def cut(text: str) -> Cut:
    """The text in parts of about `PART` characters; a short one is a single part."""
    stretches = tuple(_stretches(text))
    size = PART if len(text) > WHOLE else len(text) + 1
    firsts = [0]
    for number, stretch in enumerate(stretches):
        if stretch.end - stretches[firsts[-1]].start > size and number > firsts[-1]:
            firsts.append(number)
    return Cut(stretches=stretches, firsts=tuple(firsts) if stretches else ())


def paragraphs(text: str) -> Iterator[Span]:
    r"""Where each stretch between blank lines stands; only white space lies outside of them.

    >>> list(paragraphs("One.\n\n Two,\nstill two.\n"))
    [Span(start=0, end=4), Span(start=7, end=23)]
    """
    start = 0
    for end, following in (
        *((gap.start(), gap.end()) for gap in _GAP.finditer(text)),
        (len(text), 0),
    ):
        if text[start:end].strip():
            yield Span(start, end)
        start = following


def _stretches(text: str) -> Iterator[Stretch]:
    for start, end in paragraphs(text):
        begun = start
        while end - begun > PART:
            middle = begun + PART
            # At the last white space of the piece, or in the middle of a word that has none.
            border = max(text.rfind(mark, begun + 1, middle) for mark in "\n ") + 1 or middle
            yield Stretch(begun, border, goes_on=begun > start)
            begun = border
        yield Stretch(begun, end, goes_on=begun > start)


def render_part(
    document: Document,
    cut_text: Cut,
    number: int,
    *,
    places: Sequence[Place] = (),
    shown_source: int | None = None,
    passages: Sequence[Passage] = (),
) -> str:
    """Part `number` as markup: cited spans marked, `shown_source` strongly, passages numbered."""
    begin, end = cut_text.span(number)
    near = [place for place in places if place.start < end and begin < place.end]
    starts = {
        passage.start: count
        for count, passage in enumerate(passages, start=1)
        if begin <= passage.start < end
    }
    return joined(
        _stretch(document, cut_text, each, near, shown_source, starts)
        for each in cut_text.part(number)
    )


def _stretch(
    document: Document,
    cut_text: Cut,
    number: int,
    places: Sequence[Place],
    shown_source: int | None,
    starts: dict[int, int],
) -> str:
    """One paragraph, with a rule before it where a page begins."""
    stretch = cut_text.stretches[number]
    page = document.page_at(stretch.start) or 0
    before = document.page_at(cut_text.stretches[number - 1].start) or 0 if number else page
    rule = ""
    if page > before:
        rule = f'<p class="page-break"><span>{t("page {page}", page=page)}</span></p>'
    words = document.text[stretch.start : stretch.end]
    if number == 0 and words.strip("# ") == document.title:
        kind = ' class="opening"'
    else:
        kind = ' class="goes-on"' if stretch.goes_on else ""
    pieces = joined(_pieces(document.text, stretch, places, shown_source, starts))
    return f'{rule}<p dir="auto"{kind}>{pieces}</p>'


def _pieces(
    text: str,
    stretch: Stretch,
    places: Sequence[Place],
    shown_source: int | None,
    starts: dict[int, int],
) -> Iterator[str]:
    """The stretch cut at every border of a cited span, and where a passage begins."""
    here = [place for place in places if place.start < stretch.end and stretch.start < place.end]
    borders = {border for place in here for border in (place.start, place.end)} | starts.keys()
    inside = {border for border in borders if stretch.start < border < stretch.end}
    for start, end in itertools.pairwise(sorted({stretch.start, stretch.end} | inside)):
        if start in starts:
            yield f'<span class="passage-start" data-passage="{starts[start]}"></span>'
        piece = shown(text[start:end])
        sources = [place.source for place in here if place.start <= start and end <= place.end]
        if not sources:
            yield piece
            continue
        kind = "cited" if shown_source in sources else "also"
        cites = " ".join(str(source) for source in sources)
        yield f'<mark class="{kind}" data-cites="{cites}" tabindex="-1">{piece}</mark>'
