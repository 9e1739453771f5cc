"""The one door to Chroma: a folder with one collection of passages' vectors, and what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from index.embed import Matrix
from index.errors import PinciteError
from index.vector_files import compact

if TYPE_CHECKING:
    from chromadb.api.client import Client as Client  # noqa: PLC0414  # the index has it from here
    from chromadb.api.models.Collection import Collection as Collection  # noqa: PLC0414

Row: TypeAlias = tuple[str, str, Matrix]  # passage id, document id, vector

COLLECTION = "passages"
BATCH = 2_000
# After so many changes Chroma writes its graph to the disk and drops them from its journal.
SAVED_AFTER = 1_000
_SPARES = 3


class ChromaFailed(Exception):
    """Chroma raised or panicked; the message is its own. Never leaves the vector index."""


@contextmanager
def translated() -> Iterator[None]:
    """Turns whatever goes wrong in Chroma, its panics included, into `ChromaFailed`.

    Errors that are Pincite's own pass, and so does what stops a program.
    """
    try:
        yield
    except (PinciteError, MemoryError):
        raise
    except BaseException as error:
        # A panic of Chroma's native code is no Exception, and its class cannot be imported.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise ChromaFailed(str(error) or type(error).__name__) from error
        raise


def open_collection(folder: Path) -> tuple[Client, Collection]:
    """The collection in `folder`, which is made if need be, and the client to be closed."""
    import chromadb
    from chromadb.config import Settings

    client = cast(
        "Client",
        chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False)),
    )
    try:
        collection = client.get_or_create_collection(
            COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
    except BaseException:
        client.close()
        raise
    return client, collection


def write(collection: Collection, rows: Iterable[Row]) -> None:
    """Adds passages, or gives those that are there their vectors anew."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        collection.upsert(
            ids=[passage_id for passage_id, _, _ in batch],
            embeddings=np.stack([vector for _, _, vector in batch]),
            metadatas=[{"document_id": document_id} for _, document_id, _ in batch],
        )


def forget(collection: Collection, passage_ids: Sequence[str], *, dimension: int) -> None:
    """Deletes passages. Chroma only marks what it deletes: their vectors become noise before."""
    noise = np.random.default_rng().standard_normal((len(passage_ids), dimension), np.float32)
    collection.update(ids=list(passage_ids), embeddings=noise)
    collection.delete(ids=list(passage_ids))


def scrub(folder: Path, *, dimension: int) -> None:
    """Takes what was forgotten out of the files of the collection in `folder`, which is not open.

    Chroma's graph and journal hold it until the next `SAVED_AFTER` changes, so that few are made
    to suffice, and made; its database holds it until it is written anew.
    """
    client, collection = open_collection(folder)
    with closing(client):
        collection.modify(configuration={"hnsw": {"sync_threshold": 2}})
    client, collection = open_collection(folder)  # it is read at opening only
    with closing(client):
        spares = [f"spare {number}" for number in range(_SPARES)]
        collection.add(ids=spares, embeddings=np.eye(_SPARES, dimension, dtype=np.float32))
        collection.delete(ids=spares)
        collection.modify(configuration={"hnsw": {"sync_threshold": SAVED_AFTER}})
    compact(folder)
