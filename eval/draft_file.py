"""Drafts as a table that a spreadsheet opens and `load_dataset` reads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from eval.drafts import Draft
from eval.models import DRAFT
from index.errors import UsageError

COLUMNS = (
    "id",
    "status",
    "question",
    "answers",
    "type",
    "evidence",
    "document",
    "relevant",
    "answerable",
    "asked_on",
    "note",
)


def write_drafts(drafts: Sequence[Draft], path: Path) -> None:
    """Writes a new file; one that exists may hold a person's work and is left alone.

    Raises `UsageError`.
    """
    table = io.StringIO(newline="")
    rows = csv.writer(table)
    rows.writerow(COLUMNS)
    for number, draft in enumerate(drafts, start=1):
        rows.writerow(
            (
                f"draft-{number}",
                DRAFT,
                draft.question,
                _cell(draft.answers),
                draft.type,
                _cell(draft.evidence),
                draft.document,
                _cell(draft.relevant),
                str(draft.answerable).lower(),
                draft.asked_on.isoformat() if draft.asked_on else "",
                draft.note,
            )
        )
    try:
        # With the mark by which spreadsheets know UTF-8.
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            file.write(table.getvalue())
    except FileExistsError as error:
        raise UsageError(
            f"{path} exists and may hold what somebody corrected: name another file."
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}): name a file in a folder that exists."
        ) from error


def _cell(texts: Sequence[str]) -> str:
    """A list as it stands in a cell: separated by `|`, or JSON where a text holds that."""
    plain = not any("|" in text or text.startswith("[") for text in texts)
    return "|".join(texts) if plain else json.dumps(list(texts), ensure_ascii=False)
