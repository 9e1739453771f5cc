"""Which format a file has, by its content; its name only decides between kinds of text."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath
from typing import Literal

from index.errors import BrokenDocument, ProtectedDocument, UnsupportedFormat

Kind = Literal["text", "markdown", "html", "pdf", "docx"]

READABLE = "Pincite reads text, Markdown, HTML, PDF and DOCX files."

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
    (0, b"{\\rtf", "an RTF document (save it as DOCX)"),
    (0, b"%!PS", "a PostScript document (save it as PDF)"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

# What a zip holds, by a member that every such file has.
_ZIP_MEMBERS = (
    ("xl/workbook.xml", "an Excel workbook"),
    ("xl/workbook.bin", "an Excel workbook"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("META-INF/container.xml", "an EPUB book"),
    ("AndroidManifest.xml", "an Android program"),
    ("META-INF/MANIFEST.MF", "a Java program"),
)
_ZIP_MIMETYPES = (
    (b"application/epub", "an EPUB book"),
    (b"application/vnd.oasis.opendocument.text", "an OpenDocument text (save it as DOCX)"),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file"),
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
_XML = re.compile(r"\s*<\?xml\b")
_MARKDOWN_SUFFIXES = {".md", ".markdown", ".mdown", ".mkd", ".mdx"}
_OTHER_TEXT_SUFFIXES = {".csv", ".tsv", ".json", ".jsonl", ".eml", ".rst", ".org", ".tex", ".py"}


def sniff_bytes(data: bytes, name: str) -> Literal["pdf", "docx", "text"]:
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
    if data.startswith(_OLE):
        _refuse_ole(data, name)
    for offset, magic, what in _MAGIC:
        if data.startswith(magic, offset):
            raise UnsupportedFormat(f"{name} is {what} by its content: {READABLE}")
    return "text"


def sniff_text(text: str, name: str) -> Literal["text", "markdown", "html"]:
    """HTML or Markdown or neither. Raises `UnsupportedFormat` for XML that is no HTML."""
    suffix = PurePath(name).suffix.lower()
    if _HTML_START.match(text[:20_000]):
        return "html"
    if suffix in _MARKDOWN_SUFFIXES:
        return "markdown"
    if _SVG.match(text[:4000]):
        raise UnsupportedFormat(f"{name} is an SVG image: {READABLE}")
    if _XML.match(text):
        raise UnsupportedFormat(f"{name} is an XML file: {READABLE}")
    if _HTML_FRAGMENT.match(text) and _HTML_CLOSING.search(text):
        return "html"
    if suffix not in _OTHER_TEXT_SUFFIXES and _looks_like_markdown(text):
        return "markdown"
    return "text"


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


def _sniff_zip(data: bytes, name: str) -> Literal["docx"]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
            kind = _mimetype(archive) if "mimetype" in members else None
    except Exception as error:
        raise BrokenDocument(
            f"{name} is damaged: it begins like a DOCX file or another zip archive, but its table"
            " of contents cannot be read; save or download it again."
        ) from error
    if "word/document.xml" in members and "[Content_Types].xml" in members:
        return "docx"
    for member, what in _ZIP_MEMBERS:
        if kind is None and member in members:
            kind = what
    raise UnsupportedFormat(f"{name} is {kind or 'a zip archive'}: {READABLE}")


def _mimetype(archive: zipfile.ZipFile) -> str | None:
    with archive.open("mimetype") as member:
        declared = member.read(200)
    return next((what for prefix, what in _ZIP_MIMETYPES if declared.startswith(prefix)), None)


def _refuse_ole(data: bytes, name: str) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ProtectedDocument(
            f"{name} is an encrypted Office document: save it without a password and add it again."
        )
    raise UnsupportedFormat(
        f"{name} is an old Office file (such as .doc, .xls, .ppt or .msg): save it as DOCX or PDF."
    )
