"""`/conversations`: the stored conversations of who asks, listed, shown, renamed and erased."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from pincite.api.models import (
    ConversationList,
    Deleted,
    OneConversation,
    RenameRequest,
    StoredPlace,
    StoreRequest,
)
from pincite.api.service import require_local, service_of
from pincite.api.visitors import visitor_of
from rag import Conversations
from rag.export import conversation_to_json
from rag.render import from_json

router = APIRouter(tags=["conversations"])


@router.get("/conversations")
def list_conversations(request: Request) -> ConversationList:
    """Your stored conversations, the one with the latest answer first."""
    return ConversationList(conversations=list(_mine(request).newest_first()))


@router.get("/conversations/{conversation_id}")
def show_conversation(request: Request, conversation_id: str) -> dict[str, Any]:
    """A conversation with its answers, and what has become of their sources since.

    It is what `pincite conversations export --format json` writes.
    """
    mine = _mine(request)
    found = mine.find(conversation_id)
    state = service_of(request).assistant.citation_state
    return conversation_to_json(found, mine.answers(found.id), state=state)


@router.post("/conversations")
def store_answer(request: Request, body: StoreRequest) -> StoredPlace:
    """Store an answer that was given before, for commands of the server's own machine only.

    Everybody else has `/ask` store what it answers: nobody can say that it had answered otherwise.
    """
    require_local(request, "An answer is stored by the server that gave it")
    stored = _mine(request).add(from_json(body.answer), conversation=body.conversation)
    return StoredPlace(
        conversation=stored.conversation_id, number=stored.number, asked_at=stored.asked_at
    )


@router.patch("/conversations/{conversation_id}")
def rename_conversation(
    request: Request, conversation_id: str, body: RenameRequest
) -> OneConversation:
    """Give a conversation another title."""
    return OneConversation(conversation=_mine(request).rename(conversation_id, body.title))


@router.delete("/conversations/{conversation_id}")
def delete_conversation(request: Request, conversation_id: str) -> Deleted:
    """Erase a conversation for good."""
    mine = _mine(request)
    found = mine.find(conversation_id)
    mine.delete(found.id)
    return Deleted(deleted=found.id)


def _mine(request: Request) -> Conversations:
    return service_of(request).assistant.conversations.of(visitor_of(request).owner)
