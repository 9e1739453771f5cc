"""Where sources differ: other numbers, denials, doubts, shown side by side.

Which of them is right is left to the reader; of numbers it tells which one is surely the newest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.models import Document, Span
from rag.cite import citation
from rag.features import split
from rag.models import Citation, Claim, Disagreement, Evidence, Question
from rag.newest import SIDES_LIMIT
from rag.question import answer_kind
from rag.words import content_stems, is_hedged, is_negated, names

DENIED = "some deny it"
DOUBTED = "some doubt it"
_LONGEST_SIDE = 60  # words
# Who asks about a denial is answered by it.
_ABOUT_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ials?)|dismiss|reject|refut|disput|doubt)", re.IGNORECASE
)
# Somebody denies that something is so; a request that is denied, or a coach dismissed, is another
# matter.
_DENIAL = re.compile(
    r"""\b(?:
    den(?:y|ies|ied|ying)\s+(?:that|any|having|doing|being|it\b|such|all|[a-z]+ing\b|
        (?:the\s+|these\s+)?(?:[\w’'-]+\s+)?
        (?:reports?|claims?|allegations?|accusations?|charges?|existence|involvement))\b
    | (?:dismiss|reject|refut|disput|contradict)(?:e?s|e?d|ing)?\s+(?:[\w’'-]+\s+){0,2}?
        (?:reports?|claims?|allegations?|accusations?|talk|rumou?rs?|suggestions?|speculation|idea)
    | (?:called|calls|calling)\s+(?:[\w’'-]+\s+){0,6}?
        (?:groundless|baseless|untrue|false|fabricated)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DOUBT = re.compile(
    r"""^(?:But|However|Yet|Still|Others?|Not\ everyone|Not\ all|S[ck]eptics?)\b.*?
        \b(?:analysts?|experts?|economists?|officials|observers?|s[ck]eptics?|critics|researchers?|
        historians?|diplomats?|everyone|others)\b
    | \b(?:doubts?|doubted|s[ck]eptical|unconvinced|not\ convinced)\b""",
    re.VERBOSE | re.DOTALL,
)


def differences(
    question: Question,
    claims: Sequence[Claim],
    evidence: Sequence[Evidence],
    figures: Disagreement | None,
    documents: Mapping[str, Document],
) -> tuple[Disagreement, ...]:
    """The points on which what was read differs from the answer, or within it; often none.

    `evidence` is what the answer was made from, `figures` the numbers that differ in all that was
    read (see `rag.newest`), `documents` hold what was read. Denials and doubts are
    looked for only where the answer reports what may be, not where it states a fact, a time or a
    place.
    """
    kind = answer_kind(question.standalone)
    if kind == "number":
        return (figures,) if figures else ()
    # Who asks when and where does not ask whether.
    if kind in {"date", "place"} or _ABOUT_DENIAL.search(question.standalone):
        return ()
    reported = [
        claim
        for claim in claims
        if (is_hedged(claim.text) or claim.speaker) and not _contradicts(claim.text)
    ]
    found: list[Disagreement] = []
    for point, sides in (
        (DOUBTED, _doubts(evidence, documents)),
        (DENIED, _denials(question, claims, documents)),
    ):
        matched = [side for side in sides if _told_against(question, side, reported)]
        if matched:
            told = _told_against(question, matched[0], reported)
            assert told is not None
            found.append(Disagreement(point=point, sides=(told, *matched[: SIDES_LIMIT - 1])))
    return tuple(found)


def _contradicts(text: str) -> bool:
    return bool(_DENIAL.search(text) or _DOUBT.search(text)) or is_negated(text)


def _told_against(question: Question, side: Citation, reported: Sequence[Claim]) -> Citation | None:
    """The first claim with a word of the doubt or denial that the question does not have."""
    asked = content_stems(question.standalone)
    about = content_stems(side.quote) - asked
    for claim in reported:
        if about & (content_stems(claim.text) - asked):
            return next((place for place in claim.citations if place != side), None)
    return None


def _doubts(evidence: Sequence[Evidence], documents: Mapping[str, Document]) -> list[Citation]:
    return [
        citation(documents[entry.hit.passage.document_id], entry.start, entry.end)
        for entry in evidence
        if _DOUBT.search(entry.text)
    ]


def _denials(
    question: Question, claims: Sequence[Claim], documents: Mapping[str, Document]
) -> list[Citation]:
    """For each document read, a sentence in which somebody denies it, naming whom it is about.

    Such a sentence answers nothing, so it is looked for in whole documents.
    """
    about = names(question.standalone)
    said = {claim.text for claim in claims}
    found = []
    for document in documents.values():
        for match in _DENIAL.finditer(document.text):
            span = _sentence_at(document, match.start())
            text = document.text[span.start : span.end]
            is_about = bool(about) and about <= names(text, leading=True)
            if is_about and text not in said and len(text.split()) <= _LONGEST_SIDE:
                found.append(citation(document, span.start, span.end))
                break
    return found


def _sentence_at(document: Document, place: int) -> Span:
    """The sentence around a place; only its paragraph is split, documents may be long."""
    start = document.text.rfind("\n", 0, place) + 1
    end = document.text.find("\n", place)
    paragraph = document.text[start : end if end >= 0 else len(document.text)]
    found = next(
        entry.span
        for entry in split(paragraph, language=document.language)
        if entry.span.end > place - start
    )
    return Span(start + found.start, start + found.end)
