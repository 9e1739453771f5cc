"""Files become documents of a library: walk, load, clean, cut, embed, write; then the next."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath

from index.archive import ArchiveReader
from index.children import Stopped
from index.clean import CLEANER_VERSION
from index.embed import Matrix
from index.errors import DocumentError, EmptyDocument, UnsupportedFormat
from index.library import Library
from index.models import (
    Document,
    FileReport,
    FileStatus,
    IngestProgress,
    IngestReport,
    Passage,
    ProgressListener,
    RawDocument,
    StopRequest,
)
from index.passages import embedding_texts, passages_of, vector_key
from index.reembed import missing_vectors
from index.sources import Opened, Source, listed, opened
from index.tags import read_tags
from index.walk import Found, is_gone, readable

# Passages embedded together: enough to sort by length, few enough to lose little when interrupted.
FLUSH_PASSAGES = 256
# What a passage takes on disk: its vector twice, Chroma's graph, words and text; measured, doubled.
PASSAGE_BYTES = 16_000
RESERVE_BYTES = 32_000_000

_REREAD = "Read again, as this version of Pincite reads it."


def ingest(
    library: Library,
    sources: Iterable[Source],
    *,
    tags: Sequence[str] = (),
    allow_private_addresses: bool = False,
    on_progress: ProgressListener | None = None,
    should_stop: StopRequest | None = None,
) -> IngestReport:
    """Adds files, and folders and ZIP archives with all that is in them, to the library.

    Web addresses are fetched as their turn comes, from private networks only if that is allowed.
    One row is reported for every regular file walked, in order, then for what is no file; one that
    cannot be read never stops the others. Each document is written whole or not at all, so an
    ingest that was interrupted is finished by doing it again. Once `should_stop` says so, no other
    file is begun, the reading of the one at hand is ended, and what is not embedded yet is left
    out. Raises `SourceNotFound` before anything is written if one of `sources` does not exist,
    `ModelMismatch` if the library must be rebuilt first, and `LibraryUnwritable` if the disk is
    full.
    """
    begun = time.monotonic()
    library.require_model()
    files = listed(list(sources), except_folder=library.path)
    run = _Ingest(
        library,
        files,
        tags=read_tags(tags),
        allow_private=allow_private_addresses,
        on_progress=on_progress,
        should_stop=should_stop or (lambda: False),
    )
    with suppress(Stopped), closing(run.archives):
        for number, file in enumerate(files):
            run.tell(file.source)
            run.take(number, file)
        run.flush()
    run.finish()
    return IngestReport(
        files=tuple(run.reports[number] for number in sorted(run.reports)),
        passages=run.passages,
        seconds=time.monotonic() - begun,
        left=len(files) - len(run.reports),
    )


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A document read and cut, not embedded yet; `number` is its file's row."""

    number: int
    status: FileStatus
    reason: str | None
    document: Document
    data: bytes
    passages: list[Passage]
    texts: list[str]
    added_at: datetime


