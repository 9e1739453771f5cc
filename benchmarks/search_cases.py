"""The questions that `benchmarks/search.py` asks, searched for in every way it compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time

import numpy as np
from evaluation_data import held_queries
from light_weights import Group

from eval.corpus import Names, open_corpus
from eval.datasets import load_dataset
from eval.metrics.answers import holds
from eval.models import Query
from index.library import Library
from index.models import Passage
from rag.assistant import Assistant
from rag.light import Candidate, light_features
from rag.models import Question
from rag.question import understand
from rag.retrieve import POOL, closer, per_document, rarity, retrieve, search
from rag.settings import Settings

SETS = ("realtimeqa_2025h2", "multihoprag_a", "scifact_a", "squad2_a")
SLOTS = Settings().passages
SHIPPED, READ = "shipped", "shipped, read"
_CANDIDATES = Settings().candidates
Ranking = Sequence[Passage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Candidates of the light ranker, with their features and labels."""

    candidates: list[Candidate]
    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with the rankings that its searches gave, by name."""

    query: Query
    names: Names
    per_document: int
    rankings: dict[str, Ranking]
    whole: Light
    parts: Light
    seconds: float
    held: dict[str, bool] = field(default_factory=dict)

    def documents(self, ranking: Ranking) -> list[str]:
        return [self.names.name(passage.document_id) for passage in ranking]

    def answers(self, passage: Passage) -> bool:
        """Whether a passage holds a gold answer on whole tokens."""
        if passage.id not in self.held:
            found = any(holds(passage.text, answer) for answer in self.query.answers)
            self.held[passage.id] = found
        return self.held[passage.id]


def ask(name: str, folder: Path, *, cache: Path, limit: int | None, reads: bool) -> list[Asked]:
    """The questions of a set that have relevant documents, searched for in every way."""
    dataset = load_dataset(folder)
    with open_corpus(dataset, cache=cache) as (assistant, names, _):
        assistant.warm()
        library = assistant._library  # the parts of the search, one by one
        queries = _wanted(name, dataset.queries, names)
        # Evenly drawn: neighbours in a set are often about the same documents.
        queries = queries[:: max(1, len(queries) // limit)] if limit else queries
        asked = [_asked(name, query, library, names) for query in queries]
        if not reads:
            return asked
        return [replace(one, rankings=one.rankings | _read(assistant, one.query)) for one in asked]


def _read(assistant: Assistant, query: Query) -> dict[str, Ranking]:
    return {
        READ: [
            hit.passage
            for hit in assistant.search(query.question, limit=POOL, asked_on=query.asked_on)
        ]
    }


def _wanted(name: str, queries: Sequence[Query], names: Names) -> list[Query]:
    kept = [query for query in queries if query.relevant]
    if name == "realtimeqa_2025h2":
        kept = [query for query in kept if query.answerable]
    if name == "squad2_a":
        kept = held_queries(kept)
    return [
        replace(query, relevant=tuple(dict.fromkeys(map(names.canonical, query.relevant))))
        for query in kept
    ]


def _asked(name: str, query: Query, library: Library, names: Names) -> Asked:
    question = understand(query.question, asked_on=query.asked_on)
    whole = replace(question, parts=(question.standalone,))
    begun = process_time()
    shipped = retrieve(library, question, candidates=_CANDIDATES, limit=POOL, slots=SLOTS)
    seconds = process_time() - begun
    plain = search(library, whole, wanted=_CANDIDATES, exclude=())
    fused = search(library, question, wanted=_CANDIDATES, exclude=())
    words = library.search_words(question.standalone, limit=POOL)
    dense = library.search_dense(question.standalone, limit=POOL)
    light = _light_of(library, whole)
    is_compound = len(question.parts) > 1
    asked = Asked(
        query=query,
        names=names,
        per_document=per_document(question),
        rankings={
            "words (BM25)": [entry.passage for entry in words],
            "meaning (cosine)": [entry.passage for entry in dense],
            "fused, as before": [plain.passages[found] for found, _ in plain.fused],
            "fused + parts": [fused.passages[found] for found, _ in fused.fused],
            SHIPPED: [hit.passage for hit in shipped],
        },
        whole=light,
        parts=_light_of(library, question) if is_compound else light,
        seconds=seconds,
    )
    by_answer = name == "realtimeqa_2025h2"
    return replace(
        asked,
        whole=_labelled(asked, asked.whole, by_answer=by_answer),
        parts=_labelled(asked, asked.parts, by_answer=by_answer),
    )


def _light_of(library: Library, question: Question) -> Light:
    pool = search(library, question, wanted=_CANDIDATES, exclude=())
    found = closer(library, question, pool)
    rows = light_features(question, found, rarity=rarity(library, question))
    return Light(
        candidates=found,
        group=Group(rows=rows, labels=np.zeros(len(found), dtype=np.int64)),
    )


def _labelled(asked: Asked, light: Light, *, by_answer: bool) -> Light:
    """Passages of relevant documents are positive; of whole articles only those that answer.

    Elsewhere an answer may stand by chance or rightly: such passages are left out of the fit.
    """
    relevant = set(asked.query.relevant)
    labels = []
    passages = [candidate.passage for candidate in light.candidates]
    for passage, name in zip(passages, asked.documents(passages), strict=True):
        answers = asked.answers(passage) if by_answer else name in relevant
        labels.append(int(answers) if name in relevant else -int(answers))
    group = Group(rows=light.group.rows, labels=np.asarray(labels, dtype=np.int64))
    return replace(light, group=group)
