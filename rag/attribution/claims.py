"""Who says what a claim rests on, and when it happened; what is not certain stays unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.attribution.event_date import days_told, event_date_of
from rag.attribution.speakers import common_speaker
from rag.models import Citation, Claim


def attributed(claim: Claim) -> Claim:
    """The claim with who said it and when it happened, as far as its citations tell.

    All who speak in its citations have to be the same one, and all days that tell of the event the
    same day: two speakers, or two days, in any one of them leave it open. A claim without support,
    or without citations, comes back unchanged.
    """
    if claim.verdict == "unsupported" or not claim.citations:
        return claim
    return replace(
        claim,
        speaker=common_speaker([cited.quote for cited in claim.citations]),
        event_date=_common_day(claim.citations),
    )


def _common_day(citations: Sequence[Citation]) -> date | None:
    named: set[date] = set()
    certain: set[date | None] = set()
    for cited in citations:
        days = days_told(cited.quote, published_at=cited.published_at)
        if len(days) > 1:
            return None
        named |= {day for day in days if day is not None}
        certain.add(event_date_of(cited.quote, published_at=cited.published_at))
    certain.discard(None)
    return certain.pop() if len(named) == len(certain) == 1 else None
