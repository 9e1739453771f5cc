"""What was found for a question, or for each part of a compound one, and the quotes made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.models import Document
from rag.evidence import EVIDENCE_LIMIT, ScoredHit, best_evidence
from rag.finder import Finder
from rag.models import Draft, Evidence, Question, Statement
from rag.newest import differing_figures, newest_first
from rag.points import in_order
from rag.reading import ReadHit
from rag.write import QuoteWriter, draft_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The evidence for one question, best first, and all that was read, with its documents by id.

    `answerable` is the probability that the best sentence answers.
    """

    question: Question
    evidence: tuple[Evidence, ...]
    ranked: Sequence[ScoredHit]
    documents: Mapping[str, Document]
    answerable: float


def find(finder: Finder, question: Question, read: Sequence[ReadHit]) -> Found:
    """The evidence for a question in the hits that were read together with it."""
    ranked = finder.rank(question, read)
    probable = best_evidence(ranked, limit=None)
    return Found(
        question=question,
        evidence=newest_first(in_order(question, probable), differing_figures(question, ranked))[
            :EVIDENCE_LIMIT
        ],
        ranked=ranked,
        documents={entry.document.id: entry.document for entry in read},
        answerable=probable[0].score if probable else 0.0,
    )


def all_evidence(found: Sequence[Found]) -> tuple[Evidence, ...]:
    """The evidence of all parts, part after part."""
    return tuple(entry for part in found for entry in part.evidence)


def all_documents(found: Sequence[Found]) -> dict[str, Document]:
    return {name: document for part in found for name, document in part.documents.items()}


def quoted(found: Sequence[Found], *, answer_words: int) -> Draft:
    """The quotes that answer each part, part after part, as one draft; a part has its words."""
    writer = QuoteWriter(answer_words=answer_words // len(found))
    statements: list[Statement] = []
    before = 0
    for part in found:
        for statement in writer.statements(part.question, part.evidence):
            markers = tuple(before + marker for marker in statement.markers)
            statements.append(replace(statement, markers=markers))
        before += len(part.evidence)
    return Draft(
        text=draft_text(statements),
        evidence=all_evidence(found),
        statements=tuple(statements),
        writer=writer.name,
    )
