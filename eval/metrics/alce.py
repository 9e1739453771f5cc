"""Whether what a claim cites carries it: citation recall and precision after ALCE.

Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations", section 3.3, ask
an entailment model. Here the rules of `rag.support` take its place, on nothing but the words of
the exact quotes: they see names, numbers, negations, hedges and shared words, and take a free
rewording for unsupported. An answer of ours has passed a check that begins with the same rules, so
that its recall shows what rests on more than the quotes; its precision shows needless citations.

A quotation carries itself. Callers leave quotations out, or the figures would tell how often an
answer quotes. All values lie between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.models import ClaimOutcome
from rag.support import why_unsupported


def citation_recall(claims: Sequence[ClaimOutcome]) -> float:
    """The share of claims that their exact quotes carry, one alone or all together.

    >>> from eval.models import CitationOutcome
    >>> quote = CitationOutcome(document="d", start=0, end=24, quote="Kim asked for 200 tanks.",
    ...     exact=True)
    >>> good = ClaimOutcome(text="Kim asked for tanks.", verdict="supported", citations=(quote,))
    >>> bad = ClaimOutcome(text="Kim asked for 300 tanks.", verdict="supported", citations=(quote,))
    >>> citation_recall([good, bad])
    0.5
    """
    return sum(_carried(one.text, _quotes(one)) for one in claims) / len(claims) if claims else 0.0


def citation_precision(claims: Sequence[ClaimOutcome]) -> float:
    """The share of citations that a carried claim needs; 0 without any.

    A citation is not needed if it does not carry the claim and the others of the claim do. One
    that is not exact, and every one of a claim that is not carried, counts as a miss.
    """
    found = [needed for claim in claims for needed in _needed(claim)]
    return sum(found) / len(found) if found else 0.0


def _needed(claim: ClaimOutcome) -> list[bool]:
    quotes = _quotes(claim)
    if not _carried(claim.text, quotes):
        return [False] * len(claim.citations)
    return [
        bool(quote)
        and (
            _carried(claim.text, [quote])
            or not _carried(claim.text, [*quotes[:place], *quotes[place + 1 :]])
        )
        for place, quote in enumerate(quotes)
    ]


def _quotes(claim: ClaimOutcome) -> list[str]:
    """The words at each citation; none where they do not stand where it says."""
    return [citation.quote if citation.exact else "" for citation in claim.citations]


def _carried(text: str, quotes: Sequence[str]) -> bool:
    there = [quote for quote in quotes if quote]
    return any(why_unsupported(text, known) is None for known in [*there, " ".join(there)] if known)
