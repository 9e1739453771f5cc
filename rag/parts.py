"""A compound question is taken apart, so that each thing it asks about is searched for."""

from __future__ import annotations

import re

from index.sentences import sentences
from rag.words import STOP_WORDS, words

PART_LIMIT = 4
# A piece with fewer words that carry meaning is no question of its own: it stays with the one
# before it ("Where | and when was she born?").
LEAST_WORDS = 3

_ASKING = "who|whom|whose|what|when|where|why|how|which"
_VERB = "am|are|can|could|did|do|does|had|has|have|is|should|was|were|will|would"
_REPORT = "account|analysis|article|book|column|interview|paper|report|review|story|study"
_BOUNDARY = re.compile(
    rf"""
    ;\s+
    | ,?\s+(?=(?:while|whereas)\s)
    | \s+(?=(?:as\s+)?compared\s+(?:to|with)\s)
    | ,?\s+and\s+(?=(?:{_ASKING})\s)          # Who met Putin and what was agreed?
    | ,\s+and\s+(?=(?:{_VERB})\s)            # Did it sink, and was anyone hurt?
    | ,?\s+and\s+(?=(?:the|an?|another)\s(?:[\w.'’&-]+\s){{0,5}}?(?:{_REPORT})s?\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# After the launch failed, did Seoul protest?
_LEADING = re.compile(
    rf"""^(?:after|before|between|considering|following|given|if|since|when|while)\b.*?(,)\s+
    (?=(?:{_VERB})\s)""",
    re.IGNORECASE | re.VERBOSE,
)


def parts_of(question: str) -> tuple[str, ...]:
    """The questions and statements that a compound question consists of, in order; else itself.

    It is cut between sentences, before a second question or a contrast, and between two reports
    that it names. There are at most `PART_LIMIT` parts; the last keeps what is over.

    >>> parts_of("Who met Putin in Vladivostok and what did North Korea ask for in return?")
    ('Who met Putin in Vladivostok', 'what did North Korea ask for in return?')
    >>> parts_of("What are the risks and benefits of the deal?")
    ('What are the risks and benefits of the deal?',)
    """
    pieces: list[str] = []
    for span in sentences(question, None):
        sentence = question[span.start : span.end]
        leading = _LEADING.match(sentence)
        clauses = (
            [sentence[: leading.start(1)], sentence[leading.end() :]] if leading else [sentence]
        )
        pieces += [piece for clause in clauses for piece in _BOUNDARY.split(clause)]
    joined: list[str] = []
    for piece in pieces:
        is_small = joined and min(_weight(piece), _weight(joined[-1])) < LEAST_WORDS
        if is_small or len(joined) == PART_LIMIT:
            joined[-1] = f"{joined[-1]} {piece}"
        else:
            joined.append(piece)
    found = tuple(piece.strip(" ,;") for piece in joined)
    return found if len(found) > 1 else (question,)


def _weight(text: str) -> int:
    return len({word for word in words(text) if word not in STOP_WORDS})
