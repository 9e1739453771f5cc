"""Does a run of words name a speaker, or describe one? All of it must, or it is no speaker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.dates import ENGLISH_MONTHS, WEEKDAYS
from rag.words import STOP_WORDS, numbers

_WEEKDAYS = frozenset(WEEKDAYS)
# What may stand capitalised at the beginning of a sentence and names nobody.
_NO_NAMES = STOP_WORDS | frozenset(
    """another others many few fewer several much plenty nobody everybody everyone everything
    someone somebody something anyone anybody anything neither either one today yesterday tomorrow
    later earlier soon still yet instead perhaps maybe even thus hence often always asked citing
    despite among amid like unlike every last next via per although unless within since around
    analysis data evidence footage history imagery intelligence news polling research speculation
    testing video word""".split()
)
# "Eventually Calder said", "Elsewhere Calder said": no name that begins so is certain.
_ADVERB = re.compile(r"\w{2,}(?:ly|where|times?|wards|wise|less|fore|ever|while|over|more)")
_PARTICLES = frozenset("de da di del della der den van von bin ibn al el la le dos du".split())
_ARTICLES_OF_ONE = frozenset("a an one another".split())
_ARTICLES = _ARTICLES_OF_ONE | frozenset(
    "the two three four five six some many several most other".split()
)
_NOUN_BEGINS = _ARTICLES_OF_ONE | {"the"}
# People and bodies that speak, one or many of them.
_ONE = frozenset(
    """official spokesman spokeswoman spokesperson analyst expert source minister ministry lawyer
    attorney prosecutor professor researcher author report study scientist economist diplomat
    witness officer investigator lawmaker leader critic activist campaigner advocate resident doctor
    historian engineer inspector adviser aide commander judge mayor president chairman chairwoman
    chair secretary director chief executive manager negotiator observer scholar lecturer senator
    councillor ambassador statement government company firm union agency department committee
    commission council court office embassy authority regulator institute university association
    army military navy newspaper""".split()
)
_MANY = frozenset(f"{noun}s" for noun in _ONE) | frozenset(
    """spokesmen spokeswomen spokespeople ministries studies witnesses companies agencies
    authorities armies universities embassies police opponents supporters""".split()
)
# Many need no article: "senior officials", "Velmora officials".
_BEFORE_MANY = frozenset(
    """senior former local federal state city government company military intelligence defence
    defense foreign health western top union law""".split()
)
# With these a place or a body goes on with who it is: "of the union", "familiar with the talks".
_LINKS = frozenset("of at in from for with on by to familiar close briefed".split())
# In none of them: they begin another clause, or another speaker.
_OUTSIDE = frozenset(
    """who whom whose that which what where and or but as than if when while after before since
    is was were are be been has had have will would not he she they it we i you said told says
    """.split()
)
# "an official said in a statement": where or when it was said is no part of who said it.
_OCCASIONS = frozenset(
    """statement interview briefing conference email e-mail letter post message speech testimony
    hearing filing call phone report condition time day days week weeks month months year years
    """.split()
).union(ENGLISH_MONTHS)
_LONGEST = 16
_LONGEST_DESCRIPTION = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Which of the words are the speaker, `words[start:end]`, and whether they are a name."""

    start: int
    end: int
    named: bool


def read_phrase(words: Sequence[str], *, begins: bool = False) -> Phrase | None:
    """Whom these words name or describe; `None` unless they are one speaker and nothing else.

    `begins` where they begin a sentence, so that the first of them is written large in any case.

    >>> read_phrase("the port’s director Ines Calder".split())
    Phrase(start=3, end=5, named=True)
    >>> read_phrase("A senior official at the ministry".split())
    Phrase(start=0, end=6, named=False)
    >>> read_phrase("Calder and Renn".split())
    >>> read_phrase("Eventually Calder".split(), begins=True)
    """
    lowered = [word.lower() for word in words]
    if not words or len(words) > _LONGEST or not all(word[0].isalnum() for word in words):
        return None
    if not _OUTSIDE.isdisjoint(lowered):
        return None
    core = next((at for at in range(1, len(words)) if words[at] in _LINKS), len(words))
    if begins and core > 1 and _ADVERB.fullmatch(lowered[0]):
        return None
    first = int(lowered[0] == "the")
    if is_name(words[first:core]):
        return _named(words, core)
    if _is_description(words[:core], links=words[core:]):
        return Phrase(start=0, end=core + _lasting(words[core:]), named=False)
    title = max((at for at in range(core) if words[at][0].islower()), default=core)
    if words[title : title + 1] and words[title] in _ONE and is_name(words[title + 1 : core]):
        return Phrase(start=title + 1, end=core, named=True)
    return None


