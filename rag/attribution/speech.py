"""Where somebody is let speak, in the plain forms in which it is certain who it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.dates import WEEKDAYS
from index.models import Span
from rag.attribution.phrase import common, describes, is_name, read_phrase
from rag.attribution.quotations import CLOSING, FILLER, OPENING

_BREAKS = frozenset(",;:()[]—–" + FILLER) | OPENING | CLOSING
_TOKEN = re.compile(
    r"(?:Mrs?|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Capt|Sgt|Adm|Rev|St|Jr|Sr)\.|(?:[^\W\d_]\.){2,}"
    rf"|[^\W_]+(?:[’'.&-][^\W_]+)*[’']?|{FILLER}+|[^\s.?!]"
)
_SAID = frozenset(
    """said says say told tells tell stated insisted insists explained explains warned warns warn
    testified testifies tweeted noted announced announces acknowledged acknowledges conceded
    concedes confirmed confirms confirm suggested suggests suggest predicted predicts predict
    stressed reiterated""".split()
)
# These speak only where it follows what is said: who "added 40 jobs" has said nothing.
_SAID_THAT = frozenset(
    """added adds wrote writes claimed claims argued argues argue reported reports estimated
    estimates replied admitted admits declared declares alleged alleges asserted asserts contended
    contends complained concluded concludes recalled""".split()
)
_DENIED = frozenset("denied denies deny".split())
# What is denied in words; a court that denies a motion says nothing about what happened.
_DENIABLE = frozenset(
    """that any all having being it wrongdoing involvement responsibility deal claim claims report
    reports allegation allegations accusation accusations charges rumours rumors""".split()
)
# "Calder said no, and Renn called it a mistake": no word of saying, and yet another voice.
_STANCES = frozenset(
    """called calls dismissed dismisses rejected rejects disputed disputes countered disagreed
    disagrees responded accused accuses criticised criticized condemned condemns blamed blames
    praised doubted doubts thinks thought believes believed""".split()
)
_JOINS = frozenset("and but while although though whereas".split())
_ALSO_NOUNS = frozenset("claims reports estimates estimated".split())
# After these nobody speaks: "declined to say", "would not say".
_UNSAID = frozenset(
    """to not never would could will can cannot may might must should did does do don’t didn’t
    doesn’t wouldn’t won’t can’t don't didn't doesn't wouldn't won't can't""".split()
)
_HELPERS = frozenset(
    """has have had also later then again recently previously repeatedly once earlier further since
    publicly privately""".split()
)
_LEADS = frozenset("But And Yet Still So Meanwhile However Later Then Also Yesterday - • *".split())
# Behind a speaker these begin what is no part of who it is.
_FOLLOWS = frozenset(WEEKDAYS) | frozenset(
    """after before during when as while who whose which that last this late early yesterday today
    following published released issued obtained seen filed""".split()
)
_LONGEST_ASIDE = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Somebody is let speak: `span` is that of "said", "according to" and the like.

    `speaker` is `None` where it is not certain who speaks; `named` tells a name from a description
    such as "two officials".
    """

    span: Span
    speaker: str | None
    named: bool = False


