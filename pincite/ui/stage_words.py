"""What a stage of answering is called on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pincite.words import mark, plural, t
from rag.models import Stage, StageStarted

_STAGES: Mapping[Stage, str] = {
    "understanding": mark("understanding the question"),
    "searching": mark("searching"),
    "writing": mark("writing"),
    "checking": mark("checking each claim against its source"),
}
_COUNT = re.compile(r"\d[\d,]*")


def stage_words(event: StageStarted) -> str:
    """The stage in the reader's words; its own, which are English, where the page knows none.

    >>> stage_words(StageStarted(stage="reading", message="reading 8 passages"))
    'reading 8 passages'
    """
    if event.stage in _STAGES:
        return t(_STAGES[event.stage])
    if event.stage == "reading" and (found := _COUNT.search(event.message)):
        count = int(found.group().replace(",", ""))
        return plural("reading {count} passage", "reading {count} passages", count)
    return event.message
