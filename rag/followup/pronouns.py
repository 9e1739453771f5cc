"""The pronouns of a question that point back into the conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.followup.clause import ASKING, AUXILIARIES, BE, DO, PREPOSITIONS
from rag.followup.mentions import names, things

Role = Literal["subject", "object", "owner", "place"]

PERSONS = frozenset("he she him her his hers".split())
_SEVERAL = frozenset("they them their theirs".split())
_OBJECTS = frozenset("him them".split())
_OWNERS = frozenset("his hers their theirs its".split())
POINTERS = frozenset("this that these those".split())
THINGS = frozenset("it its".split())
_PRONOUNS = PERSONS | _SEVERAL | POINTERS | THINGS | {"there"}
# Nouns of time: "this week" points at the calendar, not back.
_TIME_NOUNS = frozenset(
    """week weeks month months year years day days morning afternoon evening night spring summer
    autumn fall winter season quarter weekend decade century time monday tuesday wednesday thursday
    friday saturday sunday january february march april may june july august september october
    november december""".split()
)
# "It" of the weather, of time and of what follows: it stands for nothing.
_EMPTY_IT = re.compile(
    r"""\bit\s+(?:rain|snow|hail|freez|storm|thunder)\w*
    | \b(?:is|was|be|'s|’s)\s+it\s+(?:\w+\s+){1,4}
      (?:that|to|for|if|whether|when|who|which|how|why)\b
    | \bit\s+(?:is|was|’s|'s|would\s+be|will\s+be)\s+(?:\w+\s+){0,4}
      (?:that|to|for|if|whether|who)\b
    | \bit\s+(?:seems?|seemed|appears?|appeared|turns?\s+out|follows?)\b
    | \bit\s+(?:takes?|took|costs?)\b.*\bto\b
    | \b(?:does|did|will|would|can|could)\s+it\s+(?:take|cost|seem|appear|follow|matter)\b.*
      \b(?:to|that|if|whether)\b
    | \b(?:time|day|date|year)\s+(?:is|was)\s+it\b | \bhow\s+is\s+it\s+that\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*|[^\w\s]")
_SUBORDINATE = frozenset("that whether if because although though while before after".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pronoun:
    """A pronoun of a question that stands for something said before."""

    word: str
    role: Role
    start: int
    end: int


def pointing(question: str) -> list[Pronoun]:
    """The pronouns that point outside the question, in order.

    >>> [found.word for found in pointing("What did he say about their plan?")]
    ['he', 'their']
    >>> pointing("What did Calder say about his plan?"), pointing("Is it true that Calder left?")
    ([], [])
    """
    tokens = list(_TOKEN.finditer(question))
    lowered = [token.group().lower() for token in tokens]
    found = []
    for place, word in enumerate(lowered):
        if word not in _PRONOUNS or not _stands_alone(question, lowered, place):
            continue
        role = _role(lowered, place)
        if not _finds_own(question, tokens, place, role):
            token = tokens[place]
            found.append(Pronoun(word=word, role=role, start=token.start(), end=token.end()))
    return found


def _stands_alone(question: str, lowered: Sequence[str], place: int) -> bool:
    """Whether the word is a pronoun here: "that" may join, "there" may be empty, so may "it"."""
    word = lowered[place]
    before = lowered[place - 1] if place else ""
    following = lowered[place + 1] if place + 1 < len(lowered) else ""
    if word == "it":
        return not _EMPTY_IT.search(question)
    if word == "there":
        exists = BE | {"be", "been"}
        return before not in exists and following not in exists | AUXILIARIES
    if word not in POINTERS:
        return True
    at_end = not following.isalnum() or following in PREPOSITIONS
    if word in {"these", "those", "this"}:
        return following not in _TIME_NOUNS and following != "who"
    if at_end:
        return before not in {"", "so"} or place == 0
    if following in AUXILIARIES:
        return False
    # "Is that legal?", "why did that happen?"; elsewhere a noun must follow: "that deal".
    return (before in AUXILIARIES and place <= 2) or before in PREPOSITIONS


def _role(lowered: Sequence[str], place: int) -> Role:
    word = lowered[place]
    before = lowered[place - 1] if place else ""
    following = lowered[place + 1] if place + 1 < len(lowered) else ""
    if word == "there":
        return "place"
    if word in _OWNERS:
        return "owner"
    if word == "her":
        ends = not following.isalnum() or following in PREPOSITIONS | AUXILIARIES | {"and", "to"}
        return "object" if ends else "owner"
    if word in _OBJECTS:
        return "object"
    inverted = before in AUXILIARIES and (word not in POINTERS or following.isalnum())
    if word in {"he", "she", "they"} or inverted or following in AUXILIARIES:
        return "subject"
    return "object"


def _finds_own(question: str, tokens: Sequence[re.Match[str]], place: int, role: Role) -> bool:
    """Whether the question itself names what its pronoun may mean.

    A subject behind the first helper finds nothing before it but what is asked for; an object is
    never its own clause's subject; an owner may be: "what did Calder say about his plan?"
    """
    lowered = [token.group().lower() for token in tokens]
    before, start = question[: tokens[place].start()], tokens[place].start()
    own = [name for name in names(question) if name.span.end <= start]
    own += [thing for thing in things(before) or () if thing.span.end <= start]
    first = next((at for at, word in enumerate(lowered) if word in AUXILIARIES), None)
    if role == "subject" and first is not None and place == first + 1:
        return bool(own) and lowered[0] not in ASKING | AUXILIARIES
    if _asks_for_subject(lowered) and role in {"owner", "subject"}:
        return True
    if role in {"object", "place"} and _SUBORDINATE.isdisjoint(lowered[1:place]):
        subject_at = tokens[first + 1].start() if first is not None and first + 1 < place else 0
        own = [entry for entry in own if entry.span.start > subject_at]
    return bool(own)


def _asks_for_subject(lowered: Sequence[str]) -> bool:
    """Whether who is asked for acts, and so may be who is meant: "who lost their job?"."""
    if lowered[0] not in {"who", "which", "whose"} or len(lowered) < 3:
        return False
    if DO & set(lowered):
        return False
    return not (lowered[1] in BE and lowered[2] in _PRONOUNS)
