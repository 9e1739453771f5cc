"""Which format a file has, by its content; its name only decides between kinds of text."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath
from typing import Literal

from index.errors import BrokenDocument, ProtectedDocument, UnsupportedFormat
from index.load_csv import table_mark
from index.load_eml import is_email
from index.load_json import is_json, is_json_lines

BytesKind = Literal["pdf", "docx", "pptx", "xlsx", "epub", "odt", "rtf", "eml", "text"]
TextKind = Literal["text", "markdown", "rst", "html", "json", "json lines", "table"]

READABLE = (
    "Pincite reads text, Markdown, reStructuredText, HTML, PDF, DOCX, PPTX, XLSX, ODT, RTF, EPUB,"
    " EML, CSV, TSV and JSON files."
)

# (offset, bytes at that offset, what such a file is)
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF87a", "a GIF image"),
    (0, b"GIF89a", "a GIF image"),
    (0, b"II*\x00", "a TIFF image"),
    (0, b"MM\x00*", "a TIFF image"),
    (8, b"WEBP", "a WebP image"),
    (0, b"\x00\x00\x01\x00", "an icon"),
    (4, b"ftypheic", "a HEIC image"),
    (4, b"ftypavif", "an AVIF image"),
    (4, b"ftyp", "a video or sound file"),
    (0, b"RIFF", "a video or sound file"),
    (0, b"OggS", "a video or sound file"),
    (0, b"fLaC", "a sound file"),
    (0, b"ID3", "a sound file"),
    (0, b"\x1aE\xdf\xa3", "a video file"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90\x00", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"\x00asm", "a program"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"SQLite format 3\x00", "an SQLite database"),
    (0, b"PAR1", "a Parquet table"),
    (0, b"GGUF", "a language model"),
    (0, b"bplist00", "a property list"),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (0, b"OTTO", "a font"),
    (0, b"%!PS", "a PostScript document (save it as PDF)"),
)
_RTF = b"{\\rtf"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

# What a zip holds, by a member that every such file has: what is read, then what is not.
_ZIP_KINDS: tuple[tuple[str, BytesKind], ...] = (
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("xl/workbook.xml", "xlsx"),
)
_ZIP_MEMBERS = (
    ("xl/workbook.bin", "a binary Excel workbook (save it as XLSX)"),
    ("AndroidManifest.xml", "an Android program"),
    ("META-INF/MANIFEST.MF", "a Java program"),
    ("Index/Document.iwa", "a Pages, Numbers or Keynote document (save it as PDF)"),
)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_ZIP_MIMETYPES = (
    (_OPEN_DOCUMENT + b"text-", "an OpenDocument template (save it as ODT)"),
    (_OPEN_DOCUMENT + b"spreadsheet", "an OpenDocument spreadsheet (save it as XLSX)"),
    (_OPEN_DOCUMENT + b"presentation", "an OpenDocument presentation (save it as PPTX)"),
    (_OPEN_DOCUMENT, "an OpenDocument file"),
)

_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_FRAGMENT = re.compile(
    r"\s*<(?:article|aside|div|footer|h[1-6]|header|link|main|meta|nav|ol|p|script|section|span"
    r"|style|table|title|ul)\b[^>]*>",
    re.IGNORECASE,
)
_HTML_CLOSING = re.compile(r"</(?:p|div|article|section|table|ul|ol|span|h[1-6]|body)>", re.I)
_SVG = re.compile(r"\s*(?:<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE\s+svg[^>]*>|\s)*<svg\b", re.S | re.I)
_XML = re.compile(r"\s*<(?:\?xml|rss|feed|rdf:RDF)\b")
_MARKUP_SUFFIXES: dict[str, TextKind] = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mdx"), "markdown"),
    **dict.fromkeys((".rst", ".rest"), "rst"),
}
_TABLE_SUFFIXES = {".csv", ".tsv", ".tab"}
_JSON_SUFFIXES = {".json", ".geojson", ".ipynb"}
_JSON_LINES_SUFFIXES = {".jsonl", ".ndjson"}
_EMAIL_SUFFIXES = {".eml", ".mht", ".mhtml", ".mbox"}
_OTHER_TEXT_SUFFIXES = {".org", ".tex", ".py"}


def sniff_bytes(data: bytes, name: str) -> BytesKind:
    """The format by the file's first bytes and zip members; `text` is everything else.

    Raises `UnsupportedFormat` naming what the file is, `ProtectedDocument` for an encrypted Office
    document and `BrokenDocument` for a damaged zip.
    """
    head = data[:1024]
    start = head.find(b"%PDF-")
    # Some writers put a few bytes before the header; a text that mentions it has no objects.
    if start >= 0 and (not head[:start].strip(b"\0 \t\r\n\xef\xbb\xbf") or b"endobj" in data):
        return "pdf"
    if data.startswith(_ZIP):
        return _sniff_zip(data, name)
    if data.startswith(_RTF):
        return "rtf"
    if data.startswith(_OLE):
        _refuse_ole(data, name)
    for offset, magic, what in _MAGIC:
        if data.startswith(magic, offset):
            raise UnsupportedFormat(f"{name} is {what} by its content: {READABLE}")
    return "eml" if is_email(data, named=_suffix(name) in _EMAIL_SUFFIXES) else "text"


def sniff_text(text: str, name: str) -> TextKind:
    """Which kind of text it is. Raises `UnsupportedFormat` for XML that is no HTML."""
    suffix = _suffix(name)
    if _HTML_START.match(text[:20_000]):
        return "html"
    if suffix in _MARKUP_SUFFIXES:
        return _MARKUP_SUFFIXES[suffix]
    if _SVG.match(text[:4000]):
        raise UnsupportedFormat(f"{name} is an SVG image: {READABLE}")
    if _XML.match(text):
        raise UnsupportedFormat(f"{name} is an XML file: {READABLE}")
    if is_json_lines(text, named=suffix in _JSON_LINES_SUFFIXES):
        return "json lines"
    if is_json(text, named=suffix in _JSON_SUFFIXES):
        return "json"
    if _HTML_FRAGMENT.match(text) and _HTML_CLOSING.search(text):
        return "html"
    if table_mark(text, named=suffix in _TABLE_SUFFIXES):
        return "table"
    if suffix not in _OTHER_TEXT_SUFFIXES | _TABLE_SUFFIXES and _looks_like_markdown(text):
        return "markdown"
    return "text"


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _looks_like_markdown(text: str) -> bool:
    """Front matter, or two kinds of markup that prose has no reason to contain."""
    if re.match(r"---\n(?:[A-Za-z_]+:.*\n)+---\n", text[:4000].replace("\r\n", "\n")):
        return True
    signs = (
        r"^#{1,4} \S.*$",
        r"\[[^\]\n]+\]\((?:https?://|/|#)[^)\s]*\)",
        r"^(?:```|~~~)\w*$",
        r"\*\*[^*\n]+\*\*",
        r"^\|.*\|\n\|[ :|-]+\|$",
    )
    return sum(bool(re.search(sign, text[:50_000], re.MULTILINE)) for sign in signs) >= 2


def _sniff_zip(data: bytes, name: str) -> BytesKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
            declared = _mimetype(archive) if "mimetype" in members else b""
    except Exception as error:
        raise BrokenDocument(
            f"{name} is damaged: it begins like a DOCX file or another zip archive, but its table"
            " of contents cannot be read; save or download it again."
        ) from error
    for member, kind in _ZIP_KINDS:
        if member in members and "[Content_Types].xml" in members:
            return kind
    if declared.startswith(b"application/epub") or "META-INF/container.xml" in members:
        return "epub"
    if declared == _OPEN_DOCUMENT + b"text":
        return "odt"
    found = [what for prefix, what in _ZIP_MIMETYPES if declared.startswith(prefix)]
    found += [what for member, what in _ZIP_MEMBERS if member in members]
    raise UnsupportedFormat(f"{name} is {[*found, 'a zip archive'][0]}: {READABLE}")


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") as member:
        return member.read(200).strip()


def _refuse_ole(data: bytes, name: str) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ProtectedDocument(
            f"{name} is an encrypted Office document: save it without a password and add it again."
        )
    raise UnsupportedFormat(
        f"{name} is an old Office file (such as .doc, .xls, .ppt or .msg): save it as DOCX, XLSX,"
        " PPTX, EML or PDF."
    )
