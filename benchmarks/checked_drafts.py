"""What the embedded model wrote, kept so that the check can be tried on it again at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Literal

from eval.models import Query
from eval.withhold import GoldIndex
from index.errors import ModelError
from index.library import Library
from index.models import Document, Passage
from rag.clock import Clock
from rag.embedded import MODEL_NAME
from rag.finder import Finder
from rag.found import Found, all_documents, all_evidence
from rag.gather import Gatherer
from rag.llm import close, connect
from rag.model_writer import ModelWriter
from rag.models import Draft, Evidence, Hit, Question
from rag.prompt import NOT_IN_SOURCES, template
from rag.question import understand
from rag.settings import Settings

Condition = Literal["as asked", "evidence removed", "unanswerable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, and the passages that are withheld when it is asked."""

    query: Query
    condition: Condition
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written for a case, with the documents of its evidence by id.

    `answerable` is the probability that is held against `abstention_threshold`.
    """

    case: Case
    draft: Draft
    documents: Mapping[str, Document]
    answerable: float

    @property
    def makes_claims(self) -> bool:
        """Whether it is an answer, not the model's word that it found none."""
        return bool(self.draft.text) and NOT_IN_SOURCES not in self.draft.text


def cases(library: Library, queries: Sequence[Query]) -> list[Case]:
    """Every question as it is, and the answerable ones without their evidence, in turn."""
    passages = (entry for one in library.documents() for entry in library.passages(one.id))
    gold = GoldIndex(passages, queries)
    asked = [query for query in queries if query.answerable and query.relevant]
    kinds: list[list[Case]] = [
        [Case(query=query, condition="as asked") for query in asked],
        [
            Case(query=query, condition="evidence removed", withheld=withheld)
            for query in asked
            if (withheld := gold.withheld(query))
        ],
        [
            Case(query=query, condition="unanswerable")
            for query in queries
            if query.answerable is False
        ],
    ]
    turns = chain.from_iterable(zip_longest(*kinds))
    return [case for case in turns if case is not None]


def drafts(
    library: Library,
    finder: Finder,
    settings: Settings,
    *,
    queries: Sequence[Query],
    folder: Path,
    on_draft: Callable[[int], None] = lambda _: None,
) -> Iterator[Written]:
    """What the embedded model writes for each case, in turn.

    Drafts are kept in `folder`, one file each, under a name that changes with the library, the
    settings and the prompts; a case that was written before is read from there.
    """
    gatherer = Gatherer(finder, settings=settings)
    model = connect(settings)
    kept = folder / _fingerprint(library, settings)
    kept.mkdir(parents=True, exist_ok=True)
    try:
        for number, case in enumerate(cases(library, queries)):
            on_draft(number)
            path = kept / f"{_name(case)}.json"
            if not path.is_file():
                written = _written(case, gatherer, ModelWriter(model, settings=settings))
                path.write_text(json.dumps(written), encoding="utf-8")
            yield _read(case, json.loads(path.read_text(encoding="utf-8")), library)
    finally:
        close(model)


def _written(case: Case, gatherer: Gatherer, writer: ModelWriter) -> dict[str, object]:
    """The draft for a case, as it is stored; its text is empty where nothing was written."""
    question = understand(case.query.question, asked_on=case.query.asked_on)
    found = _found(gatherer, question, case.withheld)
    parts = gatherer.answered(found)
    text, evidence = "", all_evidence(parts)
    try:
        for piece in writer.write(question, evidence, all_documents(parts)) if evidence else ():
            if isinstance(piece, Draft):
                text, evidence = piece.text, piece.evidence
    except ModelError:
        text = ""
    return {
        "text": text,
        "answerable": max(part.answerable for part in found),
        "evidence": [
            [entry.hit.passage.document_id, entry.hit.passage.id, entry.start, entry.end]
            for entry in evidence
        ],
    }


def _found(gatherer: Gatherer, question: Question, withheld: Collection[str]) -> list[Found]:
    """What the way of a question finds, without the events on that way."""
    steps = gatherer.found(question, exclude=withheld, clock=Clock())
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return list(end.value)


def _read(case: Case, stored: Mapping[str, object], library: Library) -> Written:
    """A stored draft with its evidence as the library holds it."""
    documents: dict[str, Document] = {}
    evidence = []
    places = stored["evidence"]
    assert isinstance(places, list)
    for document_id, passage_id, start, end in places:
        document = documents.setdefault(document_id, library.document(document_id))
        passage = next(one for one in library.passages(document_id) if one.id == passage_id)
        evidence.append(_evidence(passage, document.text[start:end], start, end))
    return Written(
        case=case,
        draft=Draft(text=str(stored["text"]), evidence=tuple(evidence), writer=MODEL_NAME),
        documents=documents,
        answerable=float(str(stored["answerable"])),
    )


def _evidence(passage: Passage, text: str, start: int, end: int) -> Evidence:
    """A piece of evidence whose scores nobody asks for any more."""
    hit = Hit(passage=passage, score=0.0, rank=1, stage="reranked")
    return Evidence(hit=hit, start=start, end=end, text=text, score=0.0)


def _fingerprint(library: Library, settings: Settings) -> str:
    parts = (library.fingerprint, settings.fingerprint, template("answer_small.md"), MODEL_NAME)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _name(case: Case) -> str:
    return hashlib.sha256(f"{case.query.id}\0{case.condition}".encode()).hexdigest()[:16]
