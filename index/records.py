"""Rows of a table, and records with named fields, become lines that can be read and quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from index.errors import OversizedDocument

BETWEEN_CELLS = " | "

# As many characters as a text file may have.
TEXT_LIMIT = 100 * 1024 * 1024

# A value with more characters is a text of its own rather than a cell of a line.
LONGEST_CELL = 200
# A row with more characters goes on in a second line: a sentence cannot be longer than 600.
LONGEST_LINE = 500

_TITLE_FIELDS = {"title", "headline", "heading", "subject", "name"}
_TEXT_FIELDS = {"text", "body", "content", "contents", "article", "passage", "paragraphs"}
_SENTENCE = re.compile(r"\S\s+\S.*[.!?…。！？]")

# A name of a column has a letter and is no address, no sum and no date.
_LONGEST_NAME = 60
_NO_NAME = re.compile(r"://|@|^[-+$€£]?\d[\d.,]*\s?\S{0,3}$|^\d{4}-\d\d-\d\d")
_LETTER = re.compile(r"[^\W\d_]")
_ROWS_COMPARED = 200


class Field(NamedTuple):
    """A value and what it is called; an empty name where nothing names it."""

    name: str
    value: str


def row_line(cells: Iterable[str]) -> str:
    r"""The cells of a row that hold something, on one line.

    >>> row_line(["Petrel", "", "nine\n sailors"])
    'Petrel | nine sailors'
    """
    return BETWEEN_CELLS.join(filter(None, (" ".join(cell.split()) for cell in cells)))


def table_blocks(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows of a table in order, each value with the name of its column where that is certain.

    A row without a value ends the table, and what follows it has no names: whether its first row
    names columns is not certain any more.

    >>> list(table_blocks([["Boat", "Crew"], ["Petrel", "9"], ["Gannet", ""]]))
    ['Boat: Petrel | Crew: 9', 'Gannet']
    """
    names: Sequence[str] = ()
    first = True
    for number, row in enumerate(rows):
        filled = _filled(row)
        if not filled:
            names = ()
        elif filled == 1:
            # A caption, or a note below the table.
            yield from record_blocks([Field("", next(cell for cell in row if cell.strip()))])
        elif _plain(row) == names:
            continue
        elif first and _is_header(rows, number):
            names = _plain(row)
        else:
            # A cell more than there are names: which of them lacks its own cannot be told.
            known = names if _width(row) <= len(names) else ()
            yield from record_blocks(
                [
                    Field(known[column] if known else "", cell)
                    for column, cell in enumerate(row)
                    if cell.strip()
                ]
            )
        first = first and filled < 2


def record_blocks(fields: Sequence[Field]) -> Iterator[str]:
    """One record: its short values on a line; where it holds texts, its title, those, the rest.

    >>> list(record_blocks([Field("id", "7"), Field("title", "Gulls"), Field("text", "They eat.")]))
    ['Gulls', 'They eat.', 'id: 7']
    """
    texts: list[Field] = []
    short: list[Field] = []
    for field in fields:
        (texts if _is_text(field) else short).append(field)
    if texts:
        titles = [field for field in short if _last(field.name) in _TITLE_FIELDS]
        for title in titles[:1]:
            yield " ".join(title.value.split())
            short.remove(title)
    for field in texts:
        if field.name and _last(field.name) not in _TEXT_FIELDS | _TITLE_FIELDS:
            yield f"{field.name}:"
        yield field.value.strip()
    yield from _lines(short)


def joined(blocks: Iterable[str]) -> str:
    """The blocks as one text: rows that follow each other as lines, all else as paragraphs.

    Raises `OversizedDocument` with a message that follows the file's name: a small file may say
    the same long value, or the same name of a column, a million times.
    """
    text: list[str] = []
    was_row = False
    length = 0
    for block in blocks:
        length += len(block)
        if length > TEXT_LIMIT:
            raise OversizedDocument(
                f"becomes more than {TEXT_LIMIT // 1024 // 1024} million characters of text: split"
                " it."
            )
        is_row = BETWEEN_CELLS in block and "\n" not in block and len(block) <= LONGEST_LINE * 2
        if text:
            text.append("\n" if is_row and was_row else "\n\n")
        text.append(block)
        was_row = is_row
    return "".join(text)


def _lines(fields: Sequence[Field]) -> Iterator[str]:
    """The fields on one line; on several that each begin with the first field if it is too long."""
    cells = [
        f"{field.name}: {value}" if field.name else value
        for field in fields
        if (value := " ".join(field.value.split()))
    ]
    line: list[str] = []
    for cell in cells:
        if len(line) > 1 and len(row_line([*line, cell])) > LONGEST_LINE:
            yield BETWEEN_CELLS.join(line)
            line = cells[:1]
        line.append(cell)
    if line:
        yield BETWEEN_CELLS.join(line)


def _is_text(field: Field) -> bool:
    if len(field.value) > LONGEST_CELL or "\n\n" in field.value.strip():
        return True
    return _last(field.name) in _TEXT_FIELDS and _SENTENCE.search(field.value) is not None


def _last(name: str) -> str:
    return name.lower().rpartition(".")[2].strip()


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _plain(row: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()) for cell in row]


def _width(row: Sequence[str]) -> int:
    """The cells of a row up to the last that is filled."""
    return max((number for number, cell in enumerate(row, 1) if cell.strip()), default=0)


def _is_header(rows: Sequence[Sequence[str]], number: int) -> bool:
    """Whether the row certainly names the columns below it: numbers stand under its words."""
    row = _plain(rows[number])
    names = [name for name in row if name]
    below = list(takewhile(_filled, map(_plain, rows[number + 1 : number + 1 + _ROWS_COMPARED])))
    below = [other for other in below if _filled(other) > 1 and other != row]
    widest = max(map(_filled, below), default=0)
    if not below or len(names) < widest / 2 or len(set(names)) < len(names):
        return False
    if not all(map(_is_name, names)):
        return False
    pairs = [pair for other in below for pair in zip(row, other, strict=False) if all(pair)]
    # What stands below in the same column is a value there, and so no name here.
    if any(name == value for name, value in pairs):
        return False
    return any(not _LETTER.search(value) for _, value in pairs)


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and bool(_LETTER.search(text)) and not _NO_NAME.search(text)
