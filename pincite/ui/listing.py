"""Which documents the library column lists, in which order, and which a conversation reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial, reduce
from typing import Any, Literal, get_args

from index.models import DocumentSummary, Filters
from index.walk import is_gone
from pincite.words import t
from rag import Assistant

SortKey = Literal["title", "outlet", "date", "added", "passages"]
State = Literal["", "undated", "no outlet", "retold", "gone"]
# In which a first press of a column's head lists: newest and longest first.
_FALLING: frozenset[SortKey] = frozenset({"date", "added", "passages"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a visitor wants listed; an empty field allows everything.

    `wanted` are words that stand in what is known of a document.
    """

    wanted: str = ""
    outlet: str = ""
    tag: str = ""
    language: str = ""
    state: State = ""
    since: date | None = None
    until: date | None = None
    sort: SortKey = "date"
    falling: bool = True

    @property
    def filters(self) -> Filters:
        """What of it a search's filters can say."""
        return Filters(
            outlets=(self.outlet,) if self.outlet else (),
            tags=(self.tag,) if self.tag else (),
            languages=(self.language,) if self.language else (),
            published_from=self.since,
            published_until=self.until,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order is chosen."""
        return bool(self.wanted.strip() or self.state) or not self.filters.is_empty

    def found(self, assistant: Assistant) -> list[DocumentSummary]:
        """The documents that pass, in order."""
        found = matching(assistant.documents(self.filters), self.wanted)
        if self.state:
            found = [each for each in found if _is_in(self.state, each, assistant)]
        return ordered(found, self.sort, falling=self.falling)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a visitor's conversation may read, and what is listed beside it.

    `collections` are tags, of which a document must have one; with `only`, it must be listed.
    """

    listing: Listing = field(default_factory=Listing)
    only: bool = False
    collections: tuple[str, ...] = ()

    def filters(self, assistant: Assistant) -> Filters | None:
        """The filters of a question; `None` for the whole library.

        `document_ids` are always those of the documents that pass.
        """
        only = self.only and self.listing.is_narrowed
        if not only and not self.collections:
            return None
        passing = assistant.documents(Filters(tags=self.collections))
        if only:
            listed = {document.id for document in self.listing.found(assistant)}
            passing = tuple(document for document in passing if document.id in listed)
        ids = tuple(document.id for document in passing)
        return Filters(document_ids=ids, tags=self.collections)

    @property
    def words(self) -> str:
        """The collections, as they follow a number of documents: `in #korea or #ships`."""
        return t("in {names}", names=either(self.collections)) if self.collections else ""


def either(tags: Sequence[str]) -> str:
    """One tag or another; there is at least one.

    >>> either(["korea", "ships"])
    '#korea or #ships'
    """
    names = (f"#{tag}" for tag in tags)
    return reduce(lambda some, name: t("{names} or {name}", names=some, name=name), names)


def matching(documents: Sequence[DocumentSummary], wanted: str) -> list[DocumentSummary]:
    """The documents in whose facts every word of `wanted` stands, whatever its case."""
    needles = wanted.casefold().split()
    return [
        document
        for document in documents
        if all(needle in _known_of(document) for needle in needles)
    ]


def ordered(
    documents: Sequence[DocumentSummary], sort: SortKey, *, falling: bool
) -> list[DocumentSummary]:
    """By one of the columns, then by title; where it is unknown, at the end either way."""
    known, unknown = list[DocumentSummary](), list[DocumentSummary]()
    for document in sorted(documents, key=lambda each: each.title.casefold()):
        (unknown if _value(document, sort) is None else known).append(document)
    by: Callable[[DocumentSummary], Any] = partial(_value, sort=sort)
    known.sort(key=by, reverse=falling)
    return known + unknown


def turned(listing: Listing, column: str) -> Listing:
    """As after a press of a column's head: the other way round if it is in that order already."""
    for sort in get_args(SortKey):
        if sort == column:
            falling = not listing.falling if sort == listing.sort else sort in _FALLING
            return replace(listing, sort=sort, falling=falling)
    return listing


def _value(document: DocumentSummary, sort: SortKey) -> str | date | int | None:
    match sort:
        case "title":
            return document.title.casefold()
        case "outlet":
            return document.outlet.casefold() if document.outlet else None
        case "date":
            return document.published_at
        case "added":
            return document.added_at
        case "passages":
            return document.passages


def _is_in(state: State, document: DocumentSummary, assistant: Assistant) -> bool:
    match state:
        case "undated":
            return document.published_at is None
        case "no outlet":
            return document.outlet is None
        case "retold":
            return document.story is not None
        case "gone":
            has_uploaded = assistant.library.has_uploaded
            return all(is_gone(each) and not has_uploaded(each) for each in document.sources)
        case _:
            return True


def _known_of(document: DocumentSummary) -> str:
    """Title, outlet, author, day, tags such as #korea, and sources."""
    tags = (f"#{tag}" for tag in document.tags)
    facts = (document.title, document.outlet, document.author, document.published_at)
    return "\n".join((*(str(fact) for fact in facts if fact), *tags, *document.sources)).casefold()
