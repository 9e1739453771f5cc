"""RTF files become text; what the format says of fonts and pages goes."""

from __future__ import annotations

import codecs
import re

from index.decode import normal_form
from index.errors import BrokenDocument
from index.metadata import people, stated_title
from index.models import RawDocument
from index.records import joined, row_line

MEDIA_TYPE = "application/rtf"

_FACT = r"\{{\\{name}\s+((?:[^{{}}\\]|\\[^{{}}]){{1,2000}})\}}"
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_CODE_PAGE = re.compile(r"\\(ansicpg(?P<number>\d{1,5})|mac|pca?)(?![a-z\d])")
_STATED_PAGE = re.compile(r"\\ansicpg\d+")
_SYSTEMS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_MAC_PAGES = {"10000": "mac_roman", "10006": "mac_greek", "10007": "mac_cyrillic"} | {
    "10029": "mac_latin2",
    "10081": "mac_turkish",
}
# Fonts of old Macs for which Python has no code page, by number that of Windows which is like it.
_MAC_FONT = re.compile(r"\\fcharset(78|79|80|85)(?!\d)")
_WINDOWS_FONTS = {"78": "128", "79": "136", "80": "129", "85": "134"}
# What opens and ends hidden text; a sign that is escaped opens nothing.
_HIDING = re.compile(r"\\[\\{}]|[{}]|\\(?:v\d?|plain)(?![a-z\d-])")


def load_rtf(data: bytes) -> RawDocument:
    """Read an RTF file: a paragraph for each of its own, a line for each row of a table.

    Hidden text is left out. Raises `BrokenDocument` with a message that follows the file's name
    when it ends before its text does.
    """
    if b"\\bin" not in data:
        # The format is ASCII; what else stands there is read as if it were written so.
        data = _BEYOND_ASCII.sub(lambda match: b"\\'%02x" % match.group()[0], data)
    source = data.decode("cp1252", errors="replace")
    if "}" not in source:
        raise BrokenDocument("is cut off before its text ends: save or download it again.")
    page = _code_page(source)
    plain = _SURROGATES.sub(_paired, _converted(_without_hidden(source), page))
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=normal_form(joined(filter(None, map(_block, plain.split("\n"))))),
        title=stated_title(_fact(source, "title", page)),
        author=people(_fact(source, "author", page)),
    )


def _code_page(source: str) -> str:
    """The code page that the file names, as Python calls it; else that of Windows in the West."""
    stated = {match["number"] or match[1] for match in _CODE_PAGE.finditer(source[:1000])}
    for page in sorted(stated):
        name = _SYSTEMS.get(page) or _MAC_PAGES.get(page) or f"cp{page}"
        try:
            return codecs.lookup(name).name
        except LookupError:
            continue
    return "cp1252"


def _without_hidden(source: str) -> str:
    """The source without the text that its author hid, which no program shows or prints."""
    shown: list[str] = []
    outer: list[bool] = []
    hidden = False
    position = 0
    for match in _HIDING.finditer(source):
        sign = match.group()
        if not hidden:
            shown.append(source[position : match.start()])
        if sign == "{":
            outer.append(hidden)
        elif sign == "}" and outer:
            hidden = outer.pop()
        elif sign in ("\\v0", "\\plain"):
            hidden = False
        elif sign.startswith("\\v"):
            hidden = True
        # Braces stay even in hidden text, so that groups end where they did.
        shown.append(sign if sign in "{}" or not hidden else "")
        position = match.end()
    return "".join(shown) + source[position:]


def _block(line: str) -> str:
    """A paragraph as it is; the cells of a row, which end in a bar each, on one line."""
    bare = line.strip()
    return row_line(bare.split("|")) if bare.endswith("|") else bare


def _paired(match: re.Match[str]) -> str:
    """A character that the format writes as two halves."""
    return match.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _converted(source: str, page: str) -> str:
    from striprtf.striprtf import rtf_to_text

    # Line breaks mean nothing in RTF. Without this one the library looks for the address of a link
    # to the end of the file, again for each link, and writes it into the sentence.
    source = source.replace("\\field{", "\\field\n{")
    # What the file says of its code page would be believed more than what it means.
    source = _STATED_PAGE.sub("", source)
    source = _MAC_FONT.sub(lambda match: f"\\fcharset{_WINDOWS_FONTS[match[1]]}", source)
    return str(rtf_to_text(source, page, errors="replace"))  # type: ignore[no-untyped-call]


def _fact(source: str, name: str, page: str) -> str | None:
    found = re.search(_FACT.format(name=name), source[:100_000])
    return _converted(f"{{\\rtf1 {found.group(1)}}}", page) if found else None
