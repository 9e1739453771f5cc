"""A library: catalog, word index and vector index, opened, searched and kept in step."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from index.catalog import Catalog
from index.chunk import CHUNKER_VERSION
from index.dense import EXACT_BELOW, search_dense
from index.embed import Embedder, Matrix
from index.errors import (
    LibraryNotFound,
    LibraryUnwritable,
    ModelMismatch,
    PinciteError,
    SourceNotFound,
    UnknownDocument,
    UsageError,
)
from index.heads import document_heads, passage_vectors
from index.lexical import passage_frequency, search_words
from index.load_pdf import MEDIA_TYPE as PDF
from index.lock import LibraryLock
from index.models import (
    Document,
    DocumentHead,
    DocumentSummary,
    Filters,
    Passage,
    ScoredPassage,
    Span,
    VerifyReport,
)
from index.originals import ORIGINALS_FOLDER, Originals
from index.page_drawing import PageDrawing, PageImage
from index.reading_process import DocumentReading
from index.reembed import model_mismatch, reembed
from index.references import resolve
from index.schema import SCHEMA_VERSION
from index.storage import Storage, measure
from index.tags import read_tags
from index.vectors import VectorIndex
from index.verify import problems
from index.walk import expanded, is_gone, readable

CATALOG_FILE = "catalog.sqlite3"
_NO_FILTERS = Filters()


def open_library(
    path: Path, *, embedder: Embedder, create: bool = True, allow_model_change: bool = False
) -> Library:
    """Opens the library in the folder `path` for this process alone; makes it if `create`.

    Raises `LibraryNotFound`, `LibraryLocked` (naming the process that has it), `LibraryUnwritable`,
    `LibraryDamaged`, or `ModelMismatch` if it was embedded with another model. The last can be
    allowed in order to `rebuild` the library with the new model; until that is done, searches and
    changes raise it.
    """
    path = expanded(path).absolute()
    try:
        if not create and not (path / CATALOG_FILE).is_file():
            raise LibraryNotFound(
                f"There is no library at {path}: add documents to make one, or name another folder."
            )
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        verb = "made" if create else "opened"
        reason = getattr(error, "strerror", None) or error
        raise LibraryUnwritable(
            f"The library's folder {readable(str(path))} cannot be {verb} ({reason}): choose a "
            "folder that you may write to."
        ) from error
    lock = LibraryLock(path)
    try:
        return Library(path, embedder=embedder, lock=lock, allow_model_change=allow_model_change)
    except BaseException:
        lock.release()
        raise


class Library:
    """An open library; see `open_library`. Usable from several threads, and a context manager.

    `changing` is held while documents and their originals change, by one thread at a time.
    """

    def __init__(
        self,
        path: Path,
        *,
        embedder: Embedder,
        lock: LibraryLock,
        allow_model_change: bool,
    ) -> None:
        self.path = path
        self.embedder = embedder
        self.exact_below = EXACT_BELOW
        self.reading = DocumentReading()
        self._drawing = PageDrawing()
        self.changing = RLock()
        self._lock = lock
        # Documents of which only the vector index may hold a trace.
        self._wiped: list[str] = []
        self.catalog = Catalog(path / CATALOG_FILE)
        try:
            self._mismatch = model_mismatch(self.catalog, self.embedder, self.path)
            if not allow_model_change:
                self.require_model()
            self.originals = Originals(path / ORIGINALS_FOLDER, catalog=self.catalog)
            self.originals.recover()
            self.vectors = VectorIndex(path / "chroma", catalog=self.catalog)
            if self.catalog.erased():
                self.wipe()
                self.vectors.discard()
                with suppress(LibraryUnwritable):  # for want of space: the next opening tries again
                    self._forget_erased()
        except BaseException:
            self.catalog.close()
            raise
        self._query_vector: Callable[[str], Matrix] = lru_cache(maxsize=256)(self._embed_query)
        self._fingerprint_after = lru_cache(maxsize=1)(self._compute_fingerprint)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the library up for other processes; using it afterwards raises `LibraryClosed`.

        The last traces of documents that were removed leave the disk now; see `remove`.
        """
        self.reading.close()
        self._drawing.close()
        try:
            with suppress(PinciteError):
                if self._wiped:
                    self.vectors.scrub()
                    self._forget_erased()
        finally:
            self.vectors.close()
            self.catalog.close()
            self._lock.release()

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits; equal for equal documents, model and ways of cutting."""
        return self._fingerprint_after(self.catalog.commits)

    def _compute_fingerprint(self, commits: int) -> str:
        del commits  # what the value is remembered by: every answer asks, few things change it
        meta = self.catalog.meta()
        parts = [
            str(SCHEMA_VERSION),
            str(CHUNKER_VERSION),
            meta["model_id"],
            *(f"{name} {version}" for name, version in self.catalog.reading_versions()),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    # Reading.

    def documents(self, filters: Filters = _NO_FILTERS) -> tuple[DocumentSummary, ...]:
        """A row for each document that passes, in the order in which they were added."""
        return self.catalog.documents(filters)

    def gone(self, folder: Path) -> tuple[DocumentSummary, ...]:
        """The documents that came from files below `folder` alone which are certainly deleted.

        See `is_gone`; what was uploaded to the library's own folder is never gone. Raises
        `SourceNotFound` if there is no such folder: it may be on a disk that is not mounted.
        """
        whole = expanded(folder).resolve()
        if not whole.is_dir():
            raise SourceNotFound(
                f"There is no folder {readable(str(whole))}, so that nothing can be said about its "
                "files: check the path, and whether its disk is mounted."
            )
        return tuple(
            summary
            for summary in self.documents(Filters(sources=(readable(str(whole)),)))
            if all(
                Path(each).is_relative_to(whole) and is_gone(each) and not self.has_uploaded(each)
                for each in summary.sources
            )
        )

    def has_uploaded(self, source: str) -> bool:
        """Whether a source is a file in the library's own folder, where uploads come and go."""
        return Path(source).is_relative_to(self.path.resolve())

    def document(self, reference: str) -> Document:
        """The document with this id, unique beginning of an id, or source; `UnknownDocument`."""
        document = self.catalog.document(reference) or self.catalog.document(
            self.resolve(reference)
        )
        if document is None:
            raise UnknownDocument(f"The document {reference} was removed just now.")
        return document

    def resolve(self, reference: str) -> str:
        """The id of the document that `reference` (see `document`) means."""
        return resolve(self.catalog, reference)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """The document's passages in the order of its text; takes what `document` takes."""
        return self.catalog.passages(self.resolve(document_id))

    def original(self, document_id: str) -> bytes:
        """The bytes that the document was read from; takes what `document` takes."""
        return self.originals.read(self.resolve(document_id))

    def page_image(self, document_id: str, *, page: int, spans: Sequence[Span] = ()) -> PageImage:
        """A page of a PDF as a picture, with the places of spans; takes what `document` takes.

        Raises `UsageError` for a page that there is not, and `DocumentError` for one that cannot be
        drawn.
        """
        document = self.document(document_id)
        pages = len(document.page_starts) if document.media_type == PDF else 0
        if not 1 <= page <= pages:
            raise UsageError(f"There is no page {page:,} to be shown: {pages:,} are there.")
        data = self.originals.read(document.id)
        return self._drawing.draw(data, document, page=page, spans=spans)

    # Searching.

    def search_dense(
        self, query: str, *, limit: int, filters: Filters = _NO_FILTERS
    ) -> list[ScoredPassage]:
        """At most `limit` passages nearest in meaning, best first; scores are cosines."""
        self.require_model()
        return search_dense(
            self.catalog,
            self.vectors,
            lambda: self._query_vector(query),
            limit=limit,
            filters=filters,
            exact_below=self.exact_below,
        )

    def search_words(
        self, query: str, *, limit: int, filters: Filters = _NO_FILTERS
    ) -> list[ScoredPassage]:
        """At most `limit` passages holding any of the query's words, best first by BM25."""
        self.require_model()
        return search_words(self.catalog, query, limit=limit, filters=filters)

    def query_vector(self, query: str) -> Matrix:
        """The unit vector that a search by meaning compares with, shape (dimension,)."""
        self.require_model()
        return self._query_vector(query)

    def passage_vectors(self, passage_ids: Sequence[str]) -> dict[str, Matrix]:
        """The unit vectors of those of the passages that exist."""
        return passage_vectors(self.catalog, passage_ids)

    def heads(self, document_ids: Sequence[str]) -> dict[str, DocumentHead]:
        """Title, outlet and day of those of the documents that exist."""
        return document_heads(self.catalog, document_ids)

    def passage_frequency(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each word occurs, whatever its ending."""
        return passage_frequency(self.catalog, words)

    @property
    def passage_count(self) -> int:
        return self.catalog.count_passages()

    def warm(self) -> None:
        """Loads the embedding model and the vector index, so that no question waits for them."""
        self.embedder.embed(["warm"])
        if self.passage_count:
            self.search_dense("warm", limit=1)

    # Changing.

    def remove(self, *document_ids: str) -> None:
        """Erases documents: text, words, vectors and originals; takes what `document` takes.

        Raises `UnknownDocument` before anything is erased. Traces that may be left, vectors in the
        files of the vector index and copies of rows that SQLite has moved, go when the library is
        closed: its databases are written anew. Where that fails, the next opening sees to it.
        """
        self.require_model()
        with self.changing:
            for document_id in [self.resolve(reference) for reference in document_ids]:
                self.catalog.erase(document_id)
            self.wipe()
        self.vectors.drain()

    def tag(self, *document_ids: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Gives documents tags and takes others from them; takes what `document` takes.

        Raises `UsageError` for a tag that is none, and `UnknownDocument`, before anything changes.
        """
        added, removed = read_tags(add), read_tags(remove)
        with self.changing:
            self.catalog.tag(map(self.resolve, document_ids), add=added, remove=removed)

    def wipe(self) -> None:
        """Deletes from the disk what is left of removed documents: originals, and deleted rows.

        When the process ends before that is done, opening the library does it.
        """
        with self.changing:
            erased, self._wiped = self.catalog.erased(), []
            self.originals.remove(erased)
            self.catalog.scrub()
            self._wiped = erased

    def _forget_erased(self) -> None:
        """Loses the last traces in the catalog, and with them what was to be done."""
        self.catalog.compact()
        erased, self._wiped = self._wiped, []
        self.catalog.forget_erased(erased)

    def verify(self) -> VerifyReport:
        """Compares everything the library keeps twice, and says where it disagrees.

        Raises `LibraryDamaged` if the catalog's file does not hold together. Searches go on.
        """
        with self.changing:
            found = list(problems(self.catalog, self.vectors, self.originals))
            summaries = self.documents()
        return VerifyReport(
            documents=len(summaries),
            passages=sum(summary.passages for summary in summaries),
            problems=tuple(found),
        )

    def rebuild(self) -> None:
        """Makes the word index and the vector index again from the catalog.

        Searches go on meanwhile; changes wait. Nothing is embedded, unless the library was opened
        with another model than it has: then every document is cut and embedded again for the new
        one, and searches raise `ModelMismatch` until that is done.
        """
        with self.changing:
            if self._mismatch is not None:
                reembed(self.catalog, self.embedder)
                self._mismatch = None
            self.catalog.drop_dangling()
            self.catalog.rebuild_words()
            self.vectors.rebuild()

    def storage(self) -> Storage:
        """The room that the library takes on its disk."""
        return measure(self.path, free=shutil.disk_usage(self.path).free)

    def require_model(self) -> None:
        """Raises `ModelMismatch` if another model embedded the library: it must be rebuilt."""
        if self._mismatch is not None:
            raise ModelMismatch(self._mismatch)

    def require_space(self, needed: int) -> None:
        """Raises `LibraryUnwritable` unless the library's disk has room for `needed` bytes."""
        free = shutil.disk_usage(self.path).free
        if free < needed:
            raise LibraryUnwritable(
                f"The disk of the library {self.path} has {free / 1e6:,.0f} MB left, and about "
                f"{needed / 1e6:,.0f} MB are needed: free some space. What was added so far stays."
            )

    def _embed_query(self, query: str) -> Matrix:
        vector: Matrix = self.embedder.embed([query])[0]
        return vector
