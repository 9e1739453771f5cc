"""DOCX files become text: paragraphs and tables in the order in which they are read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.decode import normal_form
from index.errors import UnsupportedFormat
from index.metadata import language_code, people, plain_name, stated_title
from index.models import RawDocument
from index.records import row_line
from index.zip_files import opened

if TYPE_CHECKING:
    from lxml.etree import _Element

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

# Wrappers that change nothing about what is read: content controls, insertions and the like.
_WRAPPERS = {
    _WORD + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")
}
_SKIPPED = {
    *(_WORD + name for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "drawing", "pict")),
    _COMPATIBILITY + "AlternateContent",
}


def load_docx(data: bytes) -> RawDocument:
    """Read a DOCX file; page headers, footers and comments are left out.

    Raises `OversizedDocument`, `ProtectedDocument` or `UnsupportedFormat` with a message that
    follows the file's name, and whatever python-docx raises for a damaged file.
    """
    import docx

    with opened(data) as archive:
        types = archive.read("[Content_Types].xml")
    if b"document.main+xml" not in types:
        raise UnsupportedFormat(
            "is a Word template or a document with macros: save it as an ordinary DOCX file."
        )
    document = docx.Document(io.BytesIO(data))
    blocks = [block for block in _blocks(document.element.body) if block.strip()]
    facts = document.core_properties
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=normal_form("\n\n".join(blocks)),
        title=stated_title(facts.title) or _styled_title(document.element.body),
        author=people(facts.author),
        language=language_code(facts.language),
    )


def _blocks(parent: _Element) -> Iterator[str]:
    """Paragraphs and table rows, in document order."""
    for child in parent:
        if child.tag == _WORD + "p":
            yield "".join(_runs(child))
            yield from _text_boxes(child)
        elif child.tag == _WORD + "tbl":
            yield from _rows(child)
        elif child.tag in _WRAPPERS:
            yield from _blocks(child)


def _text_boxes(paragraph: _Element) -> Iterator[str]:
    """The text of boxes anchored here; each is stored twice, the second time for old programs."""
    for box in paragraph.iter(_WORD + "txbxContent"):
        if next(box.iterancestors(_COMPATIBILITY + "Fallback"), None) is None:
            yield from _blocks(box)


def _rows(table: _Element) -> Iterator[str]:
    """One line for each row; a table of a single column is read like paragraphs."""
    for row in _inside(table, _WORD + "tr"):
        yield row_line(" ".join(_blocks(cell)) for cell in _inside(row, _WORD + "tc"))


def _inside(parent: _Element, tag: str) -> Iterator[_Element]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, tag)


def _runs(parent: _Element) -> Iterator[str]:
    """The text of a paragraph as accepted: insertions are in, deletions and hidden text are out."""
    for child in parent:
        if child.tag in _SKIPPED or _is_hidden(child):
            continue
        if child.tag == _WORD + "t":
            yield child.text or ""
        elif child.tag == _WORD + "tab":
            yield "\t"
        elif child.tag in (_WORD + "br", _WORD + "cr"):
            yield "\n"
        elif child.tag == _WORD + "noBreakHyphen":
            yield "-"
        else:
            yield from _runs(child)


def _is_hidden(run: _Element) -> bool:
    mark = run.find(f"{_WORD}rPr/{_WORD}vanish")
    return mark is not None and mark.get(_WORD + "val") not in ("0", "false", "off")


def _styled_title(body: _Element) -> str | None:
    """The text of the first paragraph when its style is the one for titles."""
    for paragraph in _inside(body, _WORD + "p"):
        text = "".join(_runs(paragraph)).strip()
        if text:
            style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
            is_title = style is not None and style.get(_WORD + "val") == "Title"
            return plain_name(text) if is_title else None
    return None
