"""Rows of a file of questions or documents, every field checked where it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.metrics.answers import normalise
from eval.models import CorpusRow, Query
from index.errors import DatasetError

# What some sets write where a gold answer would stand: that there is none (MultiHop-RAG), or a
# verdict on a claim (SciFact, FEVER).
NO_ANSWER = "insufficient information"
LABELS = frozenset({"SUPPORT", "SUPPORTS", "CONTRADICT", "REFUTES", "NOT_ENOUGH_INFO"})
_HALF = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One object with where it stands, so that a complaint can name the place.

    `place` is "row 3", or the way from a JSON document's root: "data[0].paragraphs[2]".
    """

    file: Path
    place: str
    values: Mapping[str, object]

    def error(self, field: str, complaint: str) -> DatasetError:
        where = ", ".join(filter(None, (str(self.file), self.place)))
        return DatasetError(f"{where}, field {field!r}: {complaint}")

    def text(self, field: str) -> str:
        """A string that must be there and not be blank."""
        found = self.optional_text(field)
        if found is None:
            raise self.error(field, "is missing; expected a string.")
        if not found.strip():
            raise self.error(field, "is blank; expected a string with content.")
        return found

    def optional_text(self, field: str) -> str | None:
        found = self.values.get(field)
        if found is None:
            return None
        if not isinstance(found, str):
            raise self.error(field, f"is {_kind(found)}; expected a string.")
        return self._whole(field, found)

    def _whole(self, field: str, text: str) -> str:
        """The text, refused if no file of a report could hold it."""
        if _HALF.search(text):
            raise self.error(field, "holds half a character (a lone surrogate); expected Unicode.")
        return text

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of strings; empty when the field is absent."""
        found = self.values.get(field)
        if found is None:
            return ()
        if not isinstance(found, list):
            raise self.error(field, f"is {_kind(found)}; expected a list of strings.")
        for entry in found:
            if not isinstance(entry, str):
                raise self.error(field, f"holds {_kind(entry)}; expected a list of strings.")
        return tuple(self._whole(field, entry) for entry in found)

    def children(self, field: str) -> Iterator[Row]:
        """The objects of a list that must be there; it may be empty."""
        found = self.values.get(field)
        if not isinstance(found, list):
            state = "is missing" if found is None else f"is {_kind(found)}"
            raise self.error(field, f"{state}; expected a list of objects.")
        for number, entry in enumerate(found):
            if not isinstance(entry, dict):
                raise self.error(field, f"holds {_kind(entry)}; expected a list of objects.")
            way = f"{self.place}.{field}[{number}]".removeprefix(".")
            yield Row(file=self.file, place=way, values=entry)

    def flag(self, field: str, *, default: bool | None = None) -> bool:
        """True or false; the field must be there unless a default is given."""
        found = self.values.get(field, default)
        if isinstance(found, bool):
            return found
        state = "is missing" if found is None else f"is {_kind(found)}"
        raise self.error(field, f"{state}; expected true or false.")

    def day(self, field: str) -> date | None:
        found = self.optional_text(field)
        if found is None:
            return None
        try:
            return date.fromisoformat(found)
        except ValueError as error:
            raise self.error(field, f"is {found!r}; expected a date such as 2025-11-30.") from error


def read_text(path: Path) -> str:
    """The text of a file. Raises `DatasetError` if it cannot be read or is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is not UTF-8 text: save it as UTF-8.") from error


def read_rows(path: Path) -> Iterator[Row]:
    """The objects of a JSON Lines file. Raises `DatasetError`."""
    return json_rows(path, read_text(path))


def json_rows(path: Path, text: str) -> Iterator[Row]:
    """The objects of JSON Lines, rows numbered by line from 1; blank lines are skipped."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise DatasetError(
                f"{path}, row {number}: is not valid JSON ({error.msg}, column {error.colno}); "
                "expected one object a line."
            ) from error
        if not isinstance(values, dict):
            raise DatasetError(f"{path}, row {number}: is {_kind(values)}; expected an object.")
        yield Row(file=path, place=f"row {number}", values=values)


def corpus_row(row: Row) -> CorpusRow:
    return CorpusRow(
        id=row.text("id"),
        title=row.optional_text("title") or "",
        text=row.text("text"),
        source=row.optional_text("source") or "",
        published_at=row.optional_text("published_at"),
        url=row.optional_text("url"),
    )


def query_row(row: Row) -> Query:
    """A question, with only the gold that may be scored.

    A gold answer that says there is none makes the question unanswerable. An answer that is a
    verdict on a claim is a label, with which neither answers nor refusals can be scored.
    """
    answers = row.texts("answers")
    kind = row.optional_text("type") or ""
    answerable: bool | None = row.flag("answerable")
    if answers and LABELS.issuperset(answers):
        answerable = None
    elif states_none(answers):
        answerable = False
    return Query(
        id=row.text("id"),
        question=row.text("question"),
        answers=answers if answerable else (),
        relevant=tuple(dict.fromkeys(row.texts("relevant"))),
        evidence=row.texts("evidence") if answerable else (),
        type=kind,
        answerable=answerable,
        all_answers=row.flag("all_answers", default=False),
        differs=row.flag("differs") if row.values.get("differs") is not None else None,
        asked_on=row.day("asked_on"),
    )


def states_none(answers: Sequence[str]) -> bool:
    """Whether the gold answer given is that there is none.

    >>> states_none(["Insufficient information."]), states_none([])
    (True, False)
    """
    return bool(answers) and all(normalise(answer) == NO_ANSWER for answer in answers)


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "a string"}
    more = {list: "a list", dict: "an object", type(None): "null"}
    return (names | more).get(type(value), type(value).__name__)
