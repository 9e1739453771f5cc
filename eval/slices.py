"""Parts of a set that are looked at by themselves."""

from __future__ import annotations

_SHORT, _LONG = 8, 15  # words of a question

LENGTHS = (f"up to {_SHORT} words", f"{_SHORT + 1} to {_LONG} words", f"over {_LONG} words")


def length(question: str) -> str:
    """Which of `LENGTHS` a question has.

    >>> length("Who paid for the crane?")
    'up to 8 words'
    """
    words = len(question.split())
    return LENGTHS[(words > _SHORT) + (words > _LONG)]
