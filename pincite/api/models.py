"""What requests hold. Unknown fields are refused, so that a misspelt filter is not ignored."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from index.errors import UsageError
from index.models import Document, DocumentSummary, FileReport, Filters, Passage
from rag.followup.rules import EARLIER_LIMIT
from rag.models import Conversation, SearchStage
from rag.settings import WriterName

_LONGEST = 1_000
_OWN = "For commands of the server's own machine only."
Names = Annotated[list[str], Field(max_length=_LONGEST)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FilterModel(_Body):
    """Which documents may be read; a document passes if it has one of the values of every field."""

    document_ids: Names = []
    sources: Names = []
    outlets: Names = []
    authors: Names = []
    languages: Names = []
    tags: Names = []
    published_from: date | None = None
    published_until: date | None = None

    def filters(self) -> Filters:
        """As the library takes them. Raises `UsageError` for an empty value or period."""
        lists = {
            "document_ids": tuple(self.document_ids),
            "sources": tuple(self.sources),
            "outlets": tuple(self.outlets),
            "authors": tuple(self.authors),
            "languages": tuple(self.languages),
            "tags": tuple(self.tags),
        }
        if any("" in values for values in lists.values()):
            raise UsageError("A filter is empty: give it a value, or leave it out.")
        first, last = self.published_from, self.published_until
        if first and last and first > last:
            raise UsageError(f"The period from {first} until {last} ends before it begins.")
        return Filters(**lists, published_from=first, published_until=last)


class AskRequest(_Body):
    """A question and how it is to be answered."""

    question: str = Field(description="What you want to know.")
    filters: FilterModel = FilterModel()
    asked_on: date | None = Field(
        default=None, description="Ask as of this day: what was published shortly before is fresh."
    )
    exclude: list[str] = Field(
        default_factory=list, max_length=_LONGEST, description="Ids of passages to leave out."
    )
    conversation: str | None = Field(
        default=None,
        description="Store the answer: `new` begins a conversation, an id goes on with one, so "
        "that the question may be a follow-up. Without it nothing is stored.",
    )
    earlier: list[dict[str, Any]] = Field(
        default_factory=list,
        max_length=EARLIER_LIMIT,
        description=f"The answers given last, oldest first, that a follow-up goes on from. {_OWN}",
    )
    writer: WriterName | None = Field(
        default=None, description=f"Who writes, instead of the setting. {_OWN}"
    )
    passages: int | None = Field(
        default=None,
        ge=1,
        le=50,
        description=f"Passages to read for evidence, instead of the setting. {_OWN}",
    )


class SearchRequest(_Body):
    """What to look for among the passages."""

    query: str
    limit: int = Field(default=8, ge=1, le=100)
    filters: FilterModel = FilterModel()
    asked_on: date | None = None


class AddressesRequest(_Body):
    """Web addresses to be fetched and added."""

    urls: list[str] = Field(default_factory=list, max_length=100)
    paths: list[str] = Field(
        default_factory=list,
        max_length=10_000,
        description="Files and folders of the server; for commands of its own machine only.",
    )
    tags: list[str] = Field(default_factory=list, max_length=100)


class FoundPassage(BaseModel):
    """A passage with what is known of its document."""

    rank: int
    score: float = Field(description="Compares only with scores of the same stage.")
    stage: SearchStage
    passage: Passage
    title: str
    outlet: str | None
    published_at: date | None


class SearchResults(BaseModel):
    """Passages, best first."""

    hits: list[FoundPassage]


class DocumentList(BaseModel):
    """A page of the library's documents, in the order in which they were added.

    `total` counts those that pass the filters, `in_library` all.
    """

    documents: list[DocumentSummary]
    total: int
    offset: int
    in_library: int
    nothing_passes: str | None = Field(
        default=None, description="Why no document passes the filters."
    )


class WholeDocument(BaseModel):
    """A document with its text."""

    document: Document


class PassageList(BaseModel):
    """The passages of a document in the order of its text."""

    passages: list[Passage]


class AdditionReport(BaseModel):
    """What became of each file; `left` were not begun because the client went away."""

    files: list[FileReport]
    passages: int
    seconds: float
    left: int
    stopped: bool
    failed: bool
    documents: int = Field(description="How many documents the library holds now.")


class Removed(BaseModel):
    """The ids of the documents erased.

    `still_quoted_in` are stored conversations of yours that may quote them still.
    """

    removed: list[str]
    still_quoted_in: list[str]


class TagRequest(_Body):
    """Tags to be given to a document and taken from it."""

    add_tags: list[str] = Field(default_factory=list, max_length=100)
    remove_tags: list[str] = Field(default_factory=list, max_length=100)


class Tagged(BaseModel):
    """The tags that a document has now."""

    id: str
    tags: list[str]


class Verified(BaseModel):
    """What was compared, and every disagreement found."""

    sound: bool
    documents: int
    passages: int
    problems: list[str]


class ConversationList(BaseModel):
    """Stored conversations, the one with the latest answer first."""

    conversations: list[Conversation]


class OneConversation(BaseModel):
    """A stored conversation without its answers."""

    conversation: Conversation


class RenameRequest(_Body):
    """Another title for a conversation."""

    title: str = Field(max_length=_LONGEST)


class StoreRequest(_Body):
    """An answer to be stored, as `/ask` gave it."""

    answer: dict[str, Any]
    conversation: str | None = Field(
        default=None, description="The conversation to go on with; without one, a new one begins."
    )


class StoredPlace(BaseModel):
    """Where an answer was stored: the `number`th of a conversation, from 1."""

    conversation: str
    number: int
    asked_at: AwareDatetime


class Deleted(BaseModel):
    """The id of the conversation erased."""

    deleted: str


class Health(BaseModel):
    """That the server answers, and what it serves."""

    status: Literal["ok"] = "ok"
    version: str
    documents: int
