"""PDF files become text: the text layer, page by page, with its lines joined to paragraphs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.decode import normal_form
from index.errors import BrokenDocument, EmptyDocument, ProtectedDocument
from index.metadata import people, stated_title
from index.models import RawDocument
from index.page_lines import Line, join_pages, paragraphs, without_running_lines, words_of

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage

MEDIA_TYPE = "application/pdf"

# PDFium keeps process-wide state and must not be entered by two threads.
_PDFIUM = threading.Lock()
_WRONG_PASSWORD = 4

_HYPHEN_MARKS = (0x0002, 0xFFFE)


def load_pdf(data: bytes) -> RawDocument:
    """Read a PDF; running heads, feet and page numbers are left out.

    Raises `ProtectedDocument`, `EmptyDocument` or `BrokenDocument` with a message that follows the
    file's name.
    """
    import pypdfium2

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == _WRONG_PASSWORD:
                raise ProtectedDocument(
                    "is encrypted: save it without a password and add it again."
                ) from error
            raise BrokenDocument(
                "cannot be read as PDF: it is damaged or incomplete; download or export it again."
            ) from error
        try:
            facts = document.get_metadata_dict()
            pages = [_lines(document, number) for number in range(len(document))]
        finally:
            document.close()
    if not any(pages):
        raise EmptyDocument(
            f"has no text layer (pages: {len(pages)}): it is a scan, or only drawings; run text"
            " recognition (OCR) over it and add the result."
        )
    kept = without_running_lines(pages)
    # Pages of nothing but running lines, such as cards, are read as they are.
    shown = kept if any(kept) else pages
    words = words_of(shown)
    text, page_starts = join_pages(
        [normal_form("\n\n".join(paragraphs(lines, words))) for lines in shown], words
    )
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=text,
        title=stated_title(facts.get("Title")),
        author=people(facts.get("Author")),
        page_starts=page_starts,
    )


def _lines(document: PdfDocument, number: int) -> list[Line]:
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            return list(_page_lines(text_page))
        finally:
            text_page.close()
    finally:
        page.close()


def _page_lines(text_page: PdfTextPage) -> Iterator[Line]:
    """The lines of a page in reading order, each with the box around its characters."""
    from pypdfium2 import raw

    gathered: list[tuple[int, str]] = []
    codes = [raw.FPDFText_GetUnicode(text_page, index) for index in range(text_page.count_chars())]
    for index, character in characters(codes):
        if character != "\n":
            gathered.append((index, character))
        elif line := _line(text_page, gathered):
            yield line
            gathered = []
        else:
            gathered = []
    if line := _line(text_page, gathered):
        yield line


def characters(codes: list[int]) -> Iterator[tuple[int, str]]:
    """Code units as characters with their index; line breaks as one newline."""
    lead = 0
    for index, code in enumerate(codes):
        if 0xD800 <= code < 0xDC00:
            lead = code
        elif 0xDC00 <= code < 0xE000:
            if lead:
                yield index, chr(0x10000 + ((lead - 0xD800) << 10) + (code - 0xDC00))
            lead = 0
        elif code == 0x0A:
            yield index, "\n"
        elif code in _HYPHEN_MARKS:
            # PDFium joins a hyphenated line with the next one; for us they stay two lines.
            yield index, "-"
            yield index, "\n"
        elif code not in (0, 0x0D) and code <= 0x10FFFF:
            yield index, chr(code)


def _line(text_page: PdfTextPage, characters: list[tuple[int, str]]) -> Line | None:
    shown = [index for index, character in characters if not character.isspace()]
    if not shown:
        return None
    left, bottom, _, top = text_page.get_charbox(shown[0], loose=True)
    _, _, right, _ = text_page.get_charbox(shown[-1], loose=True)
    text = "".join(character for _, character in characters).strip()
    return Line(text=text, left=left, right=right, bottom=bottom, height=max(1.0, top - bottom))
