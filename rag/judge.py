"""Does a source carry a claim? What its words show and what the evidence model makes of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from index.models import Document
from index.sentences import sentences
from rag.models import Evidence
from rag.pairs import Pair
from rag.reader import Reader
from rag.support import NOT_SAID, coverage, objection, why_unsupported
from rag.words import content_stems, is_negated, names, numbers, opposite, stem, words

SIGNS = (
    "coverage",  # share of the claim's content words in the evidence, up to ENOUGH
    "altered",  # share of the source's wording in the claim, if some word is not the source's
    "doubted",  # the same share, times the probability with which the model finds no support
    "name",  # a name that is not there
    "number",  # a number that is not there
    "turned",  # denied, or an opposite put in place, where the source does neither
)
# Fitted by `python benchmarks/support.py --fit`, in the order of SIGNS; docs/evidence.md has the
# figures. The model learnt from sentences with one thing exchanged: it takes any rewording for
# that, so its doubt counts where the wording is the source's.
WEIGHTS = (7.225, -1.176, -2.105, -0.437, -1.098, -1.772)
BIAS = -2.266
# A claim at least this probable passes if no rule objects: nine of ten true ones that are reworded
# do, nearly all that are only trimmed, and seven of ten false ones that no rule noticed.
LEAST_PROBABILITY = 0.5
# With fewer of the claim's words in the evidence the model is not asked: it never saw such claims.
LEAST_SHARED = 0.4
# More words in common than this say no more: a false claim is made of the source's words too.
ENOUGH = 0.6
NOT_FOUND = "the evidence model does not find this in the sentence cited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A claim held against evidence: a sentence or few, and the same among its neighbours."""

    claim: str
    evidence: str
    surroundings: str
    title: str

    @property
    def pair(self) -> Pair:
        """As the evidence model reads it."""
        return Pair(question=self.claim, title=self.title, passage=self.surroundings, sentences=[])


def hold(claim: str, entry: Evidence, document: Document) -> Held:
    """The claim against a piece of evidence from this document, in its passage."""
    passage = entry.hit.passage
    start, end = entry.start - passage.start, entry.end - passage.start
    spans = sentences(passage.text, document.language)
    before = max((span.start for span in spans if span.end <= start), default=start)
    behind = min((span.end for span in spans if span.start >= end), default=end)
    return Held(
        claim=claim,
        evidence=entry.text,
        surroundings=passage.text[before:behind],
        title=document.title,
    )


def judge(held: Sequence[Held], *, reader: Reader | None) -> list[str | None]:
    """For each claim why its evidence does not carry it, `None` where it does.

    What a rule objects to needs no model; all else is read at once. Without a model that judges
    claims the rules alone decide.
    """
    reasons = [_settled(entry) for entry in held]
    unsettled = [number for number, reason in enumerate(reasons) if reason is None]
    for number, supports in zip(
        unsettled, _supports([held[number].pair for number in unsettled], reader), strict=True
    ):
        reasons[number] = _verdict(held[number], supports)
    return reasons


def _supports(pairs: Sequence[Pair], reader: Reader | None) -> list[float | None]:
    if reader is None or not pairs:
        return [None] * len(pairs)
    return [reading.supports for reading in reader.read(pairs)]


def _settled(held: Held) -> str | None:
    """Why no model can make this claim pass; `None` leaves it open."""
    found = objection(held.claim, held.evidence, context=held.title)
    if found is None and coverage(held.claim, held.evidence, context=held.title) < LEAST_SHARED:
        return NOT_SAID
    return found


def _verdict(held: Held, supports: float | None) -> str | None:
    """The verdict on a claim that no rule objects to."""
    if supports is None:
        return why_unsupported(held.claim, held.evidence, context=held.title)
    return None if probability(signs(held, supports)) >= LEAST_PROBABILITY else NOT_FOUND


def signs(held: Held, supports: float) -> tuple[float, ...]:
    """One row in the order of SIGNS; `supports` is the model's logit."""
    around = held.surroundings
    known = content_stems(around) | content_stems(held.title)
    kept = _kept(held.claim, around)
    denied = is_negated(held.claim) and not is_negated(around)
    return (
        min(ENOUGH, coverage(held.claim, held.evidence, context=held.title)),
        0.0 if content_stems(held.claim) <= known else kept,
        kept * _sigmoid(-supports),
        float(not names(held.claim, leading=True) <= known),
        float(not numbers(held.claim) <= numbers(around)),
        float(denied or opposite(held.claim, around) is not None),
    )


def probability(row: Sequence[float]) -> float:
    """Logistic regression: p = 1 / (1 + exp(-(bias + row · weights)))."""
    return _sigmoid(BIAS + sum(weight * value for weight, value in zip(WEIGHTS, row, strict=True)))


def _kept(claim: str, source: str) -> float:
    """The share of the claim's runs of three words that the source has, word forms aside.

    A foreign word amid the source's own wording has taken the place of another and mostly changes
    what is said; amid other wording it is more likely a paraphrase.

    >>> _kept("Kim asked Moscow for cheap grain.", "Kim asks Moscow for cheap oil.")
    0.75
    """
    runs = _runs(claim)
    return len(runs & _runs(source)) / len(runs) if runs else 0.0


def _runs(text: str) -> frozenset[tuple[str, str, str]]:
    found = [stem(word) for word in words(text)]
    return frozenset(zip(found, found[1:], found[2:], strict=False))


def _sigmoid(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))
