"""What is said above a document, and the vectors of passages: what ranking asks of the catalog."""

from __future__ import annotations

import json
from collections.abc import Sequence

from index import schema
from index.catalog import Catalog
from index.embed import Matrix
from index.models import DocumentHead


def document_heads(catalog: Catalog, document_ids: Sequence[str]) -> dict[str, DocumentHead]:
    """Title, outlet and day of those of the documents that exist, without reading their texts."""
    with catalog.reading() as connection:
        rows = connection.execute(
            schema.SELECT_HEADS, [json.dumps(list(dict.fromkeys(document_ids)))]
        ).fetchall()
    return {row["id"]: schema.to_head(row) for row in rows}


def passage_vectors(catalog: Catalog, passage_ids: Sequence[str]) -> dict[str, Matrix]:
    """The unit vectors, shape (dimension,), of those of the passages that exist."""
    found = catalog.passage_vectors(ids=list(dict.fromkeys(passage_ids)))
    return {passage_id: vector for passage_id, _, vector in found}
