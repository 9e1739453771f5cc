"""A folder or a file of questions becomes a `Dataset`; complaints name file, row and field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from eval.beir import CORPUS, QUERIES, beir_grades, read_beir
from eval.models import DRAFT, CorpusRow, Dataset, Query
from eval.rows import Row, corpus_row, json_rows, query_row, read_text, states_none
from eval.squad import read_squad, squad_root
from eval.tables import TABLES, is_table, table_rows
from index.errors import DatasetError

DESCRIPTION = "dataset.json"
UNANSWERABLE = "queries_unanswerable.jsonl"


def load_dataset(target: Path, *, corpus: Path | None = None) -> Dataset:
    """Reads a data set, whose form is recognised by what it holds.

    A folder in the common format has `queries.jsonl` and `corpus.jsonl`, and may have
    `queries_unanswerable.jsonl` and a `dataset.json` that names other files: {"name",
    "description", "corpus", "queries": [...]}, paths relative to itself. A BEIR folder has `qrels`
    besides. A file is questions as JSON Lines or as a table (CSV), or a SQuAD file. `corpus` (JSON
    Lines, a table or a folder of documents) takes the place of the set's own. Raises
    `DatasetError`.
    """
    if not target.exists():
        raise DatasetError(
            f"{target} does not exist: give a folder with {QUERIES} and {CORPUS}, or a file of "
            "questions in JSON Lines, CSV or the format of SQuAD."
        )
    dataset, files, own_corpus = _read(target)
    documents, digest = dataset.corpus, ""
    if corpus is not None or documents is None:
        documents, digest = _corpus(corpus or own_corpus)
    elif own_corpus is not None:
        digest = _digest([own_corpus.read_bytes()])
    return replace(
        dataset,
        corpus=documents,
        corpus_fingerprint=digest,
        fingerprint=_digest([*(path.read_bytes() for path in files), digest.encode()]),
    )


def _read(target: Path) -> tuple[Dataset, list[Path], Path | None]:
    """The set with its questions, the files that they came from, and that of its documents.

    The documents of a BEIR folder and of a SQuAD file are read already.
    """
    if target.is_dir() and (grades := beir_grades(target)) is not None:
        files = [target / QUERIES, grades]
        return read_beir(target, grades), files, target / CORPUS
    if target.is_file() and (root := squad_root(target)) is not None:
        return read_squad(root), [target], target
    if target.is_dir():
        dataset, files, corpus = _folder(target)
    else:
        dataset, files, corpus = Dataset(name=target.stem), [target], None
    queries, notes = _queries(files)
    return replace(dataset, queries=queries, notes=notes), files, corpus


def _folder(folder: Path) -> tuple[Dataset, list[Path], Path | None]:
    described = folder / DESCRIPTION
    corpus = folder / CORPUS if (folder / CORPUS).is_file() else None
    names = [QUERIES, *([UNANSWERABLE] if (folder / UNANSWERABLE).is_file() else [])]
    dataset = Dataset(name=folder.resolve().name)
    if described.is_file():
        values = _description(described)
        dataset = replace(
            dataset,
            name=_text(values, "name", described) or dataset.name,
            description=_text(values, "description", described) or "",
        )
        named = _text(values, "corpus", described)
        corpus = (folder / named).resolve() if named else corpus
        names = _names(values, described) or names
    files = [folder / name for name in names]
    for path in files:
        if not path.is_file():
            raise DatasetError(
                f"{path} does not exist: a data set's folder holds its questions there, one JSON "
                f"object a line, unless {DESCRIPTION} names other files."
            )
    return dataset, files, corpus


def _description(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} is not valid JSON ({error}); expected one object.") from error
    if not isinstance(values, dict):
        raise DatasetError(f"{path} must hold one object, such as {{'name': ..., 'corpus': ...}}.")
    return values


def _text(values: dict[str, object], field: str, path: Path) -> str | None:
    found = values.get(field)
    if found is None or isinstance(found, str):
        return found
    raise DatasetError(f"{path}, field {field!r}: is {found!r}; expected a string.")


def _names(values: dict[str, object], path: Path) -> list[str]:
    found = values.get("queries", [])
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise DatasetError(
            f"{path}, field 'queries': is {found!r}; expected a list of file names, such as "
            f"[{QUERIES!r}]."
        )
    return found


def _queries(files: Sequence[Path]) -> tuple[tuple[Query, ...], tuple[str, ...]]:
    """The questions to be asked, and sentences about those scored in part or not at all."""
    has_own_file = any(path.name == UNANSWERABLE for path in files)
    queries: dict[str, Query] = {}
    left_out = denials = drafts = unwritten = 0
    for path in files:
        for row in _rows(path):
            if row.values.get("status") == DRAFT and not row.values.get("question"):
                unwritten += 1
                continue
            query = query_row(row)
            if query.id in queries:
                raise row.error("id", f"{query.id!r} is used twice; ids of questions are unique.")
            if has_own_file and path.name != UNANSWERABLE and query.answerable is False:
                left_out += 1
                continue
            denials += states_none(row.texts("answers"))
            drafts += row.values.get("status") == DRAFT
            queries[query.id] = query
    if not queries and unwritten:
        raise DatasetError(
            f"{files[0]} holds drafts without a question only: write the questions of those that "
            "are to be asked."
        )
    if not queries:
        raise DatasetError(
            f"{files[0]} holds no question; expected one JSON object a line, or a table."
        )
    labelled = sum(query.answerable is None for query in queries.values())
    notes = (
        (f"Left out, being marked unanswerable beside {UNANSWERABLE}", left_out),
        ("Unanswerable, their stated answer being that there is none", denials),
        ("Only searched for, their stated answer being a verdict on a claim", labelled),
        ("Left out, being drafts without a question", unwritten),
        ("Drafts that nobody has corrected yet, by their status", drafts),
    )
    said = tuple(f"{what}: {count:,} questions." for what, count in notes if count)
    return tuple(queries.values()), said


def _corpus(path: Path | None) -> tuple[tuple[CorpusRow, ...] | Path | None, str]:
    if path is None:
        return None, ""
    if path.is_dir():
        return path, _digest(_folder_bytes(path))
    if not path.is_file():
        raise DatasetError(
            f"The corpus {path} does not exist: give a JSON Lines file, a table or a folder of "
            "documents."
        )
    rows: dict[str, CorpusRow] = {}
    for row in _rows(path):
        document = corpus_row(row)
        if document.id in rows:
            raise row.error("id", f"{document.id!r} is used twice; ids of documents are unique.")
        rows[document.id] = document
    if not rows:
        raise DatasetError(
            f"{path} holds no document; expected one JSON object a line, or a table."
        )
    return tuple(rows.values()), _digest([path.read_bytes()])


def _rows(path: Path) -> Iterator[Row]:
    text = read_text(path)
    if is_table(text) or (path.suffix.lower() in TABLES and not text.lstrip().startswith("{")):
        return table_rows(path, text)
    return json_rows(path, text)


def _folder_bytes(folder: Path) -> Iterable[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-1:]):
            yield str(path.relative_to(folder)).encode()
            yield path.read_bytes()


def _digest(parts: Iterable[bytes]) -> str:
    """SHA-256 over parts, each preceded by its length so that no two lists run together alike."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
