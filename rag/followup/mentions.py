"""What a question speaks of: its names, its times and its things, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.dates import MONTH, WEEKDAYS
from index.models import Span
from rag.followup.clause import ALL_VERB_FORMS, ASKING, AUXILIARIES, DETERMINERS, PREPOSITIONS
from rag.followup.places import BODY_WORDS, PLACES
from rag.words import STOP_WORDS

_WEEKDAY = "|".join(WEEKDAYS)
_YEAR = r"(?<![\d.,$€£-])(?:19|20)\d\d(?![\d%]|[.,]\d)"
_TIME = re.compile(
    rf"""(?:\b(?:in|on|since|during|before|after|until|by|from)\s+)?(?:
    \b(?:{MONTH}\.?\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}(?:,?\s+{_YEAR})?
    | \b{MONTH}\.?(?:\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d))?(?:,?\s+{_YEAR})?
    | (?:the\s+(?:early|late)\s+)?{_YEAR}
    | \bthe\s+(?:19|20)\d0s\b
    | \b(?:this|last|next|the\s+past|the\s+previous)\s+(?:week|month|year|spring|summer|autumn|fall|
      winter|weekend|night|quarter|decade|century|{_WEEKDAY})\b
    | \b(?:yesterday|today|tonight|tomorrow)\b | \b(?:{_WEEKDAY})\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_TITLE = r"(?:(?:Mrs?|Ms|Dr|Prof|Gen|Sen|Gov|Lt|Col|Capt)\.?\s+)"
_PART = r"(?:(?:[A-Z]\.){2,}|[^\W\d_a-z](?:[\w’'-]*\w)?)"
_NAME = re.compile(rf"{_TITLE}?{_PART}(?:\s+(?:of\s+(?:the\s+)?)?{_PART})*")
_LOWER_PLACE = re.compile(
    rf"\b(?:{'|'.join(sorted(map(re.escape, PLACES), key=len, reverse=True))})\b", re.IGNORECASE
)
# Written small these are words; written large, places.
_ALSO_WORDS = frozenset("turkey chad jordan georgia mali cuba".split())
# Words that begin a question with a capital letter and are no names.
_OPENING = frozenset(
    """tell name list give show explain describe compare summarise summarize please according
    whatever whichever regarding concerning considering ok okay yes no well why really many
    much""".split()
)
_ADJECTIVE = re.compile(r"(?:ian|ean|ese|ish|can|nch|tch|aeli|aqi|ani)$")
_WORD = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
_LONGEST_THING = 4
_PLURAL_WORDS = frozenset("people men women children police families".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Something a question speaks of, with its place; a name's leading "the" belongs to it."""

    text: str
    span: Span
    plural: bool = False

    @property
    def key(self) -> str:
        """What two mentions of the same have in common."""
        return self.text.lower().removeprefix("the ")


def names(question: str) -> list[Mention]:
    """The names in order: runs of capitalised words, and well-known places however written.

    >>> [found.text for found in names("What did Kim Jong Un tell russia about the White House?")]
    ['Kim Jong Un', 'russia', 'the White House']
    """
    if question.isupper():
        return []
    busy = [span for span, _ in times(question)]
    found: dict[int, Mention] = {}
    for match in _NAME.finditer(question):
        span = _without_opening(question, match)
        text = question[span.start : span.end]
        if not text[:1].isupper() or text == "I" or any(_meet(span, other) for other in busy):
            continue
        found[span.start] = _with_article(question, span)
    for match in _LOWER_PLACE.finditer(question):
        span = Span(match.start(), match.end())
        known = any(_meet(span, other.span) for other in found.values())
        if not known and match.group() not in _ALSO_WORDS:
            found[span.start] = Mention(text=match.group(), span=span)
    return [found[start] for start in sorted(found)]


def times(question: str) -> list[tuple[Span, str]]:
    """The times a question names, with a preposition before them: place and words."""
    found = [
        (Span(match.start(), match.end()), match.group()) for match in _TIME.finditer(question)
    ]
    # "May" is a month only with its capital, "may" asks for leave; "march" and "sun" are words.
    return [entry for entry in found if not re.fullmatch(r"(?:.* )?(?:may|march|mar)", entry[1])]


def things(question: str) -> list[Mention] | None:
    """The things named with an article, "the arms deal"; `None` where it is unclear where one ends.

    >>> [found.text for found in things("Did the ferry company reject the offer?") or ()]
    ['the ferry company', 'the offer']
    """
    named = names(question)
    found: list[Mention] = []
    words = list(_WORD.finditer(question))
    for number, match in enumerate(words):
        if match.group().lower() not in {"the", "a", "an"}:
            continue
        if any(_meet(Span(match.start(), match.end()), name.span) for name in named):
            continue
        end = _end_of_thing(question, words, number)
        if end is None:
            return None
        if end > number + 1:
            text = question[match.start() : words[end - 1].end()]
            span = Span(match.start(), words[end - 1].end())
            if not any(_meet(span, time) for time, _ in times(question)):
                found.append(Mention(text=text, span=span, plural=is_plural(text)))
    return found


def plain_plurals(question: str) -> list[Mention]:
    """Nouns for several without an article: "containers" in "did Russia ship containers?"."""
    taken = [entry.span for entry in (*names(question), *(things(question) or ()))]
    taken += [span for span, _ in times(question)]
    found = []
    for match in _WORD.finditer(question):
        word, span = match.group(), Span(*match.span())
        ends = word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "’s"))
        known = word in STOP_WORDS or word in ALL_VERB_FORMS or word in ASKING
        if not (ends or word in _PLURAL_WORDS) or not word.islower() or known:
            continue
        if not any(_meet(span, other) for other in taken):
            found.append(Mention(text=word, span=span, plural=True))
    return found


