"""Whether everything that a library keeps twice agrees."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import closing

import numpy as np

from index.catalog import Catalog
from index.embed import Matrix
from index.errors import LibraryDamaged
from index.originals import Originals
from index.vectors import CLOSE_ENOUGH, VectorIndex

_NAMED = 5
# Rows that lack what they belong to: what is wrong, which they are, how to mend it.
_DANGLING = (
    (
        "sources belong to no document",
        "SELECT source FROM sources WHERE document_id NOT IN (SELECT id FROM documents)",
        "Run `pincite rebuild`, then add these files again.",
    ),
    (
        "documents have no source",
        "SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM sources)",
        "Add their files again.",
    ),
    (
        "passages belong to no document",
        "SELECT id FROM passages WHERE document_id NOT IN (SELECT id FROM documents)",
        "Run `pincite rebuild`.",
    ),
    (
        "vectors belong to no passage",
        "SELECT key FROM vectors WHERE NOT EXISTS "
        "(SELECT 1 FROM passages WHERE vector_key = vectors.key)",
        "Run `pincite rebuild`.",
    ),
)


def problems(catalog: Catalog, vectors: VectorIndex, originals: Originals) -> Iterator[str]:
    """A sentence for every disagreement; none if the library is sound.

    The vector index is brought up to date first: changes it has not been told of are no fault.
    Searches go on meanwhile. Raises `LibraryDamaged` if the catalog's file does not hold together.
    """
    catalog.require_whole()
    yield from _dangling_rows(catalog)
    yield from _passage_problems(catalog)
    if not catalog.words_agree():
        yield "The word index differs from the passages: run `pincite rebuild`."
    yield from _original_problems(catalog, originals)
    yield from _vector_problems(catalog, vectors)


def _dangling_rows(catalog: Catalog) -> Iterator[str]:
    for what, query, mend in _DANGLING:
        with catalog.reading() as connection:
            names = [str(row[0]) for row in connection.execute(query)]
        for problem in _listed(what, names):
            yield f"{problem} {mend}"


def _passage_problems(catalog: Catalog) -> Iterator[str]:
    dimension = int(catalog.meta()["dimension"])
    usable = {
        passage_id
        for passage_id, _, vector in catalog.passage_vectors()
        if _is_usable(vector, dimension)
    }
    for document_id in catalog.document_ids():
        document = catalog.document(document_id)
        if document is None:
            continue
        for passage in catalog.passages(document_id):
            if document.text[passage.start : passage.end] != passage.text or not passage.text:
                yield (
                    f"Passage {passage.id} is not the text of {document_id} at its offsets: "
                    "remove the document and add it again."
                )
            if passage.id not in usable:
                yield (
                    f"Passage {passage.id} of {document_id} has no vector of length one with "
                    f"{dimension} numbers: remove the document and add it again."
                )


def _is_usable(vector: Matrix, dimension: int) -> bool:
    return len(vector) == dimension and abs(float(np.linalg.norm(vector)) - 1) < CLOSE_ENOUGH


def _vector_problems(catalog: Catalog, vectors: VectorIndex) -> Iterator[str]:
    vectors.drain()
    expected = {passage_id for passage_id, _, _ in catalog.passage_vectors()}
    found = vectors.passage_ids()
    said = [
        *_listed("passages are missing from the vector index", expected - found),
        *_listed("unknown passages are in the vector index", found - expected),
    ]
    with closing(catalog.passage_vectors()) as rows:
        altered = [passage_id for passage_id in vectors.altered(rows) if passage_id in found]
    said += _listed("passages have other vectors in the vector index", altered)
    for problem in said:
        yield f"{problem} Run `pincite rebuild`."


def _original_problems(catalog: Catalog, originals: Originals) -> Iterator[str]:
    known = set(catalog.document_ids())
    strays = originals.ids() - known
    for problem in _listed("originals belong to no document", strays):
        yield f"{problem} Restore the catalog that has them from a backup, or move them away."
    for document_id in sorted(known):
        try:
            data = originals.read(document_id)
        except LibraryDamaged as error:
            yield str(error)
            continue
        if hashlib.sha256(data).hexdigest()[: len(document_id)] != document_id:
            yield f"The original of document {document_id} has been altered: add the file again."


def _listed(what: str, names: Collection[str]) -> Iterator[str]:
    if names:
        first = ", ".join(sorted(names)[:_NAMED])
        yield f"{len(names)} {what}: {first}{' and more' if len(names) > _NAMED else ''}."