def speeches(sentence: str) -> list[Speech]:
    """Every place of a sentence without quotations where somebody speaks, in order.

    >>> [found.speaker for found in speeches("But Ines Calder, the mayor, said Renn had left.")]
    ['Ines Calder']
    >>> [found.speaker for found in speeches("He said so, according to two port officials.")]
    [None, 'two port officials']
    """
    tokens = [
        _Token(text=match.group(), start=match.start(), end=match.end())
        for match in _TOKEN.finditer(sentence)
    ]
    found = (_speech(sentence, tokens, number) for number in range(len(tokens)))
    return [speech for speech in found if speech is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Who:
    tokens: Sequence[_Token]
    named: bool


def _speech(sentence: str, tokens: Sequence[_Token], number: int) -> Speech | None:
    """What the token says of a speaker; `None` if it is no word of saying."""
    word, end = tokens[number].text, tokens[number].end
    if word.lower() == "according" and _text(tokens, number + 1) == "to":
        end = tokens[number + 1].end
        who = _after(tokens, number + 2)
    elif word in _SAID | _SAID_THAT | _DENIED:
        who = _inverted(tokens, number)
        if who is None and _says(tokens, number):
            who = _before(tokens, number)
        if who is None and (word in _ALSO_NOUNS or _text(tokens, number - 1) in _UNSAID):
            return None
    elif word in _STANCES and _another_voice(tokens, number):
        who = None
    else:
        return None
    span = Span(tokens[number].start, end)
    if who is None:
        return Speech(span=span, speaker=None)
    written = " ".join(sentence[who.tokens[0].start : who.tokens[-1].end].split())
    if written.startswith("The ") or (not who.named and common(_words(who.tokens))):
        written = written[0].lower() + written[1:]
    return Speech(span=span, speaker=written, named=who.named)


def _another_voice(tokens: Sequence[_Token], number: int) -> bool:
    start = _part_start(tokens, number)
    joined = _text(tokens, start - 1) == "," and _text(tokens, start) in _JOINS
    return joined and _text(tokens, start + 1) not in {"he", "she", "it", "they", "that"}


def _says(tokens: Sequence[_Token], number: int) -> bool:
    """Whether what follows the verb is what somebody says."""
    word, following = tokens[number].text, _text(tokens, number + 1)
    near = set(_words(tokens[number + 1 : number + 6]))
    if word in _DENIED:
        owned = following in {"the", "these", "its", "his", "her", "their"}
        denied = following in _DENIABLE or following.endswith("ing")
        return denied or (owned and not near.isdisjoint(_DENIABLE))
    if word in _SAID_THAT:
        placed = following in {"in", "on"} and "that" in near
        return following in {"", "that"} or following in _BREAKS or placed
    return following not in {"to", "of", "nothing", "little"}


def _before(tokens: Sequence[_Token], number: int) -> _Who | None:
    """Who stands before the verb: "Calder said", "Calder, the mayor, has said"."""
    end = number
    while _text(tokens, end - 1) in _HELPERS:
        end -= 1
    if _text(tokens, end - 1) in WEEKDAYS and _text(tokens, end - 2) == "on":
        end -= 2
    if _text(tokens, end - 1) == ",":
        return _with_aside(tokens, end - 1)
    who = _subject(tokens, end)
    if who is None or not who.named or len(who.tokens) > 1 or who.tokens[0].start:
        return who
    # A sentence's first word may be many things: "Tests confirmed", "Neighbours said".
    return None if who.tokens[0].text.endswith("s") else who


def _with_aside(tokens: Sequence[_Token], end: int) -> _Who | None:
    """Who stands before an aside that ends at a comma, or in it: "the mayor, Ines Calder, said"."""
    start = _part_start(tokens, end)
    aside, first_end = tokens[start:end], start - 1
    age = _part_start(tokens, first_end)
    if age == first_end - 1 and tokens[age].text.isdigit():
        first_end = age - 1
    if _text(tokens, start - 1) != "," or _text(tokens, first_end) != ",":
        return None
    who = _subject(tokens, first_end)
    if who is None or len(aside) > _LONGEST_ASIDE:
        return None
    return who if describes(_words(aside)) else _name_beside(who, aside)


def _inverted(tokens: Sequence[_Token], number: int) -> _Who | None:
    """Who stands behind the verb: "“No,” said Calder"; but "Calder, the mayor, said Renn left"."""
    word, before, further = (_text(tokens, number - back) for back in range(3))
    direct = (before in CLOSING and further == ",") or (before == "," and further in CLOSING)
    if word in {"told", "tells", "tell"} or not (direct or (before == "," and word == "said")):
        return None
    # Without a quotation the comma may close an aside: only one form cannot be anything else.
    commas = "," in _words(tokens[: number - 1])
    if not direct and commas and _part_end(tokens, number + 1) < len(tokens):
        return None
    return _after(tokens, number + 1)


def _after(tokens: Sequence[_Token], start: int) -> _Who | None:
    """Who is named from here to the end of the clause, and nobody besides."""
    end = _part_end(tokens, start)
    if _text(tokens, end) in OPENING:  # a nickname, and the name goes on behind it
        return None
    cut = next((at for at in range(start, end) if tokens[at].text in _FOLLOWS), end)
    who = _who(tokens[start:cut], begins=False)
    behind = tokens[end + 1 :]
    part = behind[: _part_end(behind, 0)]
    if who is None or _text(tokens, end) != "," or not part:
        return who
    last = len(part) == len(behind)
    if _text(tokens, start - 2) == "According" and _text(tokens, start - 3) in {"", *OPENING}:
        # What was said follows; or else more of those who said it: "Renn, Calder and others, it".
        listed = {"and", "or"} & set(_words(part)) or _who(part, begins=False)
        return None if listed and _text(behind, len(part)) == "," else who
    if describes(_words(part)) or part[0].text.endswith("ing"):
        return who
    return _name_beside(who, part) if last else None


def _name_beside(who: _Who, aside: Sequence[_Token]) -> _Who | None:
    """The name in the aside if it is that of somebody described before it; else nobody is certain.

    A single name may be that of a place: "an official, Velmora, said".
    """
    if who.named or len(aside) == 1 or not is_name(_words(aside)):
        return None
    # In "an official in Velmora, Idaho, said" the aside belongs to the place.
    if who.tokens[-1].text[0].isupper():
        return None
    return _Who(tokens=aside, named=True)


def _subject(tokens: Sequence[_Token], end: int) -> _Who | None:
    """Whom the clause up to `end` begins with, and consists of."""
    clause = _clause(tokens, end)
    if not clause:
        return None
    before = _text(tokens, tokens.index(clause[0]) - 1)
    return _who(clause, begins=before in {"", "—", "–"})


def _clause(tokens: Sequence[_Token], end: int) -> Sequence[_Token]:
    """The tokens from the beginning of a clause up to `end`; none if it begins in another way."""
    start = _part_start(tokens, end)
    before, further = _text(tokens, start - 1), _text(tokens, start - 2)
    opens = before in {"", ","} or (before in CLOSING and further == ",")
    dateline = before in {"—", "–"} and further in {"", ")"}
    if not opens and not dateline:
        return ()
    # "Ines Calder, Tobias Renn said": two of a list, or a place and who spoke of it.
    part = tokens[_part_start(tokens, start - 1) : start - 1]
    if before == "," and _who(part, begins=False):
        return ()
    while start < end and tokens[start].text in _LEADS:
        start += 1
    if _text(tokens, start) in {"On", "on"} and _text(tokens, start + 1) in WEEKDAYS:
        start += 2
    return tokens[start:end]


def _who(tokens: Sequence[_Token], *, begins: bool) -> _Who | None:
    phrase = read_phrase(_words(tokens), begins=begins)
    if phrase is None:
        return None
    return _Who(tokens=tokens[phrase.start : phrase.end], named=phrase.named)


def _words(tokens: Sequence[_Token]) -> list[str]:
    return [token.text for token in tokens]


def _text(tokens: Sequence[_Token], number: int) -> str:
    return tokens[number].text if 0 <= number < len(tokens) else ""


def _part_start(tokens: Sequence[_Token], end: int) -> int:
    """Where the part begins that ends before `end`: behind a comma or another mark."""
    while end > 0 and tokens[end - 1].text[0] not in _BREAKS:
        end -= 1
    return end


def _part_end(tokens: Sequence[_Token], start: int) -> int:
    while start < len(tokens) and tokens[start].text[0] not in _BREAKS:
        start += 1
    return start
