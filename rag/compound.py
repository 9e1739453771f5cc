"""Questions that ask several things at once, each to be answered or refused by itself."""

from __future__ import annotations

import re

from rag.models import Question
from rag.question import restated
from rag.words import names, words

_ASKS = re.compile(
    r"""^(?:(?:in|on|at|by|for|from|to|with|of|since|until)\s+)?
    (?:who|whom|whose|what|when|where|why|how|which|am|are|can|could|did|do|does|had|has|have|is|
    should|was|were|will|would)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Words that need the part before to be understood.
_LEANING = frozenset(
    """he she it they him her them his its their this that these those there one so same""".split()
)


def separate_parts(question: Question) -> tuple[Question, ...]:
    """The questions that a compound question consists of; none if it is one question.

    Each must be understood alone: "who met Putin and what did he say?" stays one question, since
    its second part leans on the first, and so does "how sharp is it, and who says so?".
    """
    parts = question.parts
    if len(parts) < 2 or not all(map(_ASKS.match, parts)):
        return ()
    if any(_leans(part) for part in parts[1:]):
        return ()
    return tuple(restated(question, f"{part.rstrip(' ?')}?") for part in parts)


def _leans(part: str) -> bool:
    return not names(part) or not _LEANING.isdisjoint(words(part))
