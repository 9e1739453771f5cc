"""What people said of the answers of a run, in a table or in JSON Lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.rows import Row, json_rows, read_text
from eval.tables import plain_rows

_MEANINGS = {"right": True, "wrong": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Whether a person holds an answer for right; `answer` is the text that was read, if known."""

    right: bool
    answer: str | None = None

    def is_about(self, text: str) -> bool:
        """Whether this is the answer that was read, white space aside; unless known, it is."""
        return self.answer is None or self.answer.split() == text.split()


def read_labels(path: Path) -> Mapping[str, Label]:
    """The labels of a file, by id of the question.

    `human` is right or wrong, or empty where nobody looked; `answer` may hold the text that was
    read. Raises `DatasetError` for what cannot be read, and for an id that occurs twice.
    """
    text = read_text(path)
    rows = json_rows(path, text) if text.lstrip().startswith("{") else plain_rows(path, text)
    found: dict[str, Label] = {}
    for row in rows:
        name, said = row.text("id"), row.optional_text("human")
        if said is None or not said.strip():
            continue
        if name in found:
            raise row.error("id", f"{name!r} is labelled twice; an answer has one label.")
        found[name] = Label(right=_meaning(row, said), answer=row.optional_text("answer"))
    if not found:
        raise Row(file=path, place="", values={}).error(
            "human", "no row says right or wrong; expected a table with the columns id and human."
        )
    return found


def _meaning(row: Row, said: str) -> bool:
    try:
        return _MEANINGS[said.strip().lower()]
    except KeyError:
        raise row.error("human", f"is {said!r}; expected right or wrong.") from None
