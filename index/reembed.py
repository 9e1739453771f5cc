"""A library moves to another embedding model: every document is cut and embedded again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from index.catalog import Catalog
from index.embed import Embedder, Matrix
from index.models import Document, Passage
from index.passages import embedding_texts, passages_of, vector_key

# Texts embedded between two looks at the clock, so to speak: what an interruption can cost.
SLICE = 256


def model_mismatch(catalog: Catalog, embedder: Embedder, library: Path) -> str | None:
    """What is wrong if the catalog's vectors are another model's; a new catalog notes whose."""
    model_id, dimension = embedder.model_id, embedder.dimension
    meta = catalog.meta()
    if not meta:
        catalog.set_meta({"model_id": model_id, "dimension": str(dimension)})
        return None
    if (meta["model_id"], int(meta["dimension"])) == (model_id, dimension):
        return None
    return (
        f"The library {library} was embedded with {meta['model_id']} "
        f"({meta['dimension']} numbers a passage), but the settings name {model_id} "
        f"({dimension}): set embedding_model to {_settable(meta['model_id'])}, or embed "
        f"the library again with {model_id}: "
        f"`pincite rebuild --library {shlex.quote(str(library))}`."
    )


def _settable(model_id: str) -> str:
    """What the setting embedding_model must be for this model: its name, or where it lies."""
    name, _, weights = model_id.partition("@")
    return f"the path of that model's folder, {name}" if weights else name


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