def is_plural(text: str) -> bool:
    """Whether a noun phrase certainly stands for several: "the leaders", "Kim and Putin"."""
    last = text.lower().split()[-1] if text.split() else ""
    ends = last.endswith("s") and not last.endswith(("ss", "us", "is", "'s", "’s"))
    ends = ends and "." not in last
    return last in _PLURAL_WORDS or " and " in text or (ends and text[:4].lower() == "the ")


def may_be_person(mention: Mention) -> bool:
    """Whether a name may be that of a person: no place, no body, no abbreviation is.

    >>> [may_be_person(found) for found in names("Did Calder ask NATO or the Aldermoor Institute?")]
    [True, False, False]
    """
    if re.match(_TITLE, mention.text):
        return True
    words = mention.key.split(" of ")[0].split()
    is_known = mention.key in PLACES or not BODY_WORDS.isdisjoint(words)
    return not is_known and not mention.text.startswith("the ") and not mention.text.isupper()


def is_adjective(question: str, mention: Mention) -> bool:
    """Whether a name only tells of what kind the next word is: "Russian officials"."""
    following = _WORD.match(question, mention.span.end + 1)
    word = following.group() if following else ""
    return bool(_ADJECTIVE.search(mention.text)) and word.islower() and word not in STOP_WORDS


def lowered_article(text: str) -> str:
    """A noun phrase as it stands inside a sentence, a first "A" become "the"."""
    return re.sub(r"^(?:the|an?)\s+", "the ", text, flags=re.IGNORECASE)


def _without_opening(question: str, match: re.Match[str]) -> Span:
    """The span of a name without a word that has its capital from beginning the sentence."""
    start, end = match.span()
    opens = not question[:start].strip() or question[:start].rstrip()[-1] in '.?!“"'
    while opens and start < end:
        word = _WORD.match(question, start)
        if word is None or word.group().lower() not in _NO_NAMES:
            break
        start = min(end, word.end() + 1)
    # "GDP of Japan" is no name but "Bank of England" is.
    kind, of, _ = question[start:end].partition(" of ")
    if of and kind.isupper():
        start += len(kind) + len(of)
    text = question[start:end]
    for ending in ("'s", "’s"):
        if text.endswith(ending):
            end -= len(ending)
    return Span(start, end)


_NO_NAMES = _OPENING | ASKING | AUXILIARIES | DETERMINERS | PREPOSITIONS | STOP_WORDS


def _with_article(question: str, span: Span) -> Mention:
    before = re.search(r"\b[Tt]he\s+$", question[: span.start])
    start = before.start() if before else span.start
    text = question[start : span.end]
    return Mention(text=text, span=Span(start, span.end), plural=bool(before) and is_plural(text))


def _end_of_thing(question: str, words: list[re.Match[str]], number: int) -> int | None:
    """The number of the word behind the thing whose article is word `number`."""
    for place in range(number + 1, number + 2 + _LONGEST_THING):
        gap = question[words[place - 1].end() :]
        word = words[place].group().lower() if place < len(words) else ""
        if not word or gap[:1] in {",", ";", "?", ".", ":", ")"} or word in PREPOSITIONS:
            return place
        if word in AUXILIARIES | {"and", "or", "that", "who", "which", "to", "than"}:
            return place
        if word in ALL_VERB_FORMS and place > number + 1:
            return place
        if word in STOP_WORDS or words[place].group()[0].isupper():
            return None
    return None


def _meet(first: Span, second: Span) -> bool:
    return first.start < second.end and second.start < first.end


def spans_of(question: str, key: str) -> Iterator[Span]:
    """Every place where a mention with this key stands, whole."""
    for match in re.finditer(rf"(?<!\w)(?:the\s+)?{re.escape(key)}(?!\w)", question, re.IGNORECASE):
        yield Span(match.start(), match.end())
