"""Whether everything that a library keeps twice agrees."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

from index.catalog import Catalog
from index.errors import LibraryDamaged
from index.originals import Originals
from index.vectors import VectorIndex

_NAMED = 5


def problems(catalog: Catalog, vectors: VectorIndex, originals: Originals) -> Iterator[str]:
    """A sentence for every disagreement; none if the library is sound.

    The vector index is brought up to date first: changes it has not been told of are no fault.
    """
    yield from _passage_problems(catalog)
    if not catalog.words_agree():
        yield "The word index differs from the passages: run `pincite rebuild`."
    yield from _original_problems(catalog, originals)
    vectors.drain()
    expected = {passage_id for passage_id, _, _ in catalog.passage_vectors()}
    found = vectors.passage_ids()
    yield from _listed("passages are missing from the vector index", expected - found)
    yield from _listed("unknown passages are in the vector index", found - expected)


def _passage_problems(catalog: Catalog) -> Iterator[str]:
    dimension = int(catalog.meta()["dimension"])
    lengths = {passage_id: len(vector) for passage_id, _, vector in catalog.passage_vectors()}
    for document_id in catalog.document_ids():
        document = catalog.document(document_id)
        if document is None:
            continue
        for passage in catalog.passages(document_id):
            if document.text[passage.start : passage.end] != passage.text or not passage.text:
                yield f"Passage {passage.id} is not the text of {document_id} at its offsets."
            if lengths.get(passage.id) != dimension:
                yield f"Passage {passage.id} of {document_id} has no vector of the right length."


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
