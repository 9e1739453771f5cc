"""The bytes of one file become a raw document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from index.decode import decode, normal_form
from index.errors import BrokenDocument, DocumentError, EmptyDocument, OversizedDocument
from index.load_csv import load_csv
from index.load_docx import load_docx
from index.load_eml import load_eml
from index.load_epub import load_epub
from index.load_html import load_html
from index.load_json import load_json, load_json_lines
from index.load_markdown import load_markdown
from index.load_odt import load_odt
from index.load_pdf import load_pdf
from index.load_pptx import load_pptx
from index.load_rst import load_rst
from index.load_rtf import load_rtf
from index.load_xlsx import load_xlsx
from index.models import RawDocument
from index.sniff import BytesKind, sniff_bytes, sniff_text

Content = TypeVar("Content", bytes, str)

_BYTES_READERS: Mapping[BytesKind, Callable[[bytes], RawDocument]] = {
    "pdf": load_pdf,
    "docx": load_docx,
    "pptx": load_pptx,
    "xlsx": load_xlsx,
    "epub": load_epub,
    "odt": load_odt,
    "rtf": load_rtf,
    "eml": load_eml,
}

# Larger files are refused before anything reads them.
SIZE_LIMIT = 100 * 1024 * 1024


def load(data: bytes, name: str) -> RawDocument:
    """Read one file of a format that `index.sniff.READABLE` names, text in any encoding.

    The content decides which it is; `name` only tells kinds of text apart and appears in error
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
    if kind != "text":
        return _guarded(_BYTES_READERS[kind], data, name, kind.upper())
    text = decode(data, name)
    match sniff_text(text, name):
        case "html":
            return _guarded(load_html, text, name, "HTML")
        case "markdown":
            return _guarded(load_markdown, text, name, "Markdown")
        case "rst":
            return _guarded(load_rst, text, name, "reStructuredText")
        case "json":
            return _guarded(load_json, text, name, "JSON")
        case "json lines":
            return _guarded(load_json_lines, text, name, "JSON Lines")
        case "table":
            return _guarded(load_csv, text, name, "CSV")
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
