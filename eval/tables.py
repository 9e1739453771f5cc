"""A table of questions or documents, as spreadsheets save it, becomes rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from eval.models import DRAFT
from eval.rows import Row
from index.errors import DatasetError

TABLES = frozenset({".csv", ".tsv"})
REQUIRED = frozenset({"question", "text"})
LISTS = frozenset({"answers", "relevant", "evidence"})
FLAGS = frozenset({"answerable", "all_answers", "differs"})
_MEANINGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_LARGEST_CELL = 10_000_000  # characters: a whole document


def is_table(text: str) -> bool:
    """Whether the first line names a column that every table of ours has.

    >>> is_table("id;question;answers"), is_table('{"id": "1", "question": "Who?"}')
    (True, False)
    """
    return not REQUIRED.isdisjoint(_fields(text)[0])


def table_rows(path: Path, text: str) -> Iterator[Row]:
    """The rows of a table, its first line naming the fields; rows are numbered as a sheet shows.

    Cells are separated by commas, semicolons or tabs. A list is separated by `|` within its cell,
    or is JSON; an empty cell is a field that is absent. A question without an id goes by its
    row's number. One that has answers or evidence is answerable unless its row says otherwise.

    Raises `DatasetError`.
    """
    fields, _ = _fields(text)
    for row in plain_rows(path, text):
        yield _typed(row, fields)


def plain_rows(path: Path, text: str) -> Iterator[Row]:
    """The rows of any table, every cell that is not empty as text. Raises `DatasetError`."""
    csv.field_size_limit(_LARGEST_CELL)
    fields, separator = _fields(text)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(table, start=1):
            if number > 1 and any(cell.strip() for cell in cells):
                yield _row(path, number, fields, cells)
    except csv.Error as error:
        raise DatasetError(
            f"{path}, line {table.line_num}: is not a row of a table ({error}); a cell that holds "
            "quotation marks stands in quotation marks, and doubles its own."
        ) from error


def _fields(text: str) -> tuple[list[str], str]:
    """The cells of the first line, and what separates them."""
    first = text.split("\n", 1)[0].strip()
    separator = max(",;\t", key=first.count)
    return [name.strip().strip('"').strip().lower() for name in first.split(separator)], separator


def _row(path: Path, number: int, fields: Sequence[str], cells: Sequence[str]) -> Row:
    given = {name: cell for name, cell in zip(fields, cells, strict=False) if cell.strip()}
    row = Row(file=path, place=f"row {number}", values=given)
    if any(cell.strip() for cell in cells[len(fields) :]):
        raise row.error(
            fields[-1],
            f"{len(cells)} cells stand in a row of {len(fields)} columns; put a text that holds "
            "the separator in quotation marks.",
        )
    return row


def _typed(row: Row, fields: Sequence[str]) -> Row:
    """The row of a question or document: lists, flags and an id in place of what cells hold."""
    given = row.values
    values: dict[str, object] = {"id": row.place.removeprefix("row "), **given}
    values |= {name: _texts(row, name) for name in LISTS.intersection(given)}
    values |= {name: _flag(row, name) for name in FLAGS.intersection(given)}
    if "question" in fields or "text" not in fields:
        if given.get("status") != DRAFT:
            row.text("question")  # its lack says more than what follows from it
        values["answerable"] = _answerable(row, values)
    return replace(row, values=values)


def _answerable(row: Row, values: Mapping[str, object]) -> object:
    if "answerable" in values:
        return values["answerable"]
    if values.get("answers") or values.get("evidence"):
        return True
    raise row.error("answerable", "is empty, and there is no answer; write true or false.")


def _texts(row: Row, field: str) -> list[object]:
    cell = row.text(field)
    if not cell.lstrip().startswith("["):
        return [part.strip() for part in cell.split("|") if part.strip()]
    try:
        found = json.loads(cell)
    except ValueError:
        found = None
    if isinstance(found, list):
        return found
    raise row.error(field, 'begins like a JSON list and is none; write ["one", "two"], or one|two.')


def _flag(row: Row, field: str) -> bool:
    cell = row.text(field)
    try:
        return _MEANINGS[cell.strip().lower()]
    except KeyError:
        raise row.error(field, f"is {cell!r}; expected true or false.") from None
