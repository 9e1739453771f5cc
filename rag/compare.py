"""Where sources differ: other numbers, denials, doubts. Shown side by side, decided by nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from index.dates import MONTH, YEAR
from index.models import Document, Span
from rag.cite import citation
from rag.evidence import ScoredHit
from rag.features import split
from rag.models import Citation, Claim, Disagreement, Evidence, Question
from rag.quantities import Quantity, quantities
from rag.question import answer_kind
from rag.words import content_stems, is_hedged, is_negated, names, stem

DENIED = "some deny it"
DOUBTED = "some doubt it"
SIDES_LIMIT = 4
# A sentence with another number must be at least this probable relative to the best one: less where
# the question says what is counted, so that the numbers are surely of the same thing.
_COUNTED_SHARE = 0.1
_MEASURED_SHARE = 0.5
# Numbers that differ by less are the same number, rounded.
_SAME_NUMBER = 1.02
_LONGEST_SIDE = 60  # words
_STEM = 5  # characters that tell a word
# Who asks about a denial is answered by it.
_ABOUT_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ials?)|dismiss|reject|refut|disput|doubt)", re.IGNORECASE
)
_WHEN = re.compile(rf"\b(?:{YEAR}|{MONTH})\b")
_COUNTED = re.compile(
    r"\bhow many\s+((?:[\w’'-]+\s+){0,2}?[\w’'-]*s|people|men|women|children)\b", re.IGNORECASE
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
    ranked: Sequence[ScoredHit],
    documents: Mapping[str, Document],
) -> tuple[Disagreement, ...]:
    """The points on which what was read differs from the answer, or within it; often none.

    `evidence` is what the answer was made from, `ranked` all that was read. Denials and doubts are
    looked for only where the answer reports what may be, not where it states a fact.
    """
    if answer_kind(question.standalone) == "number":
        return tuple(_numbers(question, ranked))
    if _ABOUT_DENIAL.search(question.standalone):
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


def _numbers(question: Question, ranked: Sequence[ScoredHit]) -> Iterator[Disagreement]:
    """Other numbers of the same thing, the oldest source first where days are known."""
    entries = sorted(_sentences(ranked), key=lambda entry: -entry[0])
    counted = _COUNTED.search(question.standalone)
    noun = counted[1].split()[-1] if counted else ""
    unit = frozenset({stem(noun.lower())}) if noun else frozenset()
    share = _COUNTED_SHARE if noun else _MEASURED_SHARE
    sides: list[tuple[Quantity, Citation]] = []
    asked_when = frozenset(_WHEN.findall(question.standalone))
    times: list[frozenset[str]] = []
    best = entries[0][0] if entries else 0.0
    for probability, place, told in entries:
        if probability < share * best or len(sides) == SIDES_LIMIT:
            break
        quantity = next((one for one in told if not unit or one.units & unit), None)
        if quantity is None or not _is_about(question.standalone, place.quote, besides=unit):
            continue
        unit = unit or quantity.units
        when = frozenset(_WHEN.findall(place.quote))
        # Numbers of two years are no difference.
        if when and any(other and other != when for other in (asked_when, *times)):
            continue
        if all(_differ(quantity.value, other.value) for other, _ in sides):
            sides.append((quantity, place))
            times.append(when)
    if len(sides) > 1:
        if all(place.published_at for _, place in sides):
            sides.sort(key=lambda side: str(side[1].published_at))
        values = " or ".join(quantity.text for quantity, _ in sides)
        point = f"{noun}: {values}" if noun else values
        yield Disagreement(point=point, sides=tuple(place for _, place in sides))


def _sentences(
    ranked: Sequence[ScoredHit],
) -> Iterator[tuple[float, Citation, list[Quantity]]]:
    """Every sentence that was read, with its probability and the quantities it may answer with.

    Where the model marks an answer in the sentence, these are the quantities within the answer.
    """
    for entry in ranked:
        shift, marked = entry.read.hit.passage.start, entry.read.reading.span
        for number, probability in zip(entry.numbers, entry.probabilities.tolist(), strict=True):
            start, end = entry.read.sentences[number].span
            told = quantities(entry.read.sentences[number].text)
            if marked is not None and start <= marked.span.start < end:
                told = [
                    one
                    for one in told
                    if start + one.span.start < marked.span.end
                    and marked.span.start < start + one.span.end
                ]
            yield probability, citation(entry.read.document, shift + start, shift + end), told


def _is_about(question: str, text: str, *, besides: frozenset[str]) -> bool:
    """Whether they share a word that carries meaning, or one's beginning ("Korea", "Korean")."""
    asked, told = content_stems(question) - besides, content_stems(text) - besides
    return any(
        first == second or (len(first) >= _STEM and second.startswith(first))
        for first in asked
        for second in told
    )


def _differ(first: float, second: float) -> bool:
    low, high = sorted((first, second))
    return high > low * _SAME_NUMBER


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
