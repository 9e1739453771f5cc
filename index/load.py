"""The bytes of one file become a raw document."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from index.decode import decode, normal_form
from index.errors import BrokenDocument, DocumentError, EmptyDocument, OversizedDocument
from index.load_docx import load_docx
from index.load_html import load_html
from index.load_markdown import load_markdown
from index.load_pdf import load_pdf
from index.models import RawDocument
from index.sniff import sniff_bytes, sniff_text

Content = TypeVar("Content", bytes, str)

# Larger files are refused before anything reads them.
SIZE_LIMIT = 100 * 1024 * 1024


def load(data: bytes, name: str) -> RawDocument:
    """Read one file: text in any encoding, Markdown, HTML, PDF or DOCX.

    The content decides which it is; `name` only tells Markdown from other text and appears in error
    messages. Raises a `DocumentError` whose message is fit to be shown: `EmptyDocument`,
    `UnsupportedFormat`, `BrokenDocument`, `ProtectedDocument` or `OversizedDocument`.
    """
    if len(data) > SIZE_LIMIT:
        raise OversizedDocument(
            f"{name} has {len(data) / 1024 / 1024:,.0f} MB, more than the limit of"
            f" {SIZE_LIMIT // 1024 // 1024} MB: split it into smaller files."
        )
    if not data.strip():
        raise EmptyDocument(f"{name} is empty: save or download it again, then add it.")
    raw = _read(data, name)
    if not raw.text.strip():
        raise EmptyDocument(f"{name} holds no text: there is nothing to add.")
    return raw


def _read(data: bytes, name: str) -> RawDocument:
    kind = sniff_bytes(data, name)
    if kind == "pdf":
        return _guarded(load_pdf, data, name, "PDF")
    if kind == "docx":
        return _guarded(load_docx, data, name, "DOCX")
    text = decode(data, name)
    match sniff_text(text, name):
        case "html":
            return _guarded(load_html, text, name, "HTML")
        case "markdown":
            return _guarded(load_markdown, text, name, "Markdown")
        case _:
            return RawDocument(media_type="text/plain", text=normal_form(text))


def _guarded(
    reader: Callable[[Content], RawDocument], content: Content, name: str, format_name: str
) -> RawDocument:
    """What the reader reads in normal form, its own exceptions turned into ours."""
    try:
        return reader(content)
    except DocumentError as error:
        raise type(error)(f"{name} {error}") from error
    # A reader meets arbitrary bytes and may fail in any way; the file's owner gets a sentence.
    except (Exception, RecursionError) as error:
        raise BrokenDocument(
            f"{name} cannot be read as {format_name}: it is damaged or incomplete;"
            " open it in its own program, save it again and add that copy."
        ) from error
