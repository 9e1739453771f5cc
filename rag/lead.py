"""The answer itself, by which a quote is led: a certain name, place, time or number."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rag.followup.mentions import times
from rag.models import Evidence, Question
from rag.quantities import quantities
from rag.question import AnswerKind, answer_kind
from rag.words import names

# A sentence leads only if it more probably answers than not.
LEAST_PROBABILITY = 0.5
LONGEST_LEAD = 8  # words
_QUOTATION_MARKS = "“”„«»‘’\"'"


def leading_answer(question: Question, evidence: Evidence) -> str | None:
    """The answer that a quote may be led by, as it stands there; `None` where there is none.

    Only a person, a place, a time or a number says something without its sentence. Whatever the
    model marks, its words have to be of the kind that is asked for.
    """
    is_told = _TOLD.get(answer_kind(question.standalone))
    if is_told is None or evidence.score < LEAST_PROBABILITY or not is_told(evidence):
        return None
    answer = " ".join(evidence.answer_text.strip(_QUOTATION_MARKS).split())
    return answer if 0 < len(answer.split()) <= LONGEST_LEAD else None


def _is_named(evidence: Evidence) -> bool:
    return bool(names(evidence.answer_text, leading=True))


def _is_time(evidence: Evidence) -> bool:
    return bool(times(evidence.answer_text))


def _is_number(evidence: Evidence) -> bool:
    """Whether it is a number of something: "27 crates", not the "27" of "27 July"."""
    if evidence.answer is None:
        return False
    start, end = evidence.answer.start - evidence.start, evidence.answer.end - evidence.start
    return any(one.span.start < end and start < one.span.end for one in quantities(evidence.text))


_TOLD: Mapping[AnswerKind, Callable[[Evidence], bool]] = {
    "person": _is_named,
    "place": _is_named,
    "date": _is_time,
    "number": _is_number,
}
