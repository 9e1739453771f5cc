"""What was removed can be put back as it was, while somebody holds it in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from index.embed import Matrix
from index.errors import LibraryDamaged
from index.models import Document, Passage
from index.passages import embedding_texts, vector_key

if TYPE_CHECKING:
    from index.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDocument:
    """All that a library had of a document: its bytes, its text, its passages and their vectors."""

    document: Document
    data: bytes = field(repr=False)
    passages: tuple[Passage, ...] = field(repr=False)
    vector_keys: tuple[str, ...] = field(repr=False)
    vectors: Mapping[str, Matrix] = field(repr=False)
    model_id: str
    cleaner_version: int
    added_at: datetime

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory."""
        vectors = sum(vector.nbytes for vector in self.vectors.values())
        return len(self.data) + 2 * len(self.document.text) + vectors


def hold(library: Library, document_ids: Sequence[str]) -> Iterator[HeldDocument]:
    """The documents that can be put back; one whose original or vectors are lost is passed over."""
    for document_id in document_ids:
        document = library.document(document_id)
        reading = library.catalog.reading_of(document.id)
        passages = library.passages(document.id)
        texts = embedding_texts(document, passages, embedder=library.embedder)
        keys = tuple(vector_key(library.embedder, text) for text in texts)
        vectors = library.catalog.vectors(keys)
        try:
            data = library.original(document.id)
        except LibraryDamaged:
            continue
        if reading is not None and vectors.keys() >= set(keys):
            yield HeldDocument(
                document=document,
                data=data,
                passages=passages,
                vector_keys=keys,
                vectors=vectors,
                model_id=library.embedder.model_id,
                cleaner_version=reading[0],
                added_at=reading[1],
            )


def put_back(library: Library, held: HeldDocument) -> bool:
    """Store a document as it was; nothing is read or embedded again.

    A source that another document has taken since stays with that one. `False`, and nothing is
    done, where that leaves none, or the library has another model now.
    """
    document = held.document
    with library.changing:
        if held.model_id != library.embedder.model_id:
            return False
        catalog = library.catalog
        sources = tuple(
            source
            for source in document.sources
            if catalog.id_of_source(source) in {None, document.id}
        )
        if not sources:
            return False
        library.require_space(held.size)
        with library.originals.storing(document.id, held.data):
            catalog.store(
                replace(document, sources=sources),
                passages=held.passages,
                vector_keys=held.vector_keys,
                vectors=held.vectors,
                model_id=held.model_id,
                cleaner_version=held.cleaner_version,
                added_at=held.added_at,
            )
    library.vectors.drain()
    return True
