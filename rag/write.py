"""Evidence becomes a draft. The quote writer needs no language model and never varies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from index.models import Document
from rag.lead import leading_answer
from rag.models import Draft, Evidence, Question, Statement
from rag.points import fitting, merge_points, same_answer, same_point, spread
from rag.question import answer_kind

FACT_LIMIT = 3
# A further point of a list, or a further sentence for a fact, must fit at least this well relative
# to the best one.
_LEAST_SHARE = 0.25
# Sentences for a fact are enough once one of them answers with this probability, were they
# independent. More hold the answer more often and are read less gladly.
_ENOUGH = 0.9


class Writer(Protocol):
    """Writes a draft from evidence.

    `write` yields pieces of text as they are written and then, last, exactly one `Draft`.
    Raises `ModelError` when a language model fails.
    """

    @property
    def name(self) -> str: ...

    def write(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        documents: Mapping[str, Document],
    ) -> Iterator[str | Draft]: ...


class QuoteWriter:
    """Answers in the words of the sources: the fewest sentences that answer, unedited.

    A question for one fact gets the best sentence, and up to two more while it is not all but
    certain that one of them answers and all stay within `answer_words`. A question with many
    answers gets up to eight distinct points, the same point of several sources merged, strongest
    first.
    """

    name = "quotes"

    def __init__(self, *, answer_words: int = 60) -> None:
        self._answer_words = answer_words

    def write(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        documents: Mapping[str, Document],
    ) -> Iterator[str | Draft]:
        """Yields the draft alone: there is nothing to wait for."""
        del documents
        statements = self.statements(question, evidence)
        yield Draft(
            text=draft_text(statements),
            evidence=tuple(evidence),
            statements=statements,
            writer=self.name,
        )

    def statements(self, question: Question, evidence: Sequence[Evidence]) -> tuple[Statement, ...]:
        """The quotes that answer, each with the numbers of all evidence that says the same.

        The evidence is in the order in which it is to be quoted; see `rag.points.in_order`.
        """
        scores = fitting(question, evidence)
        if answer_kind(question.standalone) == "list":
            merged = merge_points(evidence, scores=scores, floor=_LEAST_SHARE, same=same_point)
            points = spread(merged, evidence)
        else:
            merged = merge_points(evidence, scores=scores, floor=_LEAST_SHARE, same=same_answer)
            points = self._enough(merged, evidence)
        return tuple(
            Statement(
                text=evidence[point[0]].text,
                markers=tuple(number + 1 for number in point),
                answer=leading_answer(question, evidence[point[0]]),
            )
            for point in points
        )

    def _enough(self, points: list[list[int]], evidence: Sequence[Evidence]) -> list[list[int]]:
        """The first points, until one of them very probably answers; longer ones are passed over
        once the words are used up.
        """
        kept: list[list[int]] = []
        used, none_answers = 0, 1.0
        for point in points:
            if kept and (len(kept) == FACT_LIMIT or 1.0 - none_answers >= _ENOUGH):
                break
            best = evidence[point[0]]
            length = len(best.text.split())
            if not kept or used + length <= self._answer_words:
                kept.append(point)
                used += length
                none_answers *= 1.0 - best.score
        return kept


def draft_text(statements: Sequence[Statement]) -> str:
    """The statements as a draft's text, a line each with its markers."""
    return "\n".join(
        one_line(entry.text) + "".join(f" [{marker}]" for marker in entry.markers)
        for entry in statements
    )


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return re.sub(r"\s+", " ", text).strip()
