"""RTF files become text; what the format says of fonts and pages goes."""

from __future__ import annotations

import re

from index.decode import normal_form
from index.errors import BrokenDocument
from index.metadata import people, stated_title
from index.models import RawDocument
from index.records import joined, row_line

MEDIA_TYPE = "application/rtf"

_FACT = r"\{{\\{name}\s+((?:[^{{}}\\]|\\[^{{}}]){{1,2000}})\}}"
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def load_rtf(data: bytes) -> RawDocument:
    """Read an RTF file: a paragraph for each of its own, a line for each row of a table.

    Raises `BrokenDocument` with a message that follows the file's name when it ends before its
    text does.
    """
    # The format is ASCII; what else stands there is in the code page that it names.
    source = data.decode("cp1252", errors="replace")
    if "}" not in source:
        raise BrokenDocument("is cut off before its text ends: save or download it again.")
    plain = _SURROGATES.sub(_paired, _converted(source))
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=normal_form(joined(filter(None, map(_block, plain.split("\n"))))),
        title=stated_title(_fact(source, "title")),
        author=people(_fact(source, "author")),
    )


def _block(line: str) -> str:
    """A paragraph as it is; the cells of a row, which end in a bar each, on one line."""
    bare = line.strip()
    return row_line(bare.split("|")) if bare.endswith("|") else bare


def _paired(match: re.Match[str]) -> str:
    """A character that the format writes as two halves."""
    return match.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _converted(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    # Line breaks mean nothing in RTF. Without this one the library looks for the address of a link
    # to the end of the file, again for each link, and writes it into the sentence.
    source = source.replace("\\field{", "\\field\n{")
    return str(rtf_to_text(source, errors="replace"))  # type: ignore[no-untyped-call]


def _fact(source: str, name: str) -> str | None:
    found = re.search(_FACT.format(name=name), source[:100_000])
    return _converted(f"{{\\rtf1 {found.group(1)}}}") if found else None
