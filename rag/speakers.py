"""Who is said to have said something."""

from __future__ import annotations

import re

from rag.words import names

_SAYS = (
    r"(?:said|says|told|tells|claimed|claims|argued|argues|warned|warns|added|adds|announced|"
    r"announces|stated|states|insisted|insists|noted|notes|explained|explains|wrote|writes)\b"
)
_NAME = r"[A-Z][\w’'.-]*(?:\s+[A-Z][\w’'.-]*)*"
_SAYING = re.compile(rf"\b{_SAYS}")
# "Kim said", "Kim, the leader, has also said"; but in "an official in Moscow said" nobody is named.
_BEFORE = re.compile(
    rf"(?<!\bin )(?<!\bof )(?<!\bat )(?<!\bfrom )(?<!\bto )(?<!\bwith )(?<!\bfor )(?<!\bby )"
    rf"\b({_NAME})(?:,[^,.;]{{1,60}},)?\s+(?:(?:has|have|had|also|later)\s+)*{_SAYS}"
)
# "...,” said Kim"; but in "He said Kim agreed" Kim does not speak, nor in "the leader, told Kim".
_BEHIND = re.compile(rf"[,”\"]\s*(?:said|says|added|adds|wrote|writes)\s+({_NAME})")
_ACCORDING = re.compile(rf"\b[Aa]ccording to (?:the )?({_NAME})")


def other_speaker(statement: str, evidence: str) -> str | None:
    """Whom the statement names as its speaker, if the evidence names others and nobody else.

    Where the evidence lets someone speak without a name ("he said") nothing is certain: `None`.

    >>> other_speaker("Putin said Kim wants oil.", "Kim said that Putin wants oil.")
    'Putin'
    >>> other_speaker("Putin said Kim wants oil.", "Putin met Kim, and he said Kim wants oil.")
    """
    known = _speakers(evidence)
    if not known or len(known) < len(_SAYING.findall(evidence)):
        return None
    spoke = frozenset().union(*map(_stems, known))
    return next((name for name in _speakers(statement) if spoke.isdisjoint(_stems(name))), None)


def _speakers(text: str) -> list[str]:
    found = (
        match.group(1) for form in (_BEFORE, _BEHIND, _ACCORDING) for match in form.finditer(text)
    )
    return [name for name in found if _stems(name)]  # a sentence's first "He" is none


def _stems(name: str) -> frozenset[str]:
    return names(name, leading=True)
