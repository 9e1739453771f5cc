"""A question as asked becomes a `Question`, and the kind of answer it asks for is read off it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from index.decode import on_one_line
from index.errors import QuestionError
from index.models import Filters
from rag.followup.rules import standalone
from rag.followup.topic import own_words
from rag.models import Answer, Question
from rag.parts import parts_of
from rag.periods import named_period
from rag.settings import QUESTION_LIMIT

AnswerKind = Literal["list", "person", "date", "number", "place", "statement"]

# They end like plurals and are none; many stand before the noun that is asked for.
_LIKE_PLURALS = (
    "tennis|news|sports|business|politics|series|species|arms|sales|telecommunications|"
    "communications|physics|economics|athletics"
)
_KINDS: tuple[tuple[AnswerKind, str], ...] = (
    ("number", r"\bhow (many|much|long|old|far|large|big|tall|often|fast|high|deep)\b"),
    ("number", r"\bwhat (number|percentage|share|proportion|amount|price|cost|age)\b"),
    ("date", r"\bwhen\b|\b(what|which) (year|date|day|month|time)\b"),
    ("place", r"\bwhere\b|\b(what|which) (city|country|state|place|town)\b"),
    ("person", r"\bwho(m|se)?\b|\b(what|which) (person|man|woman|actor|singer|leader)\b"),
    # Several answers: a plural asked for, a wish or an opinion, a reason or a manner.
    ("list", r"^(please |can you |could you )?(list|name)\b|\b(reasons|ways|views|opinions)\b"),
    ("list", r"\bwhat (are|were)\b"),
    (
        "list",
        # "Which states ...", but neither "which news outlet" nor "which airlines company has".
        rf"\b(what|which) (?:(?:{_LIKE_PLURALS}) )?(?!(?:{_LIKE_PLURALS}|this|does)\b)"
        r"\w{2,}[^s\W]s\b(?! [a-z]+[^s\W] (has|is|was|does)\b(?! (he|she|it)\b))",
    ),
    ("list", rf"\b(what|which) (?:\w+ )?(?:{_LIKE_PLURALS}) (are|were|have)\b"),
    (
        "list",
        r"\bwhat (do|does|did|would|could|might|will)\b.*\b(want|seek|gain|get|receive|offer|"
        r"demand|expect|say|think|fear|warn|ask for|hope|worry|know|obtain|request)\b",
    ),
    ("list", r"\bwhy\b|^how\b"),
)
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)


def understand(
    text: str,
    *,
    filters: Filters | None = None,
    asked_on: date | None = None,
    earlier: Sequence[Answer] = (),
) -> Question:
    """The question made independent of the answers `earlier` in the conversation, oldest first.

    Invisible characters are taken out as they are from documents, white space is put in order, and
    the time it speaks of is read; "this week" and the like are seen from `asked_on`, or from today.
    "Recent" and "current" are times only where `asked_on` is given: elsewhere their answer would
    hang on the day of asking.

    Raises `QuestionError` when it is empty or longer than `QUESTION_LIMIT` characters.
    """
    tidy = on_one_line(text)
    if not any(character.isalnum() for character in tidy):
        raise QuestionError("The question is empty: type what you want to know.")
    if len(tidy) > QUESTION_LIMIT:
        raise QuestionError(
            f"The question has {len(tidy):,} characters; at most {QUESTION_LIMIT:,} are read. "
            "Shorten it, or add long material to the library as a document and ask about it."
        )
    asked = Question(
        text=text.strip(),
        standalone=tidy,
        parts=(tidy,),
        filters=filters or Filters(),
        asked_on=asked_on,
    )
    return restated(asked, standalone(tidy, earlier=earlier))


def restated(question: Question, words: str) -> Question:
    """The question as other words of it are searched for and answered: its parts, its time."""
    return replace(
        question,
        standalone=words,
        parts=parts_of(words),
        period=named_period(
            words,
            seen_from=question.asked_on or date.today(),
            fresh=question.asked_on is not None,
        ),
    )


def answer_kind(question: str) -> AnswerKind:
    """The kind of answer asked for, read off the wording; `statement` when nothing tells.

    >>> answer_kind("what does North Korea want in return?"), answer_kind("Who led the talks?")
    ('list', 'person')
    >>> answer_kind("How many shells were shipped?"), answer_kind("What is the GDP of Japan?")
    ('number', 'statement')
    """
    asked = own_words(question)
    for kind, pattern in _COMPILED:
        if pattern.search(asked):
            return kind
    return "statement"
