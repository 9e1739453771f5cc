"""What a person calls a document (its id, the beginning of its id, or its source) as its id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from index.errors import UnknownDocument
from index.walk import readable, sources_meant


class Register(Protocol):
    """Knows the documents of a library by their ids and sources."""

    def ids_beginning_with(self, prefix: str) -> Sequence[str]: ...
    def id_of_source(self, source: str) -> str | None: ...


def resolve(catalog: Register, reference: str) -> str:
    """The id of the document that `reference` means. Raises `UnknownDocument`."""
    reference = readable(reference.strip())
    known = catalog.ids_beginning_with(reference.lower()) if reference else []
    if reference.lower() in known:
        return reference.lower()
    for source in sources_meant(reference):
        owner = catalog.id_of_source(source)
        if owner is not None:
            return owner
    if len(known) == 1:
        return known[0]
    if known:
        raise UnknownDocument(
            f"{reference!r} begins the ids of {len(known)} documents: give more of its digits."
        )
    raise UnknownDocument(
        f"No document has the id or source {reference!r}: list the documents to see both."
    )
