"""Rows of a JSON Lines file, every field checked where it is read."""

from __future__ import annotations

import json
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One JSON object with where it stands, so that a complaint can name the place."""

    file: Path
    number: int
    values: Mapping[str, object]

    def error(self, field: str, complaint: str) -> DatasetError:
        return DatasetError(f"{self.file}, row {self.number}, field {field!r}: {complaint}")

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
        if found is None or isinstance(found, str):
            return found
        raise self.error(field, f"is {_kind(found)}; expected a string.")

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
        return tuple(found)

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


def read_rows(path: Path) -> Iterator[Row]:
    """The objects of a JSON Lines file, rows numbered by line from 1; blank lines are skipped."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is not UTF-8 text: save it as UTF-8.") from error
    for number, line in enumerate(lines, start=1):
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
        yield Row(file=path, number=number, values=values)


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
