"""The stored conversations of a library that a server on this machine has open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pincite.cli.connection import Connection
from pincite.cli.wire import adapter
from rag.answer_json import from_json, to_json
from rag.conversation_rows import named
from rag.models import Answer, Citation, CitationState, Conversation, StoredAnswer
from rag.stored_answer import stand_in

_PATH = "/conversations"


class RemoteConversations:
    """As much of `Conversations` as the commands use; errors as those of `Connection`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._states: dict[Citation, CitationState] = {}

    def newest_first(self) -> tuple[Conversation, ...]:
        """As `Conversations.newest_first`."""
        data = self._connection.sent("GET", _PATH)
        found: tuple[Conversation, ...] = adapter(tuple[Conversation, ...]).validate_python(
            data["conversations"]
        )
        return found

    def find(self, conversation: str) -> Conversation:
        """As `Conversations.find`."""
        return named(conversation, self.newest_first())

    def answers(self, conversation: str) -> tuple[StoredAnswer, ...]:
        """As `Conversations.answers`; `state` knows what has become of their sources then."""
        data = self._connection.sent("GET", f"{_PATH}/{self.find(conversation).id}")
        return tuple(self._stored(data["id"], row) for row in data["answers"])

    def add(self, answer: Answer, *, conversation: str | None = None) -> StoredAnswer:
        """As `Conversations.add`, at the end of the conversation."""
        body = {"answer": to_json(answer), "conversation": conversation}
        data = self._connection.sent("POST", _PATH, json=body)
        return StoredAnswer(
            conversation_id=data["conversation"],
            number=data["number"],
            asked_at=datetime.fromisoformat(data["asked_at"]),
            answer=answer,
        )

    def rename(self, conversation: str, title: str) -> Conversation:
        """As `Conversations.rename`."""
        path = f"{_PATH}/{self.find(conversation).id}"
        data = self._connection.sent("PATCH", path, json={"title": title})
        renamed: Conversation = adapter(Conversation).validate_python(data["conversation"])
        return renamed

    def delete(self, conversation: str) -> None:
        """As `Conversations.delete`."""
        self._connection.sent("DELETE", f"{_PATH}/{self.find(conversation).id}")

    def state(self, citation: Citation) -> CitationState:
        """As `Assistant.citation_state`, for a citation of the `answers` asked for last."""
        return self._states[citation]

    def _stored(self, conversation: str, row: dict[str, Any]) -> StoredAnswer:
        unreadable = row["unreadable"]
        answer = (
            from_json(row["answer"])
            if unreadable is None
            else stand_in(row["question"], reason=unreadable)
        )
        states = row["states"]
        self._states |= zip(answer.sources, states["sources"], strict=True)
        self._states |= zip(answer.nearest, states["nearest"], strict=True)
        for each, sides in zip(answer.disagreements, states["disagreements"], strict=True):
            self._states |= zip(each.sides, sides, strict=True)
        return StoredAnswer(
            conversation_id=conversation,
            number=row["number"],
            asked_at=datetime.fromisoformat(row["asked_at"]),
            answer=answer,
            unreadable=unreadable,
        )
