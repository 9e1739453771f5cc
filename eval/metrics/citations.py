"""Whether the citations of an answer exist, and whether they hold what is known to be the answer.

Existence is checked exactly. What is known about support is only the gold answers and the gold
evidence of a set: a claim resting on another true sentence counts as unsupported here, so these
shares are lower bounds on the support a reader would find. All values lie between 0 and 1.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from eval.metrics.answers import WORD_LIMIT, holds, normalise
from eval.models import CitationOutcome, ClaimOutcome

_MARKER = re.compile(r"\[(\d+)\]")
_LEAST_TOKENS = 4


def markers(text: str) -> tuple[int, ...]:
    """Every number that reads as a citation marker, in order.

    >>> markers("Food [2] and oil [1][3], not [sic].")
    (2, 1, 3)
    """
    return tuple(int(number) for number in _MARKER.findall(text))


def without_markers(text: str) -> str:
    """The text without its markers and the space before them.

    >>> without_markers("They want food [1][2] and oil [3].")
    'They want food and oil.'
    """
    return re.sub(rf"\s*{_MARKER.pattern}", "", text)


def unresolved(text: str, sources: int) -> int:
    """How many markers of a text point at none of its `sources`, which are numbered from 1.

    >>> unresolved("Food [1], oil [3], money [0].", sources=2)
    2
    """
    return sum(not 1 <= number <= sources for number in markers(text))


def validity(claims: Sequence[ClaimOutcome], *, unresolved_markers: int = 0) -> float:
    """1 if every marker resolves and every quote stands exactly at its offsets, else 0.

    A claim that cites nothing makes the answer invalid: there is nothing to resolve.

    >>> good = CitationOutcome(document="d", start=0, end=4, quote="Food", exact=True)
    >>> validity([ClaimOutcome(text="Food.", verdict="quoted", citations=(good,))])
    1.0
    >>> validity([ClaimOutcome(text="Food.", verdict="supported")])
    0.0
    """
    cited = all(claim.citations for claim in claims)
    exact = all(citation.exact for claim in claims for citation in claim.citations)
    return float(bool(claims) and cited and exact and unresolved_markers == 0)


def exact_quotes(claims: Sequence[ClaimOutcome]) -> float:
    """The share of citations whose quote stands exactly at its offsets; 0 without any.

    A citation of a document that does not exist is not exact: it counts, as a miss.
    """
    found = [citation.exact for claim in claims for citation in claim.citations]
    return sum(found) / len(found) if found else 0.0


def gold_support(
    claims: Sequence[ClaimOutcome], *, answers: Collection[str], evidence: Collection[str]
) -> float:
    """The share of claims of which an exact quote holds a gold answer or gold evidence.

    >>> quote = CitationOutcome(document="d", start=0, end=9, quote="Food, oil", exact=True)
    >>> claim = ClaimOutcome(text="Oil.", verdict="supported", citations=(quote,))
    >>> gold_support([claim], answers=["oil"], evidence=[])
    1.0
    """
    good = sum(
        any(
            holds_gold(citation, answers=answers, evidence=evidence) for citation in claim.citations
        )
        for claim in claims
    )
    return good / len(claims) if claims else 0.0


def gold_precision(
    claims: Sequence[ClaimOutcome], *, answers: Collection[str], evidence: Collection[str]
) -> float:
    """The share of citations that are exact and hold a gold answer or gold evidence.

    Falls towards 0 for an answer that cites everything, which `gold_support` would reward.
    """
    found = [
        holds_gold(citation, answers=answers, evidence=evidence)
        for claim in claims
        for citation in claim.citations
    ]
    return sum(found) / len(found) if found else 0.0


def attribution(claims: Sequence[ClaimOutcome], relevant: Collection[str]) -> float:
    """The share of claims of which an exact citation names a document known to be relevant.

    >>> quote = CitationOutcome(document="d", start=0, end=4, quote="Food", exact=True)
    >>> claim = ClaimOutcome(text="Food.", verdict="quoted", citations=(quote,))
    >>> attribution([claim], {"d"}), attribution([claim], {"e"})
    (1.0, 0.0)
    """
    good = sum(
        any(citation.exact and citation.document in relevant for citation in claim.citations)
        for claim in claims
    )
    return good / len(claims) if claims else 0.0


def holds_gold(
    citation: CitationOutcome, *, answers: Collection[str], evidence: Collection[str]
) -> bool:
    """Whether a quote is exact, of at most 60 words, and holds a gold answer or gold evidence.

    It holds a gold sentence when either stands within the other on whole tokens and the quote has
    at least four tokens. A longer quote pins nothing down, whatever it holds.
    """
    if not citation.exact or len(citation.quote.split()) > WORD_LIMIT:
        return False
    if any(holds(citation.quote, answer) for answer in answers):
        return True
    is_stub = len(normalise(citation.quote).split()) < _LEAST_TOKENS
    return not is_stub and any(
        holds(citation.quote, sentence) or holds(sentence, citation.quote) for sentence in evidence
    )
