"""Words as evidence: content words, numbers, names, hedges and negations of a text."""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import snowballstemmer

# A word may hold inner apostrophes, hyphens and points (U.S., o'clock, 3.5); a letter of a script
# written without spaces counts as a word of its own.
_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W_぀-ヿ㐀-鿿가-힯]+(?:['’.,-][^\W_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\.[A-Z])*")

STOP_WORDS = frozenset(
    """a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing down during each few for from
    further had has have having he her here hers him his how i if in into is it its itself just
    many may me might more most much must my no nor not now of off on once only or other our out
    over own said same say says shall she should so some such than that the their them then there
    these they this those through to too under until up upon very was we were what when where
    which while who whom whose why will with would you your according please tell
    """.split()
)
_NUMBER_WORDS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve dozen dozens twenty thirty
    forty fifty hundred hundreds thousand thousands million millions billion billions half twice
    first second third percent""".split()
)
_NEGATIONS = frozenset(
    """no not never none nobody nothing neither nor without cannot deny denied denies denying
    dismiss dismissed dismisses reject rejected rejects refuse refused refuses""".split()
)
_HEDGES = frozenset(
    """may might could would possibly perhaps likely unlikely reportedly allegedly apparently
    alleged suspected believed expected suggests suggested speculated potential potentially
    probably rumoured rumored unconfirmed claims claimed worry fear feared concerns""".split()
)

_stemmers = threading.local()


def words(text: str) -> list[str]:
    """The words of a text in order, lower-case, possessive endings removed.

    >>> words("Kim's U.S. visit cost 3.5 million")
    ['kim', 'u.s', 'visit', 'cost', '3.5', 'million']
    """
    found = (match.group().lower().replace("’", "'") for match in _WORD.finditer(text))
    return [word.removesuffix("'s") for word in found]


def content_stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; all words if none does.

    >>> sorted(content_stems("What does Pyongyang want in return?"))
    ['pyongyang', 'return', 'want']
    """
    found = words(text)
    kept = [word for word in found if word not in STOP_WORDS] or found
    return frozenset(stem(part) for word in kept for part in word.split("-") if part)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The Snowball English stem; words of other scripts come back as they are.

    >>> stem("submarines"), stem("technologies")
    ('submarin', 'technolog')
    """
    if not hasattr(_stemmers, "english"):
        _stemmers.english = snowballstemmer.stemmer("english")  # one a thread: it keeps state
    return str(_stemmers.english.stemWord(word))


def numbers(text: str) -> frozenset[str]:
    """The numbers written in digits, thousands separators removed.

    >>> sorted(numbers("1,200 shells, 3.5 percent"))
    ['1200', '3.5']
    """
    return frozenset(re.sub(r",(?=\d{3})", "", number) for number in _NUMBER.findall(text))


def holds_number(text: str) -> bool:
    """Whether a quantity is stated, in digits or in words."""
    return bool(numbers(text)) or not _NUMBER_WORDS.isdisjoint(words(text))


def names(text: str) -> frozenset[str]:
    """Stems of capitalised words that do not merely begin the text.

    >>> sorted(names("Yesterday Kim Jong Un met Putin."))
    ['jong', 'kim', 'putin', 'un']
    """
    found = (match for match in _NAME.finditer(text) if match.start() > 0)
    lowered = (words(match.group()) for match in found)
    return frozenset(
        stem(part)
        for group in lowered
        for word in group
        if word not in STOP_WORDS
        for part in word.split("-")
        if part
    )


def is_negated(text: str) -> bool:
    """Whether the text denies something."""
    found = words(text)
    return not _NEGATIONS.isdisjoint(found) or any(word.endswith("n't") for word in found)


def is_hedged(text: str) -> bool:
    """Whether the text states a possibility or a claim rather than a fact."""
    return not _HEDGES.isdisjoint(words(text))
