"""Words as evidence: content words, numbers, names, hedges and negations of a text."""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import snowballstemmer

from index.lexical import STOP_WORDS as SEARCH_STOP_WORDS

# A word may hold inner apostrophes, hyphens and points (U.S., o'clock, 3.5); a letter of a script
# written without spaces counts as a word of its own.
_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W_぀-ヿ㐀-鿿가-힯]+(?:['’.,-][^\W_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\.[A-Z])*")
_MAY = re.compile(r"\bMay\b")

# What word search passes over says nothing about a sentence either, nor do these.
STOP_WORDS = SEARCH_STOP_WORDS | frozenset(
    """above according again against below down further here himself herself itself may might
    must now please tell themselves through too""".split()
)
SMALL_NUMBERS = dict(
    zip(
        """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen twenty""".split(),
        map(str, range(2, 21)),
        strict=True,
    )
)
_NUMBER_WORDS = frozenset(
    """dozen thirty forty fifty sixty seventy eighty ninety hundred thousand million billion
    trillion half quarter third twice thrice first second fourth fifth double triple percent
    """.split()
)
_NEGATIONS = frozenset(
    """no not never none nobody nothing neither nor without cannot deny denied denies denying
    dismiss dismissed dismisses doubt doubted doubts reject rejected rejects refuse refused
    refuses""".split()
)
_HEDGES = frozenset(
    """may might could would possibly perhaps likely unlikely reportedly allegedly apparently
    alleged suspected believed expected suggests suggested speculated potential potentially
    probably rumoured rumored unconfirmed claims claimed worry fear feared concerns""".split()
)

_OPPOSITE_PAIRS = (
    (
        "rise rises rose risen rising increase increases increased grew grow grows growing up more",
        "fall falls fell fallen falling decrease decreases decreased shrank shrink drop dropped "
        "down less fewer",
    ),
    ("before earlier", "after later"),
    ("win wins won", "lose loses lost"),
    ("accept accepts accepted approve approved", "reject rejects rejected refuse refused"),
    ("support supports supported", "oppose opposes opposed"),
    ("buy buys bought", "sell sells sold"),
    ("begin begins began start starts started open opened", "end ends ended close closed stop"),
    ("north northern", "south southern"),
    ("east eastern", "west western"),
    ("import imports imported", "export exports exported"),
    ("success successful succeeded", "failure failed fails"),
    ("above over", "below under"),
    ("ally allies", "enemy enemies"),
)
_OPPOSITES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    word: (frozenset(one.split()), frozenset(other.split()))
    for pair in _OPPOSITE_PAIRS
    for one, other in (pair, pair[::-1])
    for word in one.split()
}

_stemmers = threading.local()


def words(text: str) -> list[str]:
    """The words of a text in order, lower-case, possessive endings removed.

    >>> words("Kim's U.S. visit cost 3.5 million")
    ['kim', 'u.s', 'visit', 'cost', '3.5', 'million']
    """
    found = (match.group().lower().replace("’", "'") for match in _WORD.finditer(text))
    return [word.removesuffix("'s") for word in found]


def content_words(text: str) -> dict[str, str]:
    """The words that carry meaning by their stems; all words if none does.

    >>> content_words("What does Pyongyang want in return?")
    {'pyongyang': 'pyongyang', 'want': 'want', 'return': 'return'}
    """
    found = words(text)
    kept = [word for word in found if word not in STOP_WORDS] or found
    return {stem(part): part for word in kept for part in word.split("-") if part}


def content_stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; see `content_words`."""
    return frozenset(content_words(text))


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
    """The numbers of a text: digits without thousands separators, and words for numbers.

    "One" is left out: it is a pronoun more often than a number.

    >>> sorted(numbers("1,200 shells, two submarines and 3.5 million barrels"))
    ['1200', '2', '3.5', 'million']
    """
    digits = {re.sub(r",(?=\d{3})", "", number) for number in _NUMBER.findall(text)}
    found = {part.removesuffix("s") for word in words(text) for part in word.split("-")}
    small = {number for word, number in SMALL_NUMBERS.items() if word in found}
    spelled = small | (found & _NUMBER_WORDS)
    return frozenset(digits | spelled | ({"percent"} if "%" in text else set()))


def number_stems(stems: frozenset[str]) -> frozenset[str]:
    """Those of the stems that are numbers, which `numbers` compares whatever way they are written.

    >>> sorted(number_stems(frozenset({"two", "2", "submarin"})))
    ['2', 'two']
    """
    return frozenset(name for name in stems if name in SMALL_NUMBERS or any(map(str.isdigit, name)))


def opposite(first: str, second: str) -> str | None:
    """A word of the first text whose opposite, and not the word itself, stands in the second.

    >>> opposite("Exports fell sharply.", "Exports rose sharply."), opposite("It rose.", "It rose.")
    ('fell', None)
    """
    held = set(words(second))
    for word in words(first):
        group = _OPPOSITES.get(word)
        if group is not None and held & group[1] and not held & group[0]:
            return word
    return None


def opposites(word: str) -> frozenset[str]:
    """Words that turn a statement round when they take this one's place; often none.

    >>> sorted(opposites("northern"))
    ['south', 'southern']
    """
    return _OPPOSITES[word][1] if word in _OPPOSITES else frozenset()


def names(text: str, *, leading: bool = False) -> frozenset[str]:
    """Stems of capitalised words; the first word of the text counts only if `leading`.

    >>> sorted(names("Yesterday Kim Jong Un met Putin."))
    ['jong', 'kim', 'putin', 'un']
    """
    return frozenset(written_names(text, leading=leading))


def written_names(text: str, *, leading: bool = False) -> dict[str, str]:
    """The stems of `names` in order, and how each is first written, its possessive ending left out.

    >>> written_names("Yesterday Beijing’s envoys met Kim.")
    {'beij': 'Beijing', 'kim': 'Kim'}
    """
    found: dict[str, str] = {}
    for match in _NAME.finditer(text):
        if not leading and match.start() == 0:
            continue
        written = re.sub(r"['’]s$", "", match.group())
        for word in words(written):
            if word not in STOP_WORDS:
                for part in filter(None, word.split("-")):
                    found.setdefault(stem(part), written)
    return found


def is_negated(text: str) -> bool:
    """Whether the text denies something."""
    found = words(text)
    return not _NEGATIONS.isdisjoint(found) or any(word.endswith("n't") for word in found)


def is_hedged(text: str) -> bool:
    """Whether the text states a possibility or a claim rather than a fact; May is a month.

    >>> is_hedged("Thirteen may have died."), is_hedged("In May thirteen died.")
    (True, False)
    """
    return not _HEDGES.isdisjoint(words(_MAY.sub(" ", text)))
