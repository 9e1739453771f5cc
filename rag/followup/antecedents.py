"""What pronouns stand for: the one thing of the conversation that fits, put in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.models import Span
from rag.followup.clause import AUXILIARIES, BE, PREPOSITIONS, VERBS
from rag.followup.mentions import (
    Mention,
    is_adjective,
    lowered_article,
    may_be_person,
    names,
    plain_plurals,
    things,
)
from rag.followup.places import PLACES, acts
from rag.followup.pronouns import PERSONS, POINTERS, THINGS, Pronoun

# What things and events do rather than somebody.
_HAPPENS = frozenset(
    """affect appear arrive become begin belong cause change close consider contain continue cost
    cover end escape exist fail finish follow happen help include involve last limit look matter
    mean occur open point prove remain rise run start stop succeed take turn work""".split()
)
_FOR_MANY = {"does": "do", "is": "are", "was": "were", "has": "have"}
_FOR_ONE = {many: one for one, many in _FOR_MANY.items()}
_LONGEST_SPEAKER = 80  # characters; a longer description buries the question


def replaced(
    question: str, pronouns: Sequence[Pronoun], *, earlier: str, speakers: Sequence[str]
) -> str | None:
    """The question with what its pronouns stand for; `None` unless each has one candidate.

    Candidates are what the question `earlier` names, or else who spoke in its answer. Nobody's
    gender is guessed: a single name may be he or she.
    """
    for pronoun in reversed(pronouns):
        candidate = _candidate(pronoun, question, earlier, speakers)
        if candidate is None:
            return None
        new = _fitted(question, pronoun, candidate)
        if new is None:
            return None
        question = new
    return question


def agreeing(before: str, *, plural: bool) -> str:
    """The words before a subject, their last one, a helper, made to agree with it.

    >>> agreeing("what do ", plural=False), agreeing("when was ", plural=True)
    ('what does ', 'when were ')
    """
    match = re.search(r"\b(\w+)(\s+)$", before)
    table = _FOR_MANY if plural else _FOR_ONE
    if match is None or match[1].lower() not in table:
        return before
    new = table[match[1].lower()]
    return before[: match.start()] + (new.capitalize() if match[1][0].isupper() else new) + match[2]


def _candidate(
    pronoun: Pronoun, question: str, earlier: str, speakers: Sequence[str]
) -> Mention | None:
    """The one thing of the conversation that fits a pronoun; `None` if none or several do."""
    taken = {name.key for name in names(question)}
    named = {
        name.key: name
        for name in names(earlier)
        if name.key not in taken and not is_adjective(earlier, name)
    }
    called = list(named.values())
    known = things(earlier)
    if pronoun.word in POINTERS:
        return _pointed_at(pronoun, question, known)
    if pronoun.role == "place":
        return _only(called, lambda name: name.key in PLACES)
    if pronoun.word in PERSONS:
        persons = [name for name in called if may_be_person(name)]
        return _only(persons, lambda _: True) if persons else _speaker(speakers)
    if known is None:
        return None
    # A body or a place wants, says and does; it is not what is signed, sold or legal.
    bodies = [
        name
        for name in called
        if not may_be_person(name) and not _is_scene(earlier, name) and _acts(pronoun, question)
    ]
    if pronoun.word in THINGS:
        return _only([*bodies, *known], lambda entry: not entry.plural)
    joined = _joined(earlier, called)
    if joined is not None and not known:
        return joined
    if plain_plurals(earlier):
        # "Did Russia ship containers?", "when did they arrive?": too little would be left of it.
        return None
    # "They" may be one body, "the company", and one person only to who guesses.
    several = [*(thing for thing in known if thing.plural or acts(thing.text)), *bodies]
    if several or called:
        return _only(several, lambda _: True)
    spoke = _speaker(speakers)
    return spoke if spoke and (spoke.plural or not may_be_person(spoke)) else None


def _is_scene(question: str, name: Mention) -> bool:
    """Whether a name only says where: "in Japan"."""
    before = question[: name.span.start].split()[-1:]
    return bool(before) and before[0].lower() in {"in", "at", "near", "from", "to", "around"}


def _acts(pronoun: Pronoun, question: str) -> bool:
    """Whether what a pronoun stands for owns or does something, rather than suffers it."""
    if pronoun.role == "owner":
        return True
    before = question[: pronoun.start].lower().split()[-1:]
    following = question[pronoun.end :].lower().strip(" ?.!").split()[:1]
    if pronoun.role != "subject" or not before or not following:
        return False
    if before[0] in BE:
        return following[0].endswith("ing")
    return following[0] in VERBS - _HAPPENS


def _only(entries: Sequence[Mention], fits: Callable[[Mention], bool]) -> Mention | None:
    fitting = {entry.key: entry for entry in entries if fits(entry)}
    return next(iter(fitting.values())) if len(fitting) == 1 else None


def _speaker(speakers: Sequence[str]) -> Mention | None:
    if len(speakers) != 1 or len(speakers[0]) > _LONGEST_SPEAKER:
        return None
    text = lowered_article(speakers[0])
    several = bool(re.match(r"(?:two|three|four|five|several|many|some|officials)\b", text))
    return Mention(text=text, span=Span(0, len(text)), plural=several)


def _joined(earlier: str, called: Sequence[Mention]) -> Mention | None:
    """Two names that are named together: "Kim and Putin"."""
    if len(called) != 2:
        return None
    first, second = called
    if earlier[first.span.end : second.span.start] != " and ":
        return None
    text = f"{first.text} and {second.text}"
    return Mention(text=text, span=Span(first.span.start, second.span.end), plural=True)


def _pointed_at(pronoun: Pronoun, question: str, known: Sequence[Mention] | None) -> Mention | None:
    """The one thing of that kind, for "that deal"; a bare "that" may be anything that was said."""
    noun = re.match(r"\s+(\w+)", question[pronoun.end :])
    if noun is None or known is None:
        return None
    return _only(known, lambda thing: thing.key.split()[-1] == noun[1].lower())


def _fitted(question: str, pronoun: Pronoun, candidate: Mention) -> str | None:
    """The question with the candidate in the pronoun's place, its verb agreeing."""
    before, after = question[: pronoun.start], question[pronoun.end :]
    text = lowered_article(candidate.text)
    if pronoun.word in POINTERS:
        return before + text + re.sub(r"^\s+\w+", "", after)
    if pronoun.role == "owner":
        owner = text + ("’" if candidate.plural and text.endswith("s") else "’s")
        return before + owner + after
    if pronoun.role == "place":
        last = before.split()[-1].lower() if before.split() else ""
        return before + (text if last in PREPOSITIONS else f"in {text}") + after
    if pronoun.role == "subject" and pronoun.word == "they" and not candidate.plural:
        agreed = agreeing(before, plural=False)
        return None if agreed == before and not _no_agreement(before) else agreed + text + after
    if pronoun.role == "subject" and candidate.plural and pronoun.word != "they":
        agreed = agreeing(before, plural=True)
        return None if agreed == before and not _no_agreement(before) else agreed + text + after
    return before + text + after


def _no_agreement(before: str) -> bool:
    """Whether the helper before a subject is the same for one and for many: did, will, had."""
    last = before.lower().rsplit(maxsplit=1)[-1:]
    return bool(last) and last[0] in AUXILIARIES - set(_FOR_MANY) - set(_FOR_ONE)