def is_name(words: Sequence[str]) -> bool:
    """Whether the words are written like a name, and nothing else begins like it."""
    if not words or not (words[0][0].isupper() and words[-1][0].isupper()) or _owns(words[-1]):
        return False
    counts = words[0].replace("-", "").isalpha() and numbers(words[0])  # "Half", "Thousands"
    if counts or (len(words) == 1 and words[0].lower() in _MANY):
        return False
    initials = len(words[0]) > 1 and words[0].isupper()
    return (
        (initials or words[0].lower() not in _NO_NAMES)
        and _WEEKDAYS.isdisjoint(words)
        and all(word[0].isupper() or word in _PARTICLES for word in words)
    )


def describes(words: Sequence[str]) -> bool:
    """Whether what stands between commas behind a name says who it is: "45", "the mayor"."""
    first = words[0].lower() if words else ""
    noun = first in _ONE | _BEFORE_MANY and words[0].islower()
    begins = first in {"a", "an", "the", "who"} or first.isdigit() or noun
    return begins and not {"and", "or"} & set(words)


def common(words: Sequence[str]) -> bool:
    """Whether the first word would be written small inside a sentence."""
    first = words[0].lower()
    follows = words[1] if len(words) > 1 else ""
    return first in _ARTICLES | _MANY or (first in _BEFORE_MANY and not follows[:1].isupper())


def _named(words: Sequence[str], core: int) -> Phrase | None:
    """The name with the body it belongs to: "Ines Calder of the Aldermoor Institute"."""
    end = core
    while words[end : end + 1] in (["of"], ["for"]):
        after = end + 1 + (words[end + 1 : end + 2] == ["the"])
        last = after
        while last < len(words) and words[last][0].isupper() and words[last] not in WEEKDAYS:
            last += 1
        if last == after or (last < len(words) and words[last] not in _LINKS):
            break
        end = last
    title = words[core - 1].lower() in _ONE
    if title and end < len(words) and words[-1][0].isupper():
        return Phrase(start=0, end=len(words), named=True)  # "Ambassador to Velmora Ines Calder"
    # "Employees at two shops said", "Photo by Calder".
    if "by" in words or (core == 1 and len(words) > 1 and (words[0].endswith("s") or end == 1)):
        return None
    return Phrase(start=0, end=end, named=True)


def _is_description(words: Sequence[str], *, links: Sequence[str]) -> bool:
    """Whether the words are an article, or an owner, and a speaker's noun; many need neither."""
    lowered = [word.lower() for word in words]
    first, head, between = lowered[0], lowered[-1], lowered[1:-1]
    capital = words[0][0].isupper() and first not in _NO_NAMES
    begun = first in _ARTICLES or (capital and any(map(_owns, words[:-1])))
    if head == "people":
        return begun and links[:1] in (["familiar"], ["briefed"], ["close"])
    if (
        len(words) > _LONGEST_DESCRIPTION
        or head not in _ONE | _MANY
        or not _WEEKDAYS.isdisjoint(words)
    ):
        return False
    # Another noun or a verb between them makes another clause: "a step officials said".
    if (first in _ARTICLES_OF_ONE and head in _MANY) or not _NOUN_BEGINS.isdisjoint(between):
        return False
    if begun and len(words) > 1:
        return not any(word.endswith("ing") for word in between[1:])
    return head in _MANY and all(
        word.lower() in _BEFORE_MANY or (word[0].isupper() and word.lower() not in _NO_NAMES)
        for word in words[:-1]
    )


def _lasting(links: Sequence[str]) -> int:
    """How many words go on with a description, up to where or when it was said."""
    end = 0
    for at, word in enumerate([*links, "of"]):
        plain = word.lower().rstrip(".")
        occasion = plain in _OCCASIONS or word in WEEKDAYS or (plain.isdigit() and len(plain) == 4)
        if occasion and links[end] in {"in", "on", "at", "by"}:
            return end
        if word in _LINKS and at - end != 1:  # "familiar with" is one link
            end = at
    return end


def _owns(word: str) -> bool:
    return word.endswith(("’s", "'s", "s’", "s'"))
