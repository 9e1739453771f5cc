"""Whether a clause speaks of the past, by its verb; a participle is none, and often looks like one.

"Parliament debates amended bill" and "parliament amended the bill" differ in where the words stand
that are neither names nor small, so that is what is read.
"""

from __future__ import annotations

from itertools import pairwise, takewhile

from rag.words import numbers

# These are past whatever stands around them.
HELPERS = frozenset("was were did had".split())
# So are these, and what ends in "ed", unless they are participles: "left parties", "amended bills".
_PAST = frozenset(
    """met left won lost struck fell rose began held went came took made sank broke shot fought
    found gave got grew kept led paid ran sent sold spent stood stole swept taught threw built
    bought brought caught drew drove flew became blew felt heard hid knew laid rode saw shook slept
    sprang tore wore""".split()
)
_DETERMINERS = frozenset("a an the its his her their our this that these those".split())
_PRONOUNS = frozenset("he she it they".split())
_PREPOSITIONS = frozenset(
    """above across against along amid among around at away back behind below beside between beyond
    by down during from in inside into near of off on onto out outside over past through to toward
    towards under up with within""".split()
)


def tells_past(before: tuple[str, ...], behind: tuple[str, ...], *, bare: bool) -> bool:
    """Whether a verb in the past is the clause's, by the words before and behind its day.

    The verb stands before the day, or the day begins the clause. `bare` if the clause may begin
    with a common noun: "police arrested them".
    """
    words = before + behind
    if "for" in words or any(
        word == "to" and after.islower() and after not in _DETERMINERS
        for word, after in pairwise(words)
    ):
        return False
    return any(
        _is_verb(words[:at], word, words[at + 1 : _last_read(words[:at], word, before)], bare=bare)
        for at, word in enumerate(words)
        if at < len(before) or not before
    )


def _last_read(subject: tuple[str, ...], word: str, before: tuple[str, ...]) -> int | None:
    """Up to where the words behind the verb are read: the clause's end.

    "Was" is no participle, nor is what stands behind a full name, "Ines Calder elected", so there
    no verb is looked for behind the day.
    """
    named = all(word[0].isupper() and not _opens_phrase(word) for word in subject)
    certain = word in HELPERS or (named and len(subject) > 1)
    return len(before) if certain and before else None


def _is_verb(
    subject: tuple[str, ...], word: str, following: tuple[str, ...], *, bare: bool
) -> bool:
    """Whether a word is a verb in the past, and not a participle beside another verb."""
    if word in HELPERS:
        # "was also praised": at most one verb, as another may be that of the day.
        plain = takewhile(lambda one: not _opens_phrase(one), following[:2])
        return _PRONOUNS.isdisjoint(subject[1:]) and _is_plain(
            following[len(list(plain)) :], room=False
        )
    ends = word.endswith("ed") and not word.endswith("eed") and len(word) > 3 and word.islower()
    if not (ends or word in _PAST) or not subject or _opens_phrase(subject[-1]):
        return False
    room = bare or subject[0] in _PRONOUNS
    return _is_plain(subject, room=room) and _is_plain(following, room=False)


def _is_plain(words: tuple[str, ...], *, room: bool) -> bool:
    """Whether the words are names, and single common words behind those that open a phrase.

    Among more words there may be a verb: "talks aimed at peace continue", "the shops stay closed".
    """
    for word in words:
        if _opens_phrase(word):
            room = True
        elif word[0].islower() and not room:
            return False
        else:
            room = False
    return True


def _opens_phrase(word: str) -> bool:
    plain = word.lower()
    owner = plain.endswith(("’s", "'s", "s’", "s'"))
    return plain in _DETERMINERS | _PREPOSITIONS or owner or bool(numbers(plain))
