"""CSV and TSV files become text: a line for each row, each value with the name of its column."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from index.decode import normal_form
from index.errors import EmptyDocument
from index.models import RawDocument
from index.records import joined, table_blocks

MEDIA_TYPE = "text/csv"

_MARKS = ("\t", ";", ",", "|")
_STATED_MARK = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
# Lines of prose may have equally many commas, but then they end as sentences do.
_SENTENCE_END = re.compile(r"[.!?…]$", re.MULTILINE)
_SAMPLE = 64 * 1024
# A file of another name must look more like a table: this many rows, each with as many cells.
_ROWS_WITHOUT_NAME = 5
_CELLS_WITHOUT_NAME = 3
# Of a file named CSV, this share of its rows has the usual number of cells.
_SHARE_WITH_NAME = 0.5
# The library's own limit, 131,072 characters, is less than a long article.
_LONGEST_FIELD = 100 * 1024 * 1024


def table_mark(text: str, *, named: bool) -> str | None:
    """The character between the cells of a table, or `None` if the text is none.

    `named` says whether the file's name promises a table; without it only a text counts in which
    every row has the same number of cells, as prose never has.
    """
    stated = _STATED_MARK.match(text)
    if stated and named:
        return stated.group(1)
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    if not named and 2 * len(_SENTENCE_END.findall(sample)) > sample.count("\n"):
        return None
    best: tuple[float, int, str] | None = None
    for mark in _MARKS:
        sizes = Counter(len(row) for row in _rows(sample, mark) if row)
        rows = sum(sizes.values())
        if not rows:
            return None
        cells, share = next((size, count / rows) for size, count in sizes.most_common(1))
        enough = (
            cells >= 2 and share >= _SHARE_WITH_NAME
            if named
            else cells >= _CELLS_WITHOUT_NAME and share == 1 and rows >= _ROWS_WITHOUT_NAME
        )
        if enough and (best is None or (share, cells) > best[:2]):
            best = (share, cells, mark)
    return best[2] if best else None


def load_csv(text: str) -> RawDocument:
    """Read a table whose cells `table_mark` can tell apart; its first row names the columns."""
    stated = _STATED_MARK.match(text)
    rows = _rows(text[stated.end() :] if stated else text, table_mark(text, named=True) or ",")
    filled = [row for row in rows if any(row)]
    # Line breaks doubled by a program make every second row an empty one.
    doubled = len(rows) >= 2 * len(filled) - 1 > 1
    blocks = joined(table_blocks(filled if doubled else rows))
    if not blocks.strip():
        raise EmptyDocument("is a table without a row: there is nothing to add.")
    return RawDocument(media_type=MEDIA_TYPE, text=normal_form(blocks))


def _rows(text: str, mark: str) -> list[list[str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    text = text.replace("\0", "")
    stream = io.StringIO(text, newline="")
    try:
        rows = list(csv.reader(stream, delimiter=mark, skipinitialspace=True, strict=True))
    except csv.Error:
        rows = _loosely_read(text, mark)
    return [[cell.strip() for cell in row] for row in rows]


def _loosely_read(text: str, mark: str) -> list[list[str]]:
    """The rows where quotation marks are also inch marks, or never closed.

    A quotation mark encloses a cell only if the next single one stands at the end of a cell.
    """
    escaped = re.escape(mark)
    cell = re.compile(
        rf' *"(?P<quoted>[^"]*+(?:""[^"]*+)*+)" *(?P<end>{escaped}|\r?\n|\r|\Z)'
        rf"|(?P<bare>[^{escaped}\r\n]*)(?P<bare_end>{escaped}|\r?\n|\r|\Z)"
    )
    rows: list[list[str]] = [[]]
    for match in cell.finditer(text):
        quoted = match["quoted"]
        rows[-1].append(match["bare"] if quoted is None else quoted.replace('""', '"'))
        if (match["end"] or match["bare_end"]) != mark:
            rows.append([])
    return [[] if row == [""] else row for row in rows[:-1]]
