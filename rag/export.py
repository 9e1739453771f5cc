"""A stored conversation as Markdown or JSON, with what has become of its sources since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from rag.models import Citation, CitationState, Conversation, StoredAnswer
from rag.removed import citations_of
from rag.render import markdown_text, to_json, to_markdown

CONVERSATION_SCHEMA = "pincite.conversation/1"

# Such as `Assistant.citation_state`.
StateOf = Callable[[Citation], CitationState]


def conversation_to_markdown(
    conversation: Conversation,
    answers: Sequence[StoredAnswer],
    *,
    state: StateOf,
    exported_at: datetime | None = None,
) -> str:
    """Title and dates, then every answer as `to_markdown` writes it, below its number and time.

    `exported_at` is now unless given. Sources that are not as they were are marked.
    """
    times = (
        f"Started {_spoken(conversation.started_at)}; last answer "
        f"{_spoken(conversation.changed_at)}; exported {_spoken(exported_at or datetime.now(UTC))}."
    )
    blocks = [f"# {markdown_text(conversation.title)}\n\n{times}\n"]
    for stored in answers:
        states = {citation: state(citation) for citation in citations_of(stored.answer)}
        heading = f"## {stored.number}. {_spoken(stored.asked_at)}"
        blocks.append(f"{heading}\n\n{to_markdown(stored.answer, states=states)}")
    return "\n".join(blocks)


def conversation_to_json(
    conversation: Conversation,
    answers: Sequence[StoredAnswer],
    *,
    state: StateOf,
    exported_at: datetime | None = None,
) -> dict[str, object]:
    """The conversation as values that `json.dumps` takes; times are ISO 8601 in UTC.

    Each answer is as `to_json` writes it; `states` tells `same`, `changed` or `removed` of its
    `sources`, `nearest` and the `sides` of its `disagreements`, in their order. An answer that
    cannot be read is null, and `unreadable` says why.
    """
    return {
        "schema": CONVERSATION_SCHEMA,
        "id": conversation.id,
        "title": conversation.title,
        "started_at": conversation.started_at.isoformat(),
        "changed_at": conversation.changed_at.isoformat(),
        "exported_at": (exported_at or datetime.now(UTC)).isoformat(),
        "answers": [_answer_row(stored, state) for stored in answers],
    }


def _answer_row(stored: StoredAnswer, state: StateOf) -> dict[str, object]:
    answer = stored.answer
    return {
        "number": stored.number,
        "asked_at": stored.asked_at.isoformat(),
        "unreadable": stored.unreadable,
        "answer": None if stored.unreadable else to_json(answer),
        "states": {
            "sources": [state(citation) for citation in answer.sources],
            "nearest": [state(citation) for citation in answer.nearest],
            "disagreements": [
                [state(side) for side in each.sides] for each in answer.disagreements
            ],
        },
    }


def _spoken(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
