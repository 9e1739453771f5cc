"""Search by meaning: the vectors of all passages in an embedded Chroma directory.

Chroma holds ids and vectors, no text, and only repeats what the catalog knows: a directory that is
missing, damaged or out of step is made again from the catalog, without embedding anything.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from index import chroma
from index.catalog import Catalog
from index.chroma import ChromaFailed, Row, translated
from index.embed import Matrix
from index.errors import LibraryDamaged, LibraryUnwritable, PinciteError
from index.vector_files import (
    Signature,
    database_checksum,
    database_is_whole,
    graph_checksum,
    signature,
)

if TYPE_CHECKING:
    from index.chroma import Client, Collection

Result = TypeVar("Result")

GENERATION = "vector_index"  # which folder below `chroma` is current, in the catalog
# The checksums of that folder's graph, and of its database while it is not open, in the catalog.
GRAPH_SEAL, DATABASE_SEAL = "vector_index_graph", "vector_index_database"
PROBED_PASSAGES = 8
CLOSE_ENOUGH = 1e-4  # Chroma makes vectors of length one again


class VectorIndex:
    """The vectors of `catalog`'s passages, in `folder`; opened by the first use.

    One thread at a time: a search takes milliseconds, and the directory can be exchanged safely.
    What takes longer, making it again, happens in a folder of its own beside.
    """

    def __init__(self, folder: Path, *, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog
        self._building = Lock()  # never waited for by who has the turn
        self._turn = RLock()
        self._client: Client | None = None
        self._generation = catalog.meta().get(GENERATION, "")
        self._sealed: Signature | None = None
        self._sweep(self._generation)

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

    def altered(self, rows: Iterable[Row]) -> Iterator[str]:
        """The ids of those passages whose vectors are others in Chroma; searches go on between."""
        remaining = iter(rows)
        while batch := list(islice(remaining, chroma.BATCH)):
            yield from self._healed(partial(_altered, rows=batch))

    def rebuild(self) -> None:
        """Makes the index again from the catalog; searches use the old one until that is done.

        Nobody may change the catalog's passages meanwhile.
        """
        with self._building:
            generation = self._built()
            with self._turn:
                self._adopt(generation)

    def scrub(self) -> None:
        """Takes the vectors of removed passages out of Chroma's files.

        If Chroma fails at that, all of its files go, and the next search makes them again.
        """
        self.drain()
        with self._turn:
            self._close_client()
            dimension = int(self._catalog.meta()["dimension"])
            try:
                with translated():
                    chroma.scrub(self._folder / self._generation, dimension=dimension)
            except ChromaFailed:
                self.discard()
            else:
                self._seal_graph()
                self._seal_database()

    def discard(self) -> None:
        """Deletes Chroma's files; the next use makes them again."""
        with self._turn:
            self._close_client()
            self._sweep(None)

    def close(self) -> None:
        with self._turn:
            if self._client is not None:
                self._close_client()
                with suppress(PinciteError, OSError):
                    self._seal_database()

    def _close_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            # The index is given up in any case, often because it does not work.
            with suppress(ChromaFailed), translated():
                client.close()

    def _healed(self, operation: Callable[[Collection], Result]) -> Result:
        """The operation's result; if Chroma fails, its directory is made again, and once more."""
        with self._turn:
            broken = self._generation
            with suppress(ChromaFailed), translated():
                return self._done(operation)
        with self._building, self._turn:
            if self._generation == broken:
                self.discard()
                self._adopt(self._built())
            try:
                with translated():
                    return self._done(operation)
            except ChromaFailed as error:
                raise LibraryDamaged(
                    f"The vector index {self._folder} does not work, not even made anew ({error}): "
                    "install chromadb again."
                ) from error

    def _done(self, operation: Callable[[Collection], Result]) -> Result:
        result = operation(self._opened())
        self._seal_graph()
        return result

    def _built(self) -> str:
        """Makes a new generation of the index from the catalog; its name."""
        # Never a name that was used before: Chroma keeps what it knew of a path in memory.
        generation = secrets.token_hex(4)
        try:
            with translated():
                if self._folder.is_file():
                    self._folder.unlink()
                client, collection = chroma.open_collection(self._folder / generation)
                with closing(client):
                    chroma.write(collection, self._catalog.passage_vectors())
        except ChromaFailed as error:
            raise LibraryUnwritable(
                f"The vector index {self._folder} cannot be written ({error}): free some space "
                "on its disk or check its permissions, then run `pincite rebuild`."
            ) from error
        return generation

    def _adopt(self, generation: str) -> None:
        """Puts a generation that was just built in the place of the one in use."""
        folder = self._folder / generation
        self._close_client()
        seen = signature(folder)
        self._catalog.set_meta(
            {
                GENERATION: generation,
                GRAPH_SEAL: graph_checksum(folder),
                DATABASE_SEAL: database_checksum(folder),
            }
        )
        self._generation, self._sealed = generation, seen
        self._sweep(generation)

    def _opened(self) -> Collection:
        if self._client is None:
            folder = self._folder / self._generation
            self._require_whole(folder)
            self._client, collection = chroma.open_collection(folder)
            self._drain(collection)
            self._probe(collection)
            self._collection = collection
        return self._collection

    def _require_whole(self, folder: Path) -> None:
        """Raises `ValueError` or `OSError` unless the files are as they were left.

        Nothing is known of a library's graph before this version of Pincite, nor of a database
        whose process was killed.
        """
        meta = self._catalog.meta()
        if not self._generation or not folder.is_dir():
            raise FileNotFoundError(folder)
        seen, graph = signature(folder), meta.get(GRAPH_SEAL)
        if graph is not None and graph != graph_checksum(folder):
            raise ValueError("the graph is damaged")
        if database := meta.get(DATABASE_SEAL):
            whole = database == database_checksum(folder)
        else:
            whole = database_is_whole(folder)
        if not whole:
            raise ValueError("the database is damaged")
        self._sealed = seen if graph is not None else None
        self._catalog.set_meta({DATABASE_SEAL: ""})

    def _seal_graph(self) -> None:
        """Notes what the graph's files are like if they have changed."""
        folder = self._folder / self._generation
        seen = signature(folder)
        if seen != self._sealed:
            self._catalog.set_meta({GRAPH_SEAL: graph_checksum(folder)})
            self._sealed = seen

    def _seal_database(self) -> None:
        """Notes what the database is like; it must be closed."""
        checksum = database_checksum(self._folder / self._generation)
        self._catalog.set_meta({DATABASE_SEAL: checksum})

    def _sweep(self, generation: str | None) -> None:
        """Deletes what earlier and unfinished rebuilds left: all but this generation."""
        if self._folder.is_dir():
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
        if _altered(collection, sample):
            raise ValueError("vectors differ")
        found = collection.query(query_embeddings=sample[0][2][np.newaxis], n_results=1)
        if not found["ids"][0]:
            raise ValueError("finds nothing")

    def _drain(self, collection: Collection) -> None:
        while True:
            waiting, number = self._catalog.pending(chroma.BATCH)
            if not waiting:
                return
            rows = list(self._catalog.passage_vectors(ids=waiting))
            gone = sorted(set(waiting) - {row[0] for row in rows})
            if gone:
                dimension = int(self._catalog.meta()["dimension"])
                chroma.forget(collection, gone, dimension=dimension)
            chroma.write(collection, rows)
            self._catalog.settle(number)


def _altered(collection: Collection, rows: Sequence[Row]) -> list[str]:
    """The ids of those passages that have another vector in Chroma, or none."""
    stored = collection.get(ids=[row[0] for row in rows], include=["embeddings"])
    vectors = dict(zip(stored["ids"], np.asarray(stored["embeddings"]), strict=True))
    return [
        passage_id
        for passage_id, _, vector in rows
        if passage_id not in vectors
        or not np.allclose(vectors[passage_id], vector, atol=CLOSE_ENOUGH)
    ]
