"""The points of an answer: which sentences say the same, and which answer a list question."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

from rag.models import Evidence, Question
from rag.question import answer_kind
from rag.relation import asked_relation, tells
from rag.words import content_stems, is_hedged, is_negated, names, numbers

POINTS_LIMIT = 8
# Points a list may take from one document: views are asked of many.
POINTS_A_DOCUMENT = 2
# By which the logarithm of a sentence's odds grows where many answer: by the first divided by the
# rank of its passage, by the second if it tells what is asked for (see `rag.relation`), by the
# third if it counts things up. Chosen by hand on the five articles and our own examples.
_SUBJECT_WEIGHT = 0.75
_RELATION_WEIGHT = 2.5
_ENUMERATION_WEIGHT = 2.0
_ITEM = r"(?!(?:which|who|whose|where|when)\b)[^,;:.]{2,50}"
_ENUMERATION = re.compile(rf"(?::\s|{_ITEM},\s){_ITEM},\s(?:{_ITEM},\s)*{_ITEM}\s(?:and|or)\s")
# Two sentences that share this much of their content words say the same thing (Jaccard index).
_SAME_POINT = 0.6


def in_order(question: Question, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence of a question, the most fitting first: for one fact the most probable."""
    standings = fitting(question, evidence)
    ranked = sorted(range(len(evidence)), key=lambda number: -standings[number])
    return tuple(evidence[number] for number in ranked)


def fitting(question: Question, evidence: Sequence[Evidence]) -> list[float]:
    """How well each sentence fits the answer, 0 to 1: for one fact the probability that it answers.

    Where many sentences answer, those of a passage about the subject do, though few of them repeat
    the question's words; and those that tell what is asked for, in whatever words.
    """
    if answer_kind(question.standalone) != "list":
        return [entry.score for entry in evidence]
    relation = asked_relation(question.standalone)
    # What ends with a colon only announces the answer.
    states = [relation is not None and not entry.text.rstrip().endswith(":") for entry in evidence]
    odds = [
        math.exp(
            _SUBJECT_WEIGHT / entry.hit.rank
            + _RELATION_WEIGHT * (told and relation is not None and tells(relation, entry.text))
            + _ENUMERATION_WEIGHT * (told and bool(_ENUMERATION.search(entry.text)))
        )
        * entry.score
        / max(1e-9, 1 - entry.score)
        for entry, told in zip(evidence, states, strict=True)
    ]
    return [value / (1 + value) for value in odds]


def merge_points(
    evidence: Sequence[Evidence],
    *,
    scores: Sequence[float],
    floor: float,
    same: Callable[[Evidence, Evidence], bool],
) -> list[list[int]]:
    """Groups of indices into `evidence` that say the same, in the order of the evidence.

    `same` tells whether two do. Sentences with less than `floor` times the best score are left out,
    but for the first: what was put first, such as the newest figure, leads however probable it is.
    """
    points: list[list[int]] = []
    for number, entry in enumerate(evidence):
        if number and scores[number] < floor * max(scores):
            continue
        for point in points:
            if all(same(evidence[other], entry) for other in point):
                if all(not _overlaps(evidence[other], entry) for other in point):
                    point.append(number)
                break
        else:
            points.append([number])
    return points


def same_point(first: Evidence, second: Evidence) -> bool:
    """Whether two sentences say the same; see `same_words`."""
    return same_words(first.text, second.text)


def same_answer(first: Evidence, second: Evidence) -> bool:
    """Whether two sentences give the same answer to a question for one fact.

    Of certain answers one has to be part of the other, "Kim" of "Kim Jong Un". Where one of them
    is not certain, the sentences have to say the same.
    """
    if first.answer is None or second.answer is None:
        return same_point(first, second)
    one, other = first.answer_text, second.answer_text
    stems, others = content_stems(one), content_stems(other)
    return (
        bool(stems and others)
        and (stems <= others or others <= stems)
        and numbers(one) == numbers(other)
        and is_negated(first.text) == is_negated(second.text)
        and is_hedged(first.text) == is_hedged(second.text)
    )


def same_words(first: str, second: str) -> bool:
    """Whether two texts say the same: alike in their words, and in what words can turn round.

    >>> same_words("Moscow denied the deal on Monday.", "On Monday, Moscow denied the deal.")
    True
    >>> same_words("Moscow denied the deal on Monday.", "Moscow confirmed the deal on Monday.")
    False
    >>> same_words("Kim won the cup on Monday.", "Park won the cup on Monday.")
    False
    """
    stems, others = content_stems(first), content_stems(second)
    rival = names(first, leading=True) - others and names(second, leading=True) - stems
    return (
        not rival
        and jaccard(stems, others) >= _SAME_POINT
        and numbers(first) == numbers(second)
        and is_negated(first) == is_negated(second)
        and is_hedged(first) == is_hedged(second)
    )


def spread(points: Sequence[list[int]], evidence: Sequence[Evidence]) -> list[list[int]]:
    """At most `POINTS_LIMIT` of the points in their order: first each document's best, then others.

    No document gives more than `POINTS_A_DOCUMENT`.
    """
    taken: Counter[str] = Counter()
    turns: list[tuple[int, int]] = []
    for number, point in enumerate(points):
        document = evidence[point[0]].hit.passage.document_id
        taken[document] += 1
        if taken[document] <= POINTS_A_DOCUMENT:
            turns.append((taken[document], number))
    first = sorted(turns)[:POINTS_LIMIT]
    return [points[number] for number in sorted(number for _, number in first)]


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """|A ∩ B| / |A ∪ B|, 0 to 1; 0 for two empty sets (Jaccard 1901).

    >>> jaccard(frozenset("ab"), frozenset("bc"))
    0.3333333333333333
    """
    union = first | second
    return len(first & second) / len(union) if union else 0.0


def _overlaps(first: Evidence, second: Evidence) -> bool:
    same = first.hit.passage.document_id == second.hit.passage.document_id
    return same and first.start < second.end and second.start < first.end
