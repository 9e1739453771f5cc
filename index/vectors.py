"""Search by meaning: the vectors of all passages in an embedded Chroma directory.

Chroma holds ids and vectors, no text, and only repeats what the catalog knows: a directory that is
missing, damaged or out of step is made again from the catalog, without embedding anything.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from index.catalog import Catalog
from index.embed import Matrix
from index.errors import LibraryDamaged, LibraryUnwritable, PinciteError

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

Result = TypeVar("Result")
Row = tuple[str, str, Matrix]  # passage id, document id, vector

COLLECTION = "passages"
GENERATION = "vector_index"  # which folder below `chroma` is current, in the catalog
BATCH = 2_000
PROBED_PASSAGES = 8


class VectorIndex:
    """The vectors of `catalog`'s passages, in `folder`; opened by the first use.

    One thread at a time: a search takes milliseconds, and the directory can be exchanged safely.
    """

    def __init__(self, folder: Path, *, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog
        self._turn = RLock()
        self._client: Client | None = None

    def nearest(
        self, vector: Matrix, *, limit: int, document_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Passage ids and cosines, at most `limit`, best first; equal ones in order of id.

        `document_ids` narrows the search to these documents.
        """

        def query(collection: Collection) -> list[tuple[str, float]]:
            where: Any = {"document_id": {"$in": list(document_ids)}} if document_ids else None
            found = collection.query(
                query_embeddings=vector[np.newaxis],
                n_results=limit,
                where=where,
                include=["distances"],
            )
            distances = found["distances"] or [[]]
            return [
                (passage_id, 1.0 - distance)
                for passage_id, distance in zip(found["ids"][0], distances[0], strict=True)
            ]

        found = self._healed(query)
        return sorted(found, key=lambda row: (-row[1], row[0]))

    def drain(self) -> None:
        """Tells Chroma of every change that the catalog has made since."""
        self._healed(self._drain)

    def passage_ids(self) -> set[str]:
        """The ids of all passages that Chroma knows."""
        return self._healed(lambda collection: set(collection.get(include=[])["ids"]))

    def rebuild(self) -> None:
        """Makes the index again from the catalog; the old one stands until the new one is whole."""
        with self._turn:
            # Never a name that was used before: Chroma keeps what it knew of a path in memory.
            generation = secrets.token_hex(4)
            try:
                with translated():
                    if self._folder.is_file():
                        self._folder.unlink()
                    client, collection = _open(self._folder / generation)
                    with closing(client):
                        self._write(collection, self._catalog.passage_vectors())
            except ChromaFailed as error:
                raise LibraryUnwritable(
                    f"The vector index {self._folder} cannot be written ({error}): free some space "
                    "on its disk or check its permissions, then run `pincite rebuild`."
                ) from error
            self._catalog.set_meta({GENERATION: generation})
            self._close_client()
            self._sweep(generation)

    def close(self) -> None:
        with self._turn:
            self._close_client()

    def _close_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            # The index is given up in any case, often because it does not work.
            with suppress(ChromaFailed), translated():
                client.close()

    def _healed(self, operation: Callable[[Collection], Result]) -> Result:
        """The operation's result; if Chroma fails, its directory is made again, and once more."""
        with self._turn:
            with suppress(ChromaFailed), translated():
                return operation(self._opened())
            self._close_client()
            self.rebuild()
            try:
                with translated():
                    return operation(self._opened())
            except ChromaFailed as error:
                raise LibraryDamaged(
                    f"The vector index {self._folder} does not work, not even made anew ({error}): "
                    "install chromadb again."
                ) from error

    def _opened(self) -> Collection:
        if self._client is None:
            generation = self._catalog.meta().get(GENERATION, "")
            if not generation or not (self._folder / generation).is_dir():
                raise FileNotFoundError(self._folder / generation)
            self._sweep(generation)
            self._client, collection = _open(self._folder / generation)
            self._drain(collection)
            self._probe(collection)
            self._collection = collection
        return self._collection

    def _sweep(self, generation: str) -> None:
        """Deletes what earlier and unfinished rebuilds left."""
        for path in self._folder.iterdir():
            if path.name != generation:
                shutil.rmtree(path, ignore_errors=True)

    def _probe(self, collection: Collection) -> None:
        """Compares counts and a sample with the catalog; raises `ValueError` if they differ."""
        expected = self._catalog.count_passages()
        if collection.count() != expected:
            raise ValueError("counts differ")
        with closing(self._catalog.passage_vectors()) as rows:
            sample = list(islice(rows, PROBED_PASSAGES))
        if not sample:
            return
        stored = collection.get(ids=[row[0] for row in sample], include=["embeddings"])
        vectors = dict(zip(stored["ids"], np.asarray(stored["embeddings"]), strict=True))
        for passage_id, _, vector in sample:
            if not np.allclose(vectors[passage_id], vector, atol=1e-4):
                raise ValueError("vectors differ")
        found = collection.query(query_embeddings=sample[0][2][np.newaxis], n_results=1)
        if not found["ids"][0]:
            raise ValueError("finds nothing")

    def _drain(self, collection: Collection) -> None:
        while True:
            waiting, number = self._catalog.pending(BATCH)
            if not waiting:
                return
            rows = list(self._catalog.passage_vectors(ids=waiting))
            gone = sorted(set(waiting) - {row[0] for row in rows})
            if gone:
                collection.delete(ids=gone)
            self._write(collection, rows)
            self._catalog.settle(number)

    def _write(self, collection: Collection, rows: Iterable[Row]) -> None:
        remaining = iter(rows)
        while batch := list(islice(remaining, BATCH)):
            collection.upsert(
                ids=[passage_id for passage_id, _, _ in batch],
                embeddings=np.stack([vector for _, _, vector in batch]),
                metadatas=[{"document_id": document_id} for _, document_id, _ in batch],
            )


class ChromaFailed(Exception):
    """Chroma raised or panicked; the message is its own. Never leaves this module."""


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


def _open(folder: Path) -> tuple[Client, Collection]:
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
