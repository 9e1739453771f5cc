"""A page of a PDF becomes a picture, with the places of words on it. Runs in a process apart."""

from __future__ import annotations

import base64
import ctypes
import struct
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypedDict

from index.errors import BrokenDocument
from index.load_pdf import characters

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

WIDTH = 1_000  # pixels, of a page of usual shape
PIXELS_LIMIT = 3_000_000

Box = tuple[float, float, float, float]


class PageRequest(TypedDict):
    """Which page, from 1, and words on it: each the n-th time, from 0, that they occur there."""

    page: int
    words: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPage:
    """A page as PNG in Base64, its size in pixels, and how many pages there are.

    `boxes` are those around each of the words asked for, none where they are not found: left, top,
    width and height as shares of the picture's.
    """

    png: str
    width: int
    height: int
    pages: int
    boxes: tuple[tuple[Box, ...], ...]


def draw_page(data: bytes, request: PageRequest) -> DrawnPage:
    """Draw a page of a PDF. Raises `BrokenDocument`."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        page = document[request["page"] - 1]
        across, down = page.get_size()
        scale = min(WIDTH / across, (PIXELS_LIMIT / (across * down)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True)
        drawn = _png(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
        places = _Places(page, page.get_textpage())
        return DrawnPage(
            png=base64.b64encode(drawn).decode(),
            width=bitmap.width,
            height=bitmap.height,
            pages=len(document),
            boxes=tuple(places.of(words, nth) for words, nth in request["words"]),
        )
    except (pypdfium2.PdfiumError, IndexError, ZeroDivisionError) as error:
        raise BrokenDocument("The page cannot be drawn.") from error


def _png(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    """Rows of three bytes a pixel, each row `stride` bytes long, as a PNG."""
    rows = b"".join(
        b"\0" + pixels[start : start + 3 * width] for start in range(0, height * stride, stride)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in parts
    )


class _Places:
    """Where words stand on a page.

    Letters and digits are compared and nothing else: lines and hyphens are set otherwise on a page
    than in a text that was read from it.
    """

    def __init__(self, page: PdfPage, text: PdfTextPage) -> None:
        from pypdfium2 import raw

        self._page = page
        self._text = text
        units = [raw.FPDFText_GetUnicode(text, index) for index in range(text.count_chars())]
        squeezed = [(index, squeeze(character)) for index, character in characters(units)]
        self._squeezed = "".join(part for _, part in squeezed)
        # The place on the page that each of the squeezed characters comes from.
        self._indexes = list(chain.from_iterable([index] * len(part) for index, part in squeezed))

    def of(self, words: str, nth: int) -> tuple[Box, ...]:
        """A box for each line of the words' n-th occurrence; none if there is no such."""
        wanted = squeeze(words)
        start = -1
        for _ in range(nth + 1):
            start = self._squeezed.find(wanted, start + 1)
            if start < 0 or not wanted:
                return ()
        first, last = self._indexes[start], self._indexes[start + len(wanted) - 1]
        count = self._text.count_rects(first, last - first + 1)
        boxes = [self._box(*self._text.get_rect(number)) for number in range(count)]
        # Some words of a page lie beyond its edge, where nobody sees them.
        return tuple(box for box in boxes if -box[2] < box[0] < 1 and -box[3] < box[1] < 1)

    def _box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box of the page's own coordinates, which may be turned or cut off, on its picture."""
        (x, y), (other_x, other_y) = self._place(left, top), self._place(right, bottom)
        return (min(x, other_x), min(y, other_y), abs(other_x - x), abs(other_y - y))

    def _place(self, x: float, y: float) -> tuple[float, float]:
        from pypdfium2 import raw

        fine = 100_000
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self._page, 0, 0, fine, fine, 0, x, y, across, down)
        return across.value / fine, down.value / fine


def squeeze(text: str) -> str:
    r"""Letters and digits alone, in one case and without accents.

    >>> squeeze("The ﬁre-\nbrigade’s Café")
    'thefirebrigadescafe'
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if character.isalnum())
