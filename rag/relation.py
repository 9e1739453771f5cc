"""What a question asks to be told of somebody: a wish, an offer, a fear; whether a text tells it.

"What does Pyongyang want?" is answered by "it seeks fuel" and "it could get grain", which share no
word with it. The words of a relation are few, so they are listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.words import STOP_WORDS

_WISH = """want wants wanted wanting seek seeks sought seeking demand demands demanded demanding
    desire desires desired request requests requested requesting require requires required hope
    hopes hoped hoping wish wishes wished need needs needed ask_for asks_for asked_for
    asking_for interest interested get gets getting got gain gains gained receive receives received
    receiving obtain obtains obtained obtaining acquire acquires acquired acquiring secure secures
    secured in_exchange in_return"""
_OFFER = """offer offers offered offering give gives gave given giving provide provides provided
    providing supply supplies supplied supplying send sends sent sending deliver delivers delivered
    grant grants granted promise promises promised pledge pledges pledged"""
_FEAR = """fear fears feared worry worries worried warn warns warned warning concern concerns
    concerned alarm alarmed danger dangers risk risks threat threats afraid"""
_EXPECTATION = """expect expects expected predict predicts predicted forecast forecasts foresee
    foresees anticipate anticipates anticipated believe believes believed think thinks thought
    likely unlikely probably"""
_CAUSE = "because due_to owing_to reason reasons thanks_to therefore"

# What the question has to say, and what then tells it; of several the first counts. "_" is a space.
_ASKED = (
    (r"^why\b|\breasons?\b", _CAUSE),
    (r"\b(want|seek|gain|get|receive|demand|ask for|hope|obtain|request|require)s?\b", _WISH),
    (r"\b(offer|give|provide|supply|send|promise|pledge)s?\b", _OFFER),
    (r"\b(fear|worry|worries|warn|concern|risk|danger)s?\b", _FEAR),
    (r"\b(expect|predict|forecast|foresee|anticipate)s?\b", _EXPECTATION),
)
_FAMILIES = tuple(
    (
        re.compile(asked, re.IGNORECASE),
        re.compile(rf"\b(?:{'|'.join(told.split()).replace('_', ' ')})\b", re.IGNORECASE),
    )
    for asked, told in _ASKED
)
_NAMES = re.compile(r"[A-Z][\w’'.-]*(?:\s+[A-Z][\w’'.-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """The words that tell it, and the name of whom it is told, if the question has one."""

    told_by: re.Pattern[str]
    subject: str


def asked_relation(question: str) -> Relation | None:
    """The relation a question asks for, `None` if its words tell none."""
    for asked, told_by in _FAMILIES:
        if asked.search(question):
            found = [name for match in _NAMES.finditer(question) if (name := _name(match.group()))]
            return Relation(told_by=told_by, subject=found[0] if found else "")
    return None


def tells(relation: Relation, sentence: str) -> bool:
    """Whether a sentence tells the relation, and of nobody else where it names the subject.

    >>> asked = asked_relation("What does Pyongyang want in return?")
    >>> tells(asked, "Kim has sought rocket parts."), tells(asked, "The port was quiet.")
    (True, False)
    >>> tells(asked, "Moscow needs the shells that Pyongyang has.")
    False
    """
    named = [(match.start(), match.group()) for match in _NAMES.finditer(sentence)]
    is_named = any(_is(name, relation.subject) for _, name in named)
    for match in relation.told_by.finditer(sentence):
        before = [name for start, name in named if start < match.start() and _name(name)]
        if not (relation.subject and is_named) or (before and _is(before[-1], relation.subject)):
            return True
    return False


def _name(text: str) -> str:
    """A run of capitalised words without those that only open a sentence."""
    kept = text.split()
    while kept and kept[0].lower() in STOP_WORDS:
        kept = kept[1:]
    return " ".join(kept)


def _is(name: str, subject: str) -> bool:
    """Whether a name is the subject's, or an adjective of it ("North Korean")."""
    return bool(subject) and subject.lower() in name.lower()