@dataclass(slots=True)
class _Ingest:
    """One run: rows so far, and the documents waiting to be embedded together.

    `embedded` is the share of what waits that is embedded, 0 to 1.
    """

    library: Library
    files: Sequence[Found]
    tags: tuple[str, ...] = field(kw_only=True)
    allow_private: bool = field(kw_only=True)
    on_progress: ProgressListener | None = field(kw_only=True)
    should_stop: StopRequest = field(kw_only=True)
    bytes_total: int = field(init=False)
    archives: ArchiveReader = field(default_factory=ArchiveReader)
    reports: dict[int, FileReport] = field(default_factory=dict)
    waiting: list[_Waiting] = field(default_factory=list)
    embedded: float = 0.0
    passages: int = 0
    bytes_done: int = 0
    erased: bool = False

    def __post_init__(self) -> None:
        self.bytes_total = sum(file.size for file in self.files)

    def take(self, number: int, file: Found) -> None:
        """Decides what is to be done with one file, and does it unless it must be embedded."""
        self._stop_if_asked()
        try:
            if file.problem is not None:
                raise file.problem
            given = opened(
                file,
                archives=self.archives,
                allow_private=self.allow_private,
                should_stop=self.should_stop,
            )
            self._stop_if_asked()
            document_id = hashlib.sha256(given.data).hexdigest()[:32]
            if any(other.document.id == document_id for other in self.waiting):
                self.flush()
            with self.library.changing:
                known = self._is_known(number, readable(file.source), document_id, given.data)
            if not known:
                self._prepare(number, readable(file.source), document_id, given)
        except (EmptyDocument, UnsupportedFormat) as error:
            self._report(number, "skipped", reason=str(error))
        except DocumentError as error:
            self._report(number, "failed", reason=str(error))
        if sum(len(waiting.passages) for waiting in self.waiting) >= FLUSH_PASSAGES:
            self.flush()

    def flush(self) -> None:
        """Embeds what waits, and writes each document in a transaction of its own."""
        if not self.waiting:
            return
        count = sum(len(waiting.passages) for waiting in self.waiting)
        size = sum(len(waiting.data) + 4 * len(waiting.document.text) for waiting in self.waiting)
        self.library.require_space(RESERVE_BYTES + size + count * PASSAGE_BYTES)
        vectors = self._embed()
        while self.waiting:
            self._write(self.waiting[0], vectors)
        self.embedded = 0.0
        self.library.vectors.drain()

    def _embed(self) -> dict[str, Matrix]:
        """The vectors of what waits, by key; not all of them once a stop was asked for."""
        embedder = self.library.embedder
        by_key = {
            vector_key(embedder, text): text for waiting in self.waiting for text in waiting.texts
        }
        # The known ones too: a document that is replaced or removed meanwhile may take them along.
        vectors = self.library.catalog.vectors(by_key)
        for found in missing_vectors(embedder, by_key, known=vectors):
            vectors.update(found)
            self.embedded = len(vectors) / len(by_key)
            self.tell(None)
            if self.should_stop():
                break
        self.embedded = 1.0
        return vectors

    def _write(self, waiting: _Waiting, vectors: Mapping[str, Matrix]) -> None:
        """Stores the document that waits first. Raises `Stopped` if it is not all embedded."""
        embedder, catalog, document = self.library.embedder, self.library.catalog, waiting.document
        keys = [vector_key(embedder, text) for text in waiting.texts]
        if not vectors.keys() >= set(keys):
            raise Stopped
        with self.library.changing, self.library.originals.storing(document.id, waiting.data):
            known = catalog.document(document.id)
            gone = catalog.store(
                document,
                passages=waiting.passages,
                vector_keys=keys,
                vectors={key: vectors[key] for key in keys},
                model_id=embedder.model_id,
                cleaner_version=CLEANER_VERSION,
                added_at=waiting.added_at,
                left=self._left(known.sources, document.sources[0]) if known else (),
            )
            self._forget(gone)
        self.waiting.pop(0)
        self.erased |= waiting.status == "replaced"
        self.passages += len(waiting.passages)
        self._report(waiting.number, waiting.status, document_id=document.id, reason=waiting.reason)
        self.tell(None)

    def finish(self) -> None:
        """Wipes what replaced versions left in the files, and tells that all is done."""
        if self.erased:
            self.library.wipe()
        self.library.vectors.drain()
        self.tell(None)

    def tell(self, current: str | None) -> None:
        if self.on_progress is None:
            return
        passages = sum(len(waiting.passages) for waiting in self.waiting)
        size = sum(self.files[waiting.number].size for waiting in self.waiting)
        self.on_progress(
            IngestProgress(
                files_done=len(self.reports),
                files_total=len(self.files),
                passages_done=self.passages + int(self.embedded * passages),
                bytes_done=self.bytes_done + int(self.embedded * size),
                bytes_total=self.bytes_total,
                current=current,
            )
        )

    def _stop_if_asked(self) -> None:
        if self.should_stop():
            raise Stopped

    def _is_known(self, number: int, source: str, document_id: str, data: bytes) -> bool:
        """Whether the library has these very bytes, read as they would be read today."""
        catalog = self.library.catalog
        reading = catalog.reading_of(document_id)
        if reading is None or reading[0] != CLEANER_VERSION:
            return False
        self.library.originals.mend(document_id, data)
        if self.tags:
            catalog.tag([document_id], add=self.tags)
        if catalog.id_of_source(source) == document_id:
            self._report(number, "unchanged", document_id=document_id)
            return True
        sources = self.library.document(document_id).sources
        gone = self._left(sources, source)
        self._forget(catalog.attach(source, document_id, instead_of=gone))
        status: FileStatus = "moved" if gone else "duplicate"
        reason = f"The same bytes as {sources[0]}." if sources else "The library has its bytes."
        if gone:
            reason = f"It was at {gone[0]}."
        self._report(number, status, document_id=document_id, reason=reason)
        return True

    def _left(self, sources: Sequence[str], source: str) -> list[str]:
        """The places that a document is not at any more, now that it is at another.

        Files in the library's folder come and go with uploads: nobody moved them.
        """
        if self.library.has_uploaded(source) or is_gone(source):
            return []
        return [
            place for place in sources if is_gone(place) and not self.library.has_uploaded(place)
        ]

    def _prepare(self, number: int, source: str, document_id: str, given: Opened) -> None:
        """Reads, cleans and cuts a document that the library does not have as it is now."""
        catalog = self.library.catalog
        reading = catalog.reading_of(document_id)
        document = _document(
            self.library.reading.read(given.data, given.name, should_stop=self.should_stop),
            document_id=document_id,
            name=given.name,
            source=source,
            tags=self.tags,
        )
        passages = passages_of(document, embedder=self.library.embedder)
        if not passages:
            raise EmptyDocument(f"{given.name} holds no text: there is nothing to add.")
        self.waiting.append(
            _Waiting(
                number=number,
                status="replaced" if reading or catalog.id_of_source(source) else "added",
                reason=_REREAD if reading else given.remark,
                document=document,
                data=given.data,
                passages=passages,
                texts=embedding_texts(document, passages, embedder=self.library.embedder),
                added_at=reading[1] if reading else datetime.now(UTC),
            )
        )

    def _forget(self, document_ids: Iterable[str]) -> None:
        """Removes the originals of documents that lost their last source."""
        gone = list(document_ids)
        self.library.originals.remove(gone)
        self.erased |= bool(gone)

    def _report(
        self,
        number: int,
        status: FileStatus,
        *,
        document_id: str | None = None,
        reason: str | None = None,
    ) -> None:
        if status in {"unchanged", "moved", "duplicate"}:
            self.bytes_total -= self.files[number].size
        else:
            self.bytes_done += self.files[number].size
        self.reports[number] = FileReport(
            path=self.files[number].source,
            status=status,
            document_id=document_id,
            reason=reason,
        )


def _document(
    raw: RawDocument, *, document_id: str, name: str, source: str, tags: Sequence[str]
) -> Document:
    return Document(
        id=document_id,
        sources=(source,),
        title=raw.title or PurePath(name).stem,
        outlet=raw.outlet,
        author=raw.author,
        published_at=raw.published_at,
        language=raw.language,
        tags=tuple(tags),
        media_type=raw.media_type,
        text=raw.text,
        page_starts=raw.page_starts,
    )
