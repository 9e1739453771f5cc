"""The events of an answer being made as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from rag.models import (
    AnswerReady,
    ClaimChecked,
    DraftText,
    Event,
    FollowUpUnderstood,
    StageStarted,
)
from rag.render import from_json, to_json

_KINDS: Mapping[str, type[Event]] = {
    "stage": StageStarted,
    "understood": FollowUpUnderstood,
    "draft": DraftText,
    "claim": ClaimChecked,
}
ANSWER = "answer"
STORED = "stored"
UNSTORED = "unstored"


def as_sent(event: Event) -> tuple[str, object]:
    """The name and the data of an event; that of an answer is what `to_json` writes."""
    if isinstance(event, AnswerReady):
        return ANSWER, to_json(event.answer)
    name = next(name for name, kind in _KINDS.items() if isinstance(event, kind))
    return name, _adapter(name).dump_python(event, mode="json")


def as_event(name: str, data: object) -> Event | None:
    """The event that was sent; `None` for a name that is none of theirs."""
    if name == ANSWER:
        return AnswerReady(answer=from_json(data))
    if name not in _KINDS:
        return None
    event: Event = _adapter(name).validate_python(data)
    return event


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_KINDS[name])
