"""EPUB books become text: the chapters in the order in which they are read."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import unquote

from index.dates import find_date
from index.decode import decode, normal_form
from index.errors import BrokenDocument, ProtectedDocument
from index.html_blocks import blocks_of, parsed_page
from index.metadata import language_code, people, plain_name, stated_title
from index.models import RawDocument
from index.zip_files import opened, xml_member

if TYPE_CHECKING:
    from lxml.etree import _Element

MEDIA_TYPE = "application/epub+zip"

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PACKAGE = "{http://www.idpf.org/2007/opf}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_PAGES = {"application/xhtml+xml", "text/html", "text/x-oeb1-document"}
# Only fonts are made unreadable this way; the text of such a book is plain.
_FONTS_ONLY = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
# Dates of other events are those of the file, not of the book.
_PUBLISHED = (None, "publication", "original-publication", "issued")


def load_epub(data: bytes) -> RawDocument:
    """Read an EPUB book with the title, authors, publisher, language and day that it states.

    Raises `OversizedDocument`, `ProtectedDocument` or `BrokenDocument` with a message that follows
    the file's name, and whatever lxml raises for damaged XML.
    """
    with opened(data) as archive:
        _refuse_encrypted(archive)
        rootfile = xml_member(archive, _CONTAINER).find(".//{*}rootfile[@full-path]")
        if rootfile is None:
            raise BrokenDocument("names no book inside it: it is damaged; download it again.")
        path = rootfile.get("full-path")
        package = xml_member(archive, path)
        chapters = list(_chapters(archive, package, posixpath.dirname(path)))
    facts = {
        name: [each for each in package.iter(_DUBLIN_CORE + name) if (each.text or "").strip()]
        for name in ("title", "creator", "publisher", "language", "date")
    }
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=normal_form("\n\n".join(chapters)),
        title=next((stated_title(each.text) for each in facts["title"]), None),
        outlet=next((plain_name(each.text) for each in facts["publisher"]), None),
        author=people([each.text for each in facts["creator"]]),
        published_at=_day(facts["date"]),
        language=next((language_code(each.text) for each in facts["language"]), None),
    )


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    if _ENCRYPTION not in archive.namelist():
        return
    methods = {
        method.get("Algorithm")
        for method in xml_member(archive, _ENCRYPTION).iter("{*}EncryptionMethod")
    }
    if methods - _FONTS_ONLY:
        raise ProtectedDocument(
            "is a book with copy protection, which only its seller's program can read: add a copy"
            " without it."
        )


def _chapters(archive: zipfile.ZipFile, package: _Element, folder: str) -> Iterator[str]:
    """The text of each page that the book's spine names, without its table of contents."""
    items = {item.get("id"): item for item in package.iter(_PACKAGE + "item")}
    held = set(archive.namelist())
    missing = 0
    read: set[str] = set()
    for reference in package.iter(_PACKAGE + "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGES:
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        if name not in held:
            missing += 1
        # A chapter that is named twice is read once.
        if name not in held or name in read:
            continue
        read.add(name)
        # The page of a book's own table of contents repeats the headings.
        if "nav" not in (item.get("properties") or "").split():
            yield "\n\n".join(_blocks(archive.read(name), name))
    if missing and not read:
        raise BrokenDocument("holds none of its chapters: it is damaged; download it again.")


def _blocks(data: bytes, name: str) -> Iterator[str]:
    page = parsed_page(decode(data, name)) if data.strip() else None
    if page is not None:
        body = page.find("body")
        yield from blocks_of(page if body is None else body)


def _day(stated: list[_Element]) -> date | None:
    """The only day on which the book says it was published."""
    days = {
        find_date((each.text or "").strip()[:10])
        for each in stated
        if each.get(_PACKAGE + "event") in _PUBLISHED
    } - {None}
    return days.pop() if len(days) == 1 else None
