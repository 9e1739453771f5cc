"""Pages of PDFs are drawn for people, in a process apart, with cited words marked."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from index.children import Children, Failed, Reply
from index.errors import BrokenDocument, DocumentError
from index.models import Document, Span
from index.page_image import Box, PageRequest, squeeze

SECONDS = 20.0
MEMORY_BYTES = 1_500_000_000
AT_ONCE = 2
TASK = "index.page_image:draw_page"
_SIDE_LIMIT = 20_000
_PNG = b"\x89PNG\r\n\x1a\n"
_READ_THE_TEXT = "its text can be read here, and the original be opened in its own program."


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """A page as PNG, its size in pixels, and how many pages there are.

    `boxes` are those around each of the spans asked for, none where its words are not found: left,
    top, width and height as shares of the picture's.
    """

    png: bytes = field(repr=False)
    width: int
    height: int
    pages: int
    boxes: tuple[tuple[Box, ...], ...]


class PageDrawing:
    """Draws pages in a child process, which starts on first use; usable from several threads."""

    def __init__(self, *, task: str = TASK, seconds: float = SECONDS) -> None:
        self._children = Children(task=task, seconds=seconds, memory=MEMORY_BYTES)
        # However many turn pages at once, the machine draws a few; the others wait their turn.
        self._turns = BoundedSemaphore(AT_ONCE)

    def draw(
        self, data: bytes, document: Document, *, page: int, spans: Sequence[Span] = ()
    ) -> PageImage:
        """Page `page`, from 1, of a document with pages; `spans` are of its text.

        Raises `DocumentError`, whatever the file does to what draws it.
        """
        words = [words_on_page(document, span, page=page) for span in spans]
        try:
            with self._turns:
                return self._children.ask(
                    data, PageRequest(page=page, words=words), understood=_page_image
                )
        except (Failed, BrokenDocument) as error:
            overdue = isinstance(error, Failed) and error.overdue
            why = "takes too long to be drawn" if overdue else "cannot be drawn"
            raise DocumentError(f"Page {page:,} {why}: {_READ_THE_TEXT}") from error

    def close(self) -> None:
        """Ends the process."""
        self._children.close()


def words_on_page(document: Document, span: Span, *, page: int) -> tuple[str, int]:
    """The words of a span that stand on a page, and how often they stand there before."""
    starts = (*document.page_starts, len(document.text))
    begin, end = starts[page - 1], starts[page]
    words = document.text[max(span.start, begin) : max(begin, min(span.end, end))]
    wanted = squeeze(words)
    place = len(squeeze(document.text[begin : max(begin, span.start)]))
    before = squeeze(document.text[begin:end])[: place + len(wanted) - 1]
    found = -1
    count = 0
    while wanted and (found := before.find(wanted, found + 1)) >= 0:
        count += 1
    return words, count


def _page_image(reply: Reply) -> PageImage:
    """The picture of a reply, every field of it looked at."""
    try:
        made = reply["made"]
        png = base64.b64decode(made["png"], validate=True)
        width, height, pages = (int(made[name]) for name in ("width", "height", "pages"))
        boxes = tuple(tuple(_box(box) for box in place) for place in made["boxes"])
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise BrokenDocument("What drew the page answered with something else.") from error
    if not png.startswith(_PNG) or not 0 < width < _SIDE_LIMIT or not 0 < height < _SIDE_LIMIT:
        raise BrokenDocument("What drew the page answered with something that is no picture.")
    return PageImage(png=png, width=width, height=height, pages=pages, boxes=boxes)


def _box(values: Sequence[float]) -> Box:
    left, top, width, height = (min(1.0, max(0.0, float(value))) for value in values)
    return left, top, width, height
