"""What was found for a question, or for each part of a compound one, and the quotes made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.models import Document
from rag.evidence import EVIDENCE_LIMIT, best_evidence
from rag.finder import Finder
from rag.models import Disagreement, Draft, Evidence, Question, Statement
from rag.newest import differing_figures, newest_first
from rag.points import in_order
from rag.reading import ReadHit
from rag.words import numbers
from rag.write import QuoteWriter, draft_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The evidence for one question, best first, and the documents that were read by id.

    `figures` are the numbers that differ in all that was read, if there are any; `answerable` is
    the probability that the best sentence answers.
    """

    question: Question
    evidence: tuple[Evidence, ...]
    figures: Disagreement | None
    documents: Mapping[str, Document]
    answerable: float


def find(finder: Finder, question: Question, read: Sequence[ReadHit]) -> Found:
    """The evidence for a question in the hits that were read together with it."""
    ranked = finder.rank(question, read)
    probable = best_evidence(ranked, limit=None)
    figures = differing_figures(question, ranked)
    return Found(
        question=question,
        evidence=newest_first(in_order(question, probable), figures)[:EVIDENCE_LIMIT],
        figures=figures,
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
        for statement in led_by_the_newest(
            writer.statements(part.question, part.evidence), part.figures
        ):
            markers = tuple(before + marker for marker in statement.markers)
            statements.append(replace(statement, markers=markers))
        before += len(part.evidence)
    return Draft(
        text=draft_text(statements),
        evidence=all_evidence(found),
        statements=tuple(statements),
        writer=writer.name,
    )


def led_by_the_newest(
    statements: Sequence[Statement], figures: Disagreement | None
) -> tuple[Statement, ...]:
    """The statements without an answer in the lead that is superseded, or may be.

    Where figures are superseded only the first statement, that of the newest, is led by its answer,
    and not by a number that a superseded side tells: it may take that number back.
    """
    if figures is None or not figures.superseded:
        return tuple(statements)
    old = frozenset[str]().union(*(numbers(side.quote) for side in figures.superseded))
    return tuple(
        replace(entry, answer=None) if place or numbers(entry.answer or "") & old else entry
        for place, entry in enumerate(statements)
    )
