"""What a person calls a document (its id, the beginning of its id, or its source) as its id."""

from __future__ import annotations

from index.catalog import Catalog
from index.errors import FetchFailed, UnknownDocument
from index.walk import expanded, readable
from index.web_address import is_address, normal_address


def resolve(catalog: Catalog, reference: str) -> str:
    """The id of the document that `reference` means. Raises `UnknownDocument`."""
    reference = readable(reference.strip())
    known = catalog.ids_beginning_with(reference.lower()) if reference else []
    if reference.lower() in known:
        return reference.lower()
    for source in _sources_meant(reference):
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


def _sources_meant(reference: str) -> list[str]:
    """The sources that a reference can stand for: itself, and the path it leads to from here.

    A web address stands for itself in its one form.
    """
    try:
        if is_address(reference):
            return [normal_address(reference)]
        return [reference, str(expanded(reference).resolve())]
    # No address, no path, or one that leads round in a circle.
    except (FetchFailed, OSError, RuntimeError, ValueError):
        return [reference]
