"""Who says what a claim rests on, and when it happened; what is not certain stays unknown."""

from __future__ import annotations

from dataclasses import replace

from rag.attribution.event_date import event_date_of
from rag.attribution.speakers import refers_back, same_speaker, sole_speech
from rag.models import Claim


def attributed(claim: Claim) -> Claim:
    """The claim with who said it and when it happened, as far as its citations tell.

    All citations that name a speaker have to name the same one, and all that tell a day the same
    day. "The official" alone tells nobody who it is, and is left out. A claim without support, or
    without citations, comes back unchanged.
    """
    if claim.verdict == "unsupported" or not claim.citations:
        return claim
    speakers = [sole_speech(cited.quote) for cited in claim.citations]
    told = [speaker for speaker in speakers if speaker is not None]
    speaker = same_speaker(told, follows=False)
    days = {
        event_date_of(cited.quote, published_at=cited.published_at) for cited in claim.citations
    }
    days.discard(None)
    return replace(
        claim,
        speaker=speaker.speaker if speaker and not refers_back(speaker) else None,
        event_date=days.pop() if len(days) == 1 else None,
    )
