"""What was read for a question, under the conditions evidence is measured under."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from eval.metrics.answers import holds
from eval.models import Query
from eval.withhold import GoldIndex
from index.library import Library
from rag.evidence import evidence_rows
from rag.finder import Finder
from rag.question import understand
from rag.retrieve import rarity

Condition = Literal["as asked", "evidence removed", "unanswerable"]
_CONDITIONS: dict[str, Condition] = {name: name for name in get_args(Condition)}
_ARRAYS = ("rows", "passages", "holds_gold", "passage_holds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question as it was read: the candidate sentences of all hits, n of them.

    `rows` has shape (n, columns). `passages` is the place of each sentence's hit, `holds_gold`
    whether the sentence holds a gold answer, `passage_holds` whether its passage does.
    """

    query: str
    condition: Condition
    rows: NDArray[np.float64]
    passages: NDArray[np.int64]
    holds_gold: NDArray[np.bool_]
    passage_holds: NDArray[np.bool_]


def read_cases(
    finder: Finder,
    library: Library,
    queries: Sequence[Query],
    *,
    on_case: Callable[[int], None] = lambda _: None,
) -> Iterator[Case]:
    """Every question as asked and, where it has any that can be removed, without its evidence."""
    gold = GoldIndex(
        (passage for document in library.documents() for passage in library.passages(document.id)),
        queries,
    )
    for number, query in enumerate(queries):
        on_case(number)
        if query.answerable is None:
            continue
        condition: Condition = "as asked" if query.answerable else "unanswerable"
        yield _case(finder, library, query, condition=condition)
        # Where no passage gives the answer away there is nothing to remove.
        if exclude := gold.withheld(query):
            yield _case(finder, library, query, condition="evidence removed", exclude=exclude)


def _case(
    finder: Finder,
    library: Library,
    query: Query,
    *,
    condition: Condition,
    exclude: Collection[str] = (),
) -> Case:
    question = understand(query.question, asked_on=query.asked_on)
    read = finder.read(question, finder.candidates(question, exclude=exclude))
    found = evidence_rows(
        question.standalone, read, rarity=rarity(library, question), asks_from=question.asks_from
    )
    places: list[int] = []
    sentence_gold: list[bool] = []
    passage_gold: list[bool] = []
    for place, (entry, (numbers, _)) in enumerate(zip(read, found, strict=True)):
        texts = [entry.sentences[number].text for number in numbers]
        places += [place] * len(texts)
        sentence_gold += [_holds_any(text, query.answers) for text in texts]
        passage_gold += [_holds_any(entry.hit.passage.text, query.answers)] * len(texts)
    return Case(
        query=query.id,
        condition=condition,
        rows=np.concatenate([rows for _, rows in found]),
        passages=np.asarray(places),
        holds_gold=np.asarray(sentence_gold),
        passage_holds=np.asarray(passage_gold),
    )


def _holds_any(text: str, answers: Sequence[str]) -> bool:
    return any(holds(text, answer) for answer in answers)


def save_cases(path: Path, cases: Sequence[Case]) -> None:
    """Writes the cases as arrays, one after the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: np.concatenate([getattr(case, name) for case in cases]) for name in _ARRAYS}
    arrays |= {
        "queries": np.array([case.query for case in cases]),
        "conditions": np.array([case.condition for case in cases]),
        "counts": np.array([len(case.rows) for case in cases]),
    }
    np.savez(path, allow_pickle=False, **arrays)


def load_cases(path: Path) -> list[Case]:
    """The cases that `save_cases` wrote."""
    with np.load(path) as stored:
        ends = np.cumsum(stored["counts"])[:-1]
        arrays = {name: np.split(stored[name], ends) for name in _ARRAYS}
        return [
            Case(
                query=str(query),
                condition=_CONDITIONS[str(condition)],
                **dict(zip(_ARRAYS, parts, strict=True)),
            )
            for query, condition, *parts in zip(
                stored["queries"], stored["conditions"], *arrays.values(), strict=True
            )
        ]
