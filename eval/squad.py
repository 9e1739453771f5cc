"""SQuAD files, 1.1 and 2.0: articles of paragraphs, each with its questions."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

from eval.models import CorpusRow, Dataset, Query
from eval.rows import Row, read_text


def squad_root(path: Path) -> Row | None:
    """The object of a SQuAD file; `None` for a file of any other kind."""
    text = read_text(path)
    # A row of the common format can be a whole file too, but has no list of articles.
    if not text.lstrip().startswith("{") or '"paragraphs"' not in text:
        return None
    try:
        values = json.loads(text)
    except ValueError:
        return None
    if not isinstance(values, dict) or not isinstance(values.get("data"), list):
        return None
    return Row(file=path, place="", values=values)


def read_squad(root: Row) -> Dataset:
    """Paragraphs become documents with the article's title, `ARTICLE#1` and so on.

    A question is unanswerable if it is marked impossible (2.0); what is plausible but wrong is no
    answer. Answers that several people gave alike stand once. Raises `DatasetError`.
    """
    documents: list[CorpusRow] = []
    queries: dict[str, Query] = {}
    counts: Counter[str] = Counter()
    for article in root.children("data"):
        title = article.optional_text("title") or root.file.stem
        for paragraph in article.children("paragraphs"):
            counts[title] += 1
            name = f"{title}#{counts[title]}"
            shown = unquote(title).replace("_", " ")
            documents.append(CorpusRow(id=name, title=shown, text=paragraph.text("context")))
            for row in paragraph.children("qas"):
                query = _query(row, paragraph=name)
                if query.id in queries:
                    raise row.error("id", f"{query.id!r} is used twice; ids are unique.")
                queries[query.id] = query
    return Dataset(name=root.file.stem, corpus=tuple(documents), queries=tuple(queries.values()))


def _query(row: Row, *, paragraph: str) -> Query:
    impossible = row.flag("is_impossible", default=False)
    answers = [] if impossible else [answer.text("text") for answer in row.children("answers")]
    if not impossible and not answers:
        raise row.error("answers", "is empty, and the question is not marked as impossible.")
    return Query(
        id=row.text("id"),
        question=row.text("question"),
        answers=tuple(dict.fromkeys(answers)),
        relevant=() if impossible else (paragraph,),
        answerable=not impossible,
    )
