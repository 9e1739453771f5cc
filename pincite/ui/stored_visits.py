"""A visitor's conversations as the library keeps them: the one place of the page that stores."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from index.errors import PinciteError, UnknownConversation
from pincite.ui.chat import Exchange, Visit
from pincite.words import mark, t
from rag import Assistant
from rag.export import conversation_to_html, conversation_to_json, conversation_to_markdown
from rag.models import Conversation, Rating, StoredAnswer

DELETED_MEANWHILE = mark(
    "its conversation was deleted meanwhile; what is asked in a new conversation is stored again."
)
UNKNOWN_FAULT = mark("the terminal that runs this page shows what happened.")

log = logging.getLogger(__name__)


class StoredVisits:
    """Conversations of `assistant`'s library as visits of the page.

    `owner` is who is signed in, and sees no conversation of another; `None` where nobody signs in.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def listed(self, owner: str | None) -> tuple[Conversation, ...]:
        """The stored conversations, the latest first. Raises `LibraryDamaged`."""
        return self._assistant.conversations.of(owner).newest_first()

    def kept(self, visit: Visit, owner: str | None) -> Visit:
        """The visit with every answer stored that was not yet.

        Never raises: an answer that cannot be stored says why, and is tried again with the next.
        """
        unstored = ""
        exchanges: list[Exchange] = []
        for exchange in visit.exchanges:
            if exchange.answer is None or exchange.number is not None:
                exchanges.append(exchange)
                continue
            number = asked_at = None
            if not unstored:
                conversations = self._assistant.conversations.of(owner)
                try:
                    stored = conversations.add(
                        exchange.answer,
                        conversation=visit.conversation,
                        replacing=visit.replacing,
                        known=visit.replaced,
                    )
                except UnknownConversation:
                    unstored = t(DELETED_MEANWHILE)
                except PinciteError as error:
                    unstored = str(error)
                except Exception:  # the answer is there, and must be seen whatever storing it does
                    log.exception("Storing the answer to %r failed", exchange.question)
                    unstored = t(UNKNOWN_FAULT)
                else:
                    visit = replace(
                        visit,
                        conversation=stored.conversation_id,
                        replacing=None,
                        replaced=frozenset(),
                    )
                    number, asked_at = stored.number, stored.asked_at
            exchanges.append(replace(exchange, number=number, asked_at=asked_at, unstored=unstored))
        return replace(visit, exchanges=tuple(exchanges))

    def opened(self, conversation: str, owner: str | None) -> Visit:
        """A stored conversation, with what has become of its sources since.

        Raises `UnknownConversation` or `LibraryDamaged`.
        """
        conversations = self._assistant.conversations.of(owner)
        found = conversations.find(conversation)
        # Ratings of answers that were replaced since are kept too, but not for showing.
        rated = {entry.stored.asked_at: entry for entry in conversations.feedback(found.id)}
        exchanges = []
        for stored in conversations.answers(found.id):
            exchange = self._exchange(stored)
            if entry := rated.get(stored.asked_at):
                exchange = replace(exchange, rating=entry.rating, note=entry.note)
            exchanges.append(exchange)
        return Visit(conversation=found.id, exchanges=tuple(exchanges))

    def rated(
        self, visit: Visit, place: int, rating: Rating | None, note: str, owner: str | None
    ) -> Visit:
        """The visit with what is thought of one of its answers, which is kept with it.

        Raises `UnknownConversation`, `LibraryDamaged` or `LibraryUnwritable`, and `UsageError` if
        another answer has its place now.
        """
        exchange = visit.exchanges[place]
        if visit.conversation is None or exchange.number is None:
            return visit
        note = note if rating else ""
        conversations = self._assistant.conversations.of(owner)
        conversations.rate(
            visit.conversation, exchange.number, rating, note=note, asked_at=exchange.asked_at
        )
        rated = replace(exchange, rating=rating, note=note)
        return replace(
            visit,
            exchanges=(*visit.exchanges[:place], rated, *visit.exchanges[place + 1 :]),
        )

    def exported(self, visit: Visit, form: str, owner: str | None) -> str:
        """The stored conversation as Markdown, HTML or JSON. Raises `UnknownConversation`."""
        conversations = self._assistant.conversations.of(owner)
        found = conversations.find(visit.conversation or "")
        answers = conversations.answers(found.id)
        state = self._assistant.citation_state
        if form == "json":
            written = conversation_to_json(found, answers, state=state)
            return json.dumps(written, ensure_ascii=False, indent=2)
        write = conversation_to_html if form == "html" else conversation_to_markdown
        return write(found, answers, state=state)

    def rename(self, conversation: str, title: str, owner: str | None) -> None:
        """Raises `UnknownConversation`, or `UsageError` for a blank title."""
        self._assistant.conversations.of(owner).rename(conversation, title)

    def delete(self, conversation: str, owner: str | None) -> None:
        """Erases it for good. Raises `UnknownConversation`."""
        self._assistant.conversations.of(owner).delete(conversation)

    def _exchange(self, stored: StoredAnswer) -> Exchange:
        answer = stored.answer
        question = answer.question
        asked = Exchange(
            question=question.text.strip(),
            understood=question.standalone if question.is_follow_up else None,
            read=len(question.filters.document_ids) or None,
            number=stored.number,
            asked_at=stored.asked_at,
        )
        if stored.unreadable is not None:
            return replace(asked, trouble=stored.unreadable)
        states = self._assistant.citation_states(answer)
        return replace(asked, answer=answer, claims=answer.claims, states=states)
