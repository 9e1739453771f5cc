"""Who "she" or "the minister" is, where the text before a quote leaves one person only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.models import Span
from rag.attribution.phrase import is_name
from rag.attribution.quotations import sentence_spans, unquoted
from rag.attribution.speakers import refers_back, same_speaker
from rag.attribution.speech import Speech, speeches
from rag.followup.mentions import may_be_person
from rag.followup.mentions import names as mentions
from rag.words import names

# The only one whom a clause begins with: "She also said", "“No,” he said".
_PRONOUN = re.compile(
    r"(?:^(?:(?:But|And|Yet|Still) )?|[,”»\"]\s*)"
    r"(he|she)\s+(?:(?:also|later|then|again|has|had)\s+)*$",
    re.IGNORECASE,
)
# "In Velmora", "the Centre for Strategy".
_NO_PERSON_BEHIND = re.compile(r"\b(?:in|at|near)\s+(?:the\s+)?$|\b[A-Z][\w’'-]*\s+for\s+$")
# Somebody without a name may be meant as well.
_OTHERS = re.compile(
    r"\b(?:spokes\w+|wife|husband|mother|father|sister|brother|daughter|son|widow(?:er)?|aide|deputy|"
    r"colleague|successor|predecessor|partner|friend|neighbou?r|assistant|lawyer|official|officer|"
    r"doctor|nurse|teacher|student|resident|witness|survivor|passenger|driver|woman|man|girl|boy)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(r"^(Mr|Mrs|Ms)\b")
_TITLES_OF = {"he": {"Mr"}, "she": {"Mrs", "Ms"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks; `called` is what the quote calls them, if it does not hold the name."""

    name: str
    called: str | None


def speaker_in_context(text: str, quote: Span) -> Speaker | None:
    """The one who speaks in every sentence of a quote, named in it or in the text before it.

    Looked for in the paragraph up to the sentence, then in the paragraph before. Two persons in it,
    or one who may be meant and has no name, leave it open.

    >>> text = "Mira Velo, the mayor, said it was closed. “It was old,” she added."
    >>> speaker_in_context(text, Span(42, len(text)))
    Speaker(name='Mira Velo', called='she')
    >>> text = "Mira Velo said Tobias Renn knew it. “It was old,” she added."
    >>> speaker_in_context(text, Span(36, len(text)))
    """
    open_text = unquoted(text[quote.start : quote.end])
    if open_text is None:
        return None
    found: list[Speech] = []
    called: list[str | None] = []
    for span in sentence_spans(open_text):
        sentence = open_text[span.start : span.end]
        here = speeches(sentence)
        if not here and (not found or any(map(str.isalnum, sentence))):
            return None
        for speech in here:
            word = None if speech.named else _called(sentence, speech)
            named = speech if speech.named else _named(text, quote.start + span.start, word)
            if named is None or (word and names(sentence[: speech.span.start], leading=True)):
                return None
            found.append(named)
            called.append(word)
    speaker = same_speaker(found, follows=True)
    if speaker is None or speaker.speaker is None:
        return None
    return Speaker(name=speaker.speaker, called=called[0] if all(called) else None)


def _called(sentence: str, speech: Speech) -> str | None:
    """The pronoun or the bare role that speaks, in lower case; `None` if it is anything else."""
    pronoun = _PRONOUN.search(sentence[: speech.span.start])
    if speech.speaker is None and speech.says and pronoun:
        return pronoun[1].lower()
    return speech.speaker if speech.speaker and refers_back(speech) else None


def _named(text: str, place: int, called: str | None) -> Speech | None:
    """The person that a word at a place of the text stands for, as somebody who speaks."""
    above, _, same = text[:place].rpartition("\n\n")
    if called is None or unquoted(same) is None:
        return None
    here, before = _sentences(same), _sentences(above.rpartition("\n\n")[2])
    found = here if any(_people(one) or speeches(one) for one in here) else before
    person = same_speaker([one for sentence in found for one in _people(sentence)], follows=True)
    if person is None or person.speaker is None:
        return None
    if called not in _TITLES_OF:
        return person if _has_role(person.speaker, called, found) else None
    if not _may_be_meant(person.speaker, called, found):
        return None
    spoke = [(sentence, one) for sentence in found for one in speeches(sentence)]
    if spoke:
        named = [one for _, one in spoke if one.named]
        alone = all(one.named or _called(sentence, one) == called for sentence, one in spoke)
        return same_speaker([person, *named], follows=True) if named and alone else None
    # Somebody who only acts is meant where nobody else was spoken of just before.
    acts = is_name(person.speaker.split()) and " " in person.speaker and found is here
    begins = re.match(rf"{re.escape(person.speaker)}\b(?![’'])", found[-1])
    alone = all(
        same_speaker([person, one], follows=True) for line in before for one in _people(line)
    )
    return person if acts and begins and alone else None


def _has_role(person: str, called: str, sentences: Sequence[str]) -> bool:
    """Whether the role stands beside the name: "Minister Mira Velo", "Mira Velo, the minister"."""
    role, name = re.escape(called.removeprefix("the ")), re.escape(person)
    beside = rf"\b{role},?\s+{name}\b|\b{name},\s+(?:[\w’'-]+\s+){{0,4}}?{role}\b"
    return bool(
        re.search(rf"\b{role}\s+\S", person, re.IGNORECASE)
        or any(re.search(beside, sentence, re.IGNORECASE) for sentence in sentences)
    )


def _may_be_meant(person: str, pronoun: str, sentences: Sequence[str]) -> bool:
    """Whether the pronoun fits the name, and nobody else is there whom it may mean."""
    title = _TITLE.match(person)
    aside = re.compile(rf"{re.escape(person)},[^,;.]*")
    others = any(_OTHERS.search(aside.sub("", sentence)) for sentence in sentences)
    return not others and (title is None or title[1] in _TITLES_OF[pronoun])


def _sentences(paragraph: str) -> list[str]:
    """Its sentences without what stands in quotation marks; none where these do not match."""
    open_text = unquoted(paragraph) or ""
    return [open_text[span.start : span.end] for span in sentence_spans(open_text)]


def _people(sentence: str) -> list[Speech]:
    """Whoever may be a person among the names of a sentence, written as a speaker."""
    return [
        Speech(span=found.span, speaker=found.text, named=True)
        for found in mentions(sentence)
        if may_be_person(found) and not _NO_PERSON_BEHIND.search(sentence[: found.span.start])
    ]
