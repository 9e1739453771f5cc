"""OpenDocument texts become text: headings, paragraphs, lists and tables in document order."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.decode import normal_form
from index.errors import BrokenDocument, ProtectedDocument
from index.metadata import language_code, people, plain_name, stated_title
from index.models import RawDocument
from index.records import joined, row_line
from index.zip_files import opened, xml_member

if TYPE_CHECKING:
    from lxml.etree import _Element

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT = f"{{{_NAMES}text:1.0}}"
_TABLE = f"{{{_NAMES}table:1.0}}"
_OFFICE = f"{{{_NAMES}office:1.0}}"
_META = f"{{{_NAMES}meta:1.0}}"
_DRAW = f"{{{_NAMES}drawing:1.0}}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"

_CELL = _TABLE + "table-cell"
_PARAGRAPHS = {_TEXT + "p", _TEXT + "h"}
# What was deleted, what a reader added in the margin or below, and what repeats the headings.
_SKIPPED = {
    *(_TEXT + name for name in ("tracked-changes", "note", "table-of-content", "sequence-decls")),
    _OFFICE + "annotation",
    _OFFICE + "forms",
}
_MOST_SPACES = 100


def load_odt(data: bytes) -> RawDocument:
    """Read an OpenDocument text; page headers, footers, notes and comments are left out.

    Raises `OversizedDocument`, `ProtectedDocument` or `BrokenDocument` with a message that follows
    the file's name, and whatever lxml raises for damaged XML.
    """
    with opened(data) as archive:
        _refuse_encrypted(archive)
        body = xml_member(archive, "content.xml").find(f".//{_OFFICE}text")
        facts = _facts(archive)
    if body is None:
        raise BrokenDocument("holds no text part: it is damaged; save it again and add that copy.")
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=normal_form(joined(block for block in _blocks(body) if block.strip())),
        title=stated_title(facts.get(_DUBLIN_CORE + "title")) or _styled_title(body),
        author=people(facts.get(_META + "initial-creator") or facts.get(_DUBLIN_CORE + "creator")),
        language=language_code(facts.get(_DUBLIN_CORE + "language")),
    )


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    name = "META-INF/manifest.xml"
    if name in archive.namelist() and b"encryption-data" in archive.read(name):
        raise ProtectedDocument("is encrypted: save it without a password and add it again.")


def _facts(archive: zipfile.ZipFile) -> dict[str, str]:
    if "meta.xml" not in archive.namelist():
        return {}
    facts = xml_member(archive, "meta.xml").find(f".//{_OFFICE}meta")
    return {} if facts is None else {str(each.tag): each.text or "" for each in facts}


def _blocks(parent: _Element) -> Iterator[str]:
    """Paragraphs and table rows, whatever lists, sections and frames they stand in."""
    for child in parent:
        if child.tag in _PARAGRAPHS:
            yield "".join(_runs(child)).strip()
            for box in child.iter(_DRAW + "text-box"):
                # A box inside a box comes with the outer one.
                if next(box.iterancestors(*_PARAGRAPHS)) is child:
                    yield from _blocks(box)
        elif child.tag == _TABLE + "table":
            yield from _rows(child)
        elif child.tag not in _SKIPPED:
            yield from _blocks(child)


def _rows(table: _Element) -> Iterator[str]:
    """One line for each row; a table in a cell is read as part of that cell."""
    for child in table:
        if child.tag == _TABLE + "table-row":
            yield row_line(" ".join(_blocks(cell)) for cell in child.iterchildren(_CELL))
        else:
            yield from _rows(child)


def _runs(parent: _Element) -> Iterator[str]:
    """The text of a paragraph. Space at the ends of lines of the file is none of the text."""
    yield _collapsed(parent.text)
    for child in parent:
        if child.tag == _TEXT + "s":
            count = child.get(_TEXT + "c") or "1"
            yield " " * (min(int(count), _MOST_SPACES) if count.isdecimal() else 1)
        elif child.tag == _TEXT + "tab":
            yield "\t"
        elif child.tag == _TEXT + "line-break":
            yield "\n"
        elif child.tag not in _SKIPPED and not str(child.tag).startswith(_DRAW):
            yield from _runs(child)
        yield _collapsed(child.tail)


def _collapsed(text: str | None) -> str:
    if not text:
        return ""
    words = " ".join(text.split())
    return (
        (" " if text[0].isspace() else "") + words + (" " if words and text[-1].isspace() else "")
    )


def _styled_title(body: _Element) -> str | None:
    """The text of the first paragraph when its style is the one for titles."""
    for paragraph in body.iter(*_PARAGRAPHS):
        text = "".join(_runs(paragraph)).strip()
        if text:
            is_title = paragraph.get(_TEXT + "style-name") == "Title"
            return plain_name(text) if is_title else None
    return None
