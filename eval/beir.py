"""A folder in the format of BEIR: documents, queries and grades of relevance, but no answers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from eval.models import CorpusRow, Dataset, Query
from eval.rows import Row, read_rows, read_text
from index.errors import DatasetError

CORPUS = "corpus.jsonl"
QUERIES = "queries.jsonl"
GRADES = "qrels"
SPLITS = ("test.tsv", "dev.tsv", "train.tsv")  # the first that is there is asked


def beir_grades(folder: Path) -> Path | None:
    """The file of grades in a BEIR folder; `None` for any other folder."""
    return next(
        (folder / GRADES / name for name in SPLITS if (folder / GRADES / name).is_file()), None
    )


def read_beir(folder: Path, grades: Path) -> Dataset:
    """Queries with a grade above 0 for some document, to be searched for and not asked.

    A document without a text is its title; one without either is left out and counted. Raises
    `DatasetError`.
    """
    relevant: dict[str, list[str]] = {}
    for row in _graded(grades):
        if int(row.text("score")) > 0:
            relevant.setdefault(row.text("query-id"), []).append(row.text("corpus-id"))
    queries: dict[str, Query] = {}
    for row in read_rows(folder / QUERIES):
        name = row.text("_id")
        if name in queries:
            raise row.error("_id", f"{name!r} is used twice; ids are unique.")
        if name in relevant:
            queries[name] = Query(
                id=name,
                question=row.text("text"),
                relevant=tuple(dict.fromkeys(relevant[name])),
                answerable=None,
            )
    if missing := sorted(relevant.keys() - queries.keys()):
        raise DatasetError(f"{grades} grades the query {missing[0]!r}, which {QUERIES} lacks.")
    if not queries:
        raise DatasetError(f"{grades} holds no grade above 0: there is nothing to be found.")
    documents, blank = _documents(folder / CORPUS)
    notes = [f"Only searched for, the set having no answers: {len(queries):,} questions."]
    if blank:
        notes.append(f"Left out, having neither title nor text: {blank:,} documents.")
    return Dataset(
        name=folder.resolve().name,
        corpus=documents,
        queries=tuple(queries.values()),
        notes=tuple(notes),
    )


def _graded(path: Path) -> Iterator[Row]:
    lines = read_text(path).splitlines()
    table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, values in enumerate(table, start=2):
        row = Row(file=path, place=f"row {number}", values=values)
        try:
            int(row.text("score"))
        except ValueError:
            found = row.values["score"]
            raise row.error("score", f"is {found!r}; expected a whole number.") from None
        yield row


def _documents(path: Path) -> tuple[tuple[CorpusRow, ...], int]:
    documents: dict[str, CorpusRow] = {}
    blank = 0
    for row in read_rows(path):
        name, title = row.text("_id"), (row.optional_text("title") or "").strip()
        text = row.optional_text("text") or ""
        if name in documents:
            raise row.error("_id", f"{name!r} is used twice; ids are unique.")
        if text.strip() or title:
            documents[name] = CorpusRow(id=name, title=title, text=text if text.strip() else title)
        else:
            blank += 1
    return tuple(documents.values()), blank
