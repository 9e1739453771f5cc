"""A library moves to another embedding model: every document is cut and embedded again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from index.catalog import Catalog
from index.embed import Embedder, Matrix
from index.models import Document, Passage
from index.passages import embedding_texts, passages_of, vector_key

# Texts embedded between two looks at the clock, so to speak: what an interruption can cost.
SLICE = 256


def missing_vectors(
    embedder: Embedder, texts: Mapping[str, str], *, known: Mapping[str, Matrix]
) -> Iterator[dict[str, Matrix]]:
    """Vectors of those `texts` (by key) that are not among the `known`, a slice at a time."""
    missing = [(key, text) for key, text in texts.items() if key not in known]
    for start in range(0, len(missing), SLICE):
        batch = dict(missing[start : start + SLICE])
        yield dict(zip(batch, embedder.embed(list(batch.values())), strict=True))


def reembed(catalog: Catalog, embedder: Embedder) -> None:
    """Replaces all passages and vectors at once; until then, and after a crash, the old ones stand.

    Vectors are kept as they are made, so a second attempt goes on where the first ended.
    """
    for document in _documents(catalog):
        passages = passages_of(document, embedder=embedder)
        texts = embedding_texts(document, passages, embedder=embedder)
        by_key = {vector_key(embedder, text): text for text in texts}
        known = catalog.vectors(by_key)
        for vectors in missing_vectors(embedder, by_key, known=known):
            catalog.keep_vectors(vectors, embedder.model_id)
    catalog.replace_passages(
        (_recut(document, embedder) for document in _documents(catalog)),
        {"model_id": embedder.model_id, "dimension": str(embedder.dimension)},
    )


def _recut(
    document: Document, embedder: Embedder
) -> tuple[Document, Sequence[Passage], Sequence[str]]:
    passages = passages_of(document, embedder=embedder)
    texts = embedding_texts(document, passages, embedder=embedder)
    return document, passages, [vector_key(embedder, text) for text in texts]


def _documents(catalog: Catalog) -> Iterator[Document]:
    for document_id in catalog.document_ids():
        document = catalog.document(document_id)
        if document is not None:
            yield document
