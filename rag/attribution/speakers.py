"""Who speaks in a text, where that is certain, and whether two texts let the same one speak."""

from __future__ import annotations

from collections.abc import Sequence

from rag.attribution.quotations import sentence_spans, unquoted
from rag.attribution.speech import Speech, speeches
from rag.words import names, words


def common_speaker(quotes: Sequence[str]) -> str | None:
    """The only one who is let speak in any of the quotes, as written where it is fullest.

    In one of them nobody else may say a sentence; the others may let nobody speak, but nobody else
    and nobody unknown. "The official" alone tells nobody who it is, and is left out.

    >>> common_speaker(["The harbour closed on Friday, a port official told reporters."])
    'a port official'
    >>> common_speaker(["“We are done,” said Ines Calder.", "It is over, Calder said."])
    'Ines Calder'
    >>> common_speaker(["Ines Calder said so.", "He said so."])
    """
    heard = [(sole_speech(quote), _heard(quote)) for quote in quotes]
    found = [sole or same_speaker(all_, follows=True) for sole, all_ in heard if sole or all_]
    if not any(sole for sole, _ in heard) or any(one is None for one in found):
        return None
    speaker = same_speaker([one for one in found if one is not None], follows=False)
    return speaker.speaker if speaker and not refers_back(speaker) else None


def other_speaker(statement: str, evidence: str) -> str | None:
    """Whom the statement names as its speaker, if the evidence names others and nobody else.

    Where the evidence lets someone speak without a name ("he said") nothing is certain: `None`.

    >>> other_speaker("Putin said Kim wants oil.", "Kim said that Putin wants oil.")
    'Putin'
    >>> other_speaker("Putin said Kim wants oil.", "Putin met Kim, and he said Kim wants oil.")
    """
    known = _heard(evidence)
    if not known or not all(speech.named for speech in known):
        return None
    spoke = frozenset().union(*map(_stems, known))
    told = (speech for speech in _heard(statement) if speech.named)
    return next((speech.speaker for speech in told if spoke.isdisjoint(_stems(speech))), None)


def refers_back(speech: Speech) -> bool:
    """Whether only what stands before the quote tells who it is: "the official"."""
    said_by = speech.speaker or ""
    return not speech.named and said_by.startswith("the ") and said_by.count(" ") == 1


def sole_speech(quote: str) -> Speech | None:
    """The first place where the one speaks who speaks in every sentence of the quote."""
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
    return same_speaker(found, follows=True)


def same_speaker(found: Sequence[Speech], *, follows: bool) -> Speech | None:
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
        one, other = _stems(first), _stems(second)
        return first if other <= one else second if one <= other else None
    one, other = _described(first.speaker), _described(second.speaker)
    again = follows and second.speaker.startswith("the ") and other <= one
    return first if again or one == other else None


def _described(speaker: str) -> frozenset[str]:
    return frozenset(words(speaker)) - {"a", "an", "the"}


def _heard(text: str) -> list[Speech]:
    """Every place of the text where somebody speaks; none where its quotations do not match."""
    open_text = unquoted(text)
    if open_text is None:
        return []
    spans = sentence_spans(open_text)
    return [speech for span in spans for speech in speeches(open_text[span.start : span.end])]


def _stems(speech: Speech) -> frozenset[str]:
    return names(speech.speaker or "", leading=True)
