"""Who says what a claim rests on, and when it happened; what is not certain stays unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.event_date import event_date_of
from rag.models import Claim
from rag.speech import Speech, sentence_spans, speeches, unquoted
from rag.words import names, words

__all__ = ["attributed", "event_date_of", "speaker_of"]


def attributed(claim: Claim) -> Claim:
    """The claim with who said it and when it happened, as far as its citations tell.

    All citations that name a speaker have to name the same one, and all that tell a day the same
    day. "The official" alone tells nobody who it is, and is left out. A claim without support, or
    without citations, comes back unchanged.
    """
    if claim.verdict == "unsupported" or not claim.citations:
        return claim
    speakers = [_speaker(cited.quote) for cited in claim.citations]
    told = [speaker for speaker in speakers if speaker is not None]
    speaker = _one(told, follows=False)
    days = {
        event_date_of(cited.quote, published_at=cited.published_at) for cited in claim.citations
    }
    days.discard(None)
    return replace(
        claim,
        speaker=speaker.speaker if speaker and not _refers_back(speaker) else None,
        event_date=days.pop() if len(days) == 1 else None,
    )


def speaker_of(quote: str) -> str | None:
    """The one who is let speak in every sentence of the quote, as written; else `None`.

    >>> speaker_of("The harbour closed on Friday, a port official told reporters.")
    'a port official'
    >>> speaker_of("“We are done,” said Ines Calder. “It is over.”")
    'Ines Calder'
    >>> speaker_of("Ines Calder said that Tobias Renn denied it.")
    """
    found = _speaker(quote)
    return found.speaker if found else None


def _refers_back(speech: Speech) -> bool:
    """Whether only what stands before the quote tells who it is: "the official"."""
    said_by = speech.speaker or ""
    return not speech.named and said_by.startswith("the ") and said_by.count(" ") == 1


def _speaker(quote: str) -> Speech | None:
    open_text = unquoted(quote)
    if open_text is None:
        return None
    found: list[Speech] = []
    for span in sentence_spans(open_text):
        sentence = open_text[span.start : span.end]
        here = speeches(sentence)
        # A sentence that is all quotation goes on with what the speaker before it said.
        goes_on = bool(found) and not any(map(str.isalnum, sentence))
        if not here and not goes_on:
            return None
        found += here
    return _one(found, follows=True)


def _one(found: Sequence[Speech], *, follows: bool) -> Speech | None:
    """The one speaker of all these, in the fullest form; `follows` if they are of one text."""
    chosen = found[0] if found else None
    for speech in found:
        chosen = chosen and _both(chosen, speech, follows=follows)
    return chosen


def _both(first: Speech, second: Speech, *, follows: bool) -> Speech | None:
    """The fuller of two if they are certainly the same: "Ines Calder" and then "Calder"."""
    if first.speaker is None or second.speaker is None or first.named != second.named:
        return None
    if first.named:
        one, other = names(first.speaker, leading=True), names(second.speaker, leading=True)
        return first if other <= one else second if one <= other else None
    one, other = _described(first.speaker), _described(second.speaker)
    again = follows and second.speaker.startswith("the ") and other <= one
    return first if again or one == other else None


def _described(speaker: str) -> frozenset[str]:
    return frozenset(words(speaker)) - {"a", "an", "the"}
