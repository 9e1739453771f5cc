"""Questions a passage does not answer and claims it does not support, made from ones it does."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from rag.words import opposites

_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s(?:of\s|the\s|de\s|and\s)?[A-Z][\w’'-]+)*")
_YEAR = re.compile(r"\b(1[0-9]|20)\d\d\b")
_NUMBER = re.compile(r"\b\d[\d,]*(?:\.\d+)?\b")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|did|does|do)\b(?=\s\w)"
)
_ASIDE = re.compile(r"\s*\([^()]*\)")
_LEAD = re.compile(r"^(?:[A-Z][\w’'-]*(?:\s[\w’'-]+){0,5}), (?=[a-z])")
_NAME_OPENERS = frozenset(
    """a an and as at but by for from he her his how if in it its many most on one other she some
    that the their these they this to we what when where which while who whom whose why with did do
    does is are was were has have had can could will would""".split()
)
# What they lead in is no claim without them.
_CONDITIONS = frozenset("if unless until when although though without except provided were".split())
_DEGREES = frozenset("up more down less fewer".split())
# Past forms that do not end in -ed, of the words that have opposites.
_PAST = frozenset("rose risen grew won bought began fell fallen shrank lost sold".split())
_CONTRACTION = re.compile(r"\b(\w+?)n['’]t\b")
_WHOLE = {"ca": "can", "wo": "will", "sha": "shall"}
_HEDGE = re.compile(r"\b(?:(?:may|might|could)\b(?! not\b)|reportedly )")
NEGATED = 0.15  # share of the questions that could be denied, and may be


def swapped(question: str, passage: str, *, elsewhere: str, rng: random.Random) -> str | None:
    """The question with one thing exchanged that its answer turns on; None if nothing offers.

    A name gives way to another of the passage, or to one of `elsewhere`; a year or number to
    another; a word to its opposite; now and then what is asked is denied.
    """
    changes = [
        change
        for change in (
            _other_name(question, passage, elsewhere=elsewhere, rng=rng, only_known=True),
            _other_number(question, passage, rng=rng),
            _opposite_word(question, rng=rng),
            _negated(question, rng=rng) if rng.random() < NEGATED else None,
        )
        if change
    ]
    return rng.choice(changes) if changes else None


def claim_about(
    sentence: str,
    *,
    passage: str,
    question: str,
    answer: str,
    elsewhere: str,
    rng: random.Random,
) -> tuple[str, bool] | None:
    """A claim and whether the passage supports it; None if none could be made.

    True ones are the sentence, trimmed of what it can spare, or question and answer together;
    false ones the same with a name, number, word, negation or hedge exchanged.
    """
    told = f"{question.rstrip('?')} {answer}" if answer and rng.random() < 0.4 else ""
    is_true = rng.random() < 0.5
    if is_true:
        return (told or _trimmed(sentence, rng), True)
    if told:
        wrong = _wrong_answer(answer, passage, rng=rng)
        return (f"{question.rstrip('?')} {wrong}", False) if wrong else None
    base = _trimmed(sentence, rng)
    changes = [
        change
        for change in (
            _other_name(base, passage, elsewhere=elsewhere, rng=rng),
            _other_number(base, passage, rng=rng),
            _opposite_word(base, rng=rng),
            _negated(base, rng=rng),
            _unhedged(base),
        )
        if change
    ]
    return (rng.choice(changes), False) if changes else None


def found_names(text: str) -> list[str]:
    """Runs of capitalised words, sentence openers such as "The" taken off.

    A single word that only opens sentences is as likely none.

    >>> found_names("The treaty of Rome was signed by Konrad Adenauer. However, not in Paris.")
    ['Rome', 'Konrad Adenauer', 'Paris']
    """
    names = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        while words and words[0].lower() in _NAME_OPENERS:
            words = words[1:]
        name = " ".join(words)
        if len(name) > 2 and (len(words) > 1 or re.search(rf"[\w,;:]\s{re.escape(name)}\b", text)):
            names.append(name)
    return names


def _other_name(
    text: str, passage: str, *, elsewhere: str, rng: random.Random, only_known: bool = False
) -> str | None:
    """The text with one of its names exchanged; with `only_known` one that the passage names."""
    mentioned = [name for name in found_names(text) if not only_known or name in passage]
    if not mentioned:
        return None
    old = rng.choice(mentioned)
    near = [name for name in found_names(passage) if not _shares_word(name, text)]
    far = [name for name in found_names(elsewhere) if not _shares_word(name, text)]
    pool = near if near and (rng.random() < 0.6 or not far) else far
    # As long a name is the likelier to be of the same sort.
    pool = [name for name in pool if name.count(" ") == old.count(" ")] or pool
    if not pool:
        return None
    new = rng.choice(pool)
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text, count=1)


def _shares_word(name: str, text: str) -> bool:
    lowered = text.lower()
    return any(word.lower() in lowered for word in name.split() if len(word) > 2)


def _other_number(text: str, passage: str, *, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    old = rng.choice(found)
    near = [number for number in _NUMBER.findall(passage) if number not in text]
    alike = [number for number in near if len(number) == len(old.group())]
    new = rng.choice(alike) if alike and rng.random() < 0.5 else _shifted(old.group(), rng)
    return None if new == old.group() else f"{text[: old.start()]}{new}{text[old.end() :]}"


def _shifted(number: str, rng: random.Random) -> str:
    """Another number that looks alike: years move by decades at most, others by their size."""
    if _YEAR.fullmatch(number):
        return str(int(number) + rng.choice([-1, 1]) * rng.randint(1, 25))
    digits = [position for position, character in enumerate(number) if character.isdigit()]
    place = rng.choice(digits)
    choices = "123456789" if place == 0 else "0123456789"
    return number[:place] + rng.choice(choices) + number[place + 1 :]


def _opposite_word(text: str, *, rng: random.Random) -> str | None:
    words = [
        (match, sorted(other for other in opposites(word) if _form(other) == _form(word)))
        for match in re.finditer(r"\w+\b(?!['’]t\b)", text)  # no "won't"
        if (word := match.group().lower())
    ]
    found = [(match, others) for match, others in words if others]
    if not found:
        return None
    match, others = rng.choice(found)
    return f"{text[: match.start()]}{rng.choice(others)}{text[match.end() :]}"


def _form(word: str) -> str:
    """The form of a verb or adjective, as far as its ending tells."""
    if word in _DEGREES:
        return "degree"
    if word in _PAST:
        return "ed"
    found = re.search(r"(?:ing|ed|ern|(?<!s)s)$", word)
    return found.group() if found else ""


def _negated(text: str, *, rng: random.Random) -> str | None:
    if re.search(r"\bnot only\b", text):
        return None
    if re.search(r"\b(not|never)\b", text):
        return re.sub(r"\s*\b(not|never)\b", "", text, count=1)
    if _CONTRACTION.search(text):
        return _CONTRACTION.sub(lambda found: _WHOLE.get(found[1].lower(), found[1]), text, count=1)
    found = list(_AUXILIARY.finditer(text))
    if not found:
        return None
    place = rng.choice(found).end()
    return f"{text[:place]} not{text[place:]}"


def _unhedged(text: str) -> str | None:
    found = _HEDGE.search(text)
    if found is None:
        return None
    certain = "" if found.group().endswith(" ") else "will"
    return f"{text[: found.start()]}{certain}{text[found.end() :]}"


def _wrong_answer(answer: str, passage: str, *, rng: random.Random) -> str | None:
    """Something of the passage that looks like the answer and is not."""
    pool: Sequence[str]
    if any(character.isdigit() for character in answer):
        pool = _NUMBER.findall(passage)
    else:
        pool = found_names(passage)
    others = [other for other in pool if not _shares_word(other, answer) and other not in answer]
    return rng.choice(others) if others else None


def _trimmed(sentence: str, rng: random.Random) -> str:
    """The sentence without asides and its leading adverbial, each half the time."""
    text = sentence
    if rng.random() < 0.5:
        text = _ASIDE.sub("", text)
    lead = _LEAD.match(text)
    is_spare = lead is not None and lead.group().split()[0].rstrip(",").lower() not in _CONDITIONS
    if lead and is_spare and rng.random() < 0.5:
        rest = text[lead.end() :]
        text = rest[:1].upper() + rest[1:]
    return text.strip()
