"""Files become documents of a library: walk, load, clean, cut, embed, write; then the next."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from index.archive import ArchiveReader
from index.clean import CLEANER_VERSION
from index.errors import DocumentError, EmptyDocument, SourceNotFound, UnsupportedFormat
from index.library import Library
from index.models import (
    Document,
    DocumentBytes,
    FileReport,
    FileStatus,
    IngestProgress,
    IngestReport,
    Passage,
    ProgressListener,
    RawDocument,
)
from index.passages import embedding_texts, passages_of, vector_key
from index.read import read_bytes
from index.reembed import missing_vectors
from index.tags import read_tags, retagged
from index.walk import Found, is_gone, readable, walk

# Passages embedded together: enough to sort by length, few enough to lose little when interrupted.
FLUSH_PASSAGES = 256
# What a passage takes on disk: its vector twice, Chroma's graph, words and text; measured, doubled.
PASSAGE_BYTES = 16_000
RESERVE_BYTES = 32_000_000


def ingest(
    library: Library,
    sources: Iterable[Path | DocumentBytes],
    *,
    tags: Sequence[str] = (),
    on_progress: ProgressListener | None = None,
) -> IngestReport:
    """Adds files, and folders and ZIP archives with all that is in them, to the library.

    One row is reported for every regular file walked, in order; a file that cannot be read never
    stops the others. Each document is written whole or not at all, so an ingest that was
    interrupted is finished by doing it again. Raises `SourceNotFound` before anything is written
    if one of `sources` does not exist, `ModelMismatch` if the library must be rebuilt first, and
    `LibraryUnwritable` if the disk is full.
    """
    begun = time.monotonic()
    library.require_model()
    files = _found(list(sources), except_folder=library.path)
    run = _Ingest(library, files, tags=read_tags(tags), on_progress=on_progress)
    with closing(run.archives):
        for number, file in enumerate(files):
            run.tell(file.location)
            run.take(number, file)
    run.flush()
    run.finish()
    return IngestReport(
        files=tuple(run.reports[number] for number in range(len(files))),
        passages=run.passages,
        seconds=time.monotonic() - begun,
    )


def _found(sources: Sequence[Path | DocumentBytes], *, except_folder: Path) -> list[Found]:
    """What the walk finds, then what is no file, each name once: the last counts."""
    given = {source.name: source for source in sources if isinstance(source, DocumentBytes)}
    if not all(map(str.strip, given)):
        raise SourceNotFound("A document has no name: give it one. Nothing was added.")
    paths = [source for source in sources if not isinstance(source, DocumentBytes)]
    return [
        *walk(paths, except_folder=except_folder),
        *(Found(path=Path(name), data=source.data) for name, source in given.items()),
    ]


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
    """One run: rows so far, and the documents waiting to be embedded together."""

    library: Library
    files: Sequence[Found]
    tags: tuple[str, ...] = field(kw_only=True)
    on_progress: ProgressListener | None = field(kw_only=True)
    archives: ArchiveReader = field(default_factory=ArchiveReader)
    reports: dict[int, FileReport] = field(default_factory=dict)
    waiting: list[_Waiting] = field(default_factory=list)
    passages: int = 0
    erased: bool = False

    def take(self, number: int, file: Found) -> None:
        """Decides what is to be done with one file, and does it unless it must be embedded."""
        try:
            if file.problem is not None:
                raise file.problem
            data = self._bytes(file)
            document_id = hashlib.sha256(data).hexdigest()[:32]
            if any(other.document.id == document_id for other in self.waiting):
                self.flush()
            with self.library.changing:
                known = self._is_known(number, readable(str(file.location)), document_id)
            if not known:
                self._prepare(number, file.location, document_id, data)
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
        embedder, catalog = self.library.embedder, self.library.catalog
        count = sum(len(waiting.passages) for waiting in self.waiting)
        size = sum(len(waiting.data) + 4 * len(waiting.document.text) for waiting in self.waiting)
        self.library.require_space(RESERVE_BYTES + size + count * PASSAGE_BYTES)
        by_key = {
            vector_key(embedder, text): text for waiting in self.waiting for text in waiting.texts
        }
        # The known ones too: a document that is replaced or removed meanwhile may take them along.
        vectors = catalog.vectors(by_key)
        for found in missing_vectors(embedder, by_key, known=vectors):
            vectors.update(found)
        for waiting in self.waiting:
            keys = [vector_key(embedder, text) for text in waiting.texts]
            with (
                self.library.changing,
                self.library.originals.storing(waiting.document.id, waiting.data),
            ):
                gone = catalog.store(
                    waiting.document,
                    passages=waiting.passages,
                    vector_keys=keys,
                    vectors={key: vectors[key] for key in keys},
                    model_id=embedder.model_id,
                    cleaner_version=CLEANER_VERSION,
                    added_at=waiting.added_at,
                )
                self._forget(gone)
            self.erased |= waiting.status == "replaced"
            self.passages += len(waiting.passages)
            self._report(
                waiting.number,
                waiting.status,
                document_id=waiting.document.id,
                reason=waiting.reason,
            )
            self.tell(None)
        self.waiting.clear()
        self.library.vectors.drain()

    def finish(self) -> None:
        """Wipes what replaced versions left in the files, and tells that all is done."""
        if self.erased:
            self.library.wipe()
        self.library.vectors.drain()
        self.tell(None)

    def tell(self, current: Path | None) -> None:
        if self.on_progress is not None:
            self.on_progress(
                IngestProgress(
                    files_done=len(self.reports),
                    files_total=len(self.files),
                    passages_done=self.passages,
                    current=str(current) if current else None,
                )
            )

    def _bytes(self, file: Found) -> bytes:
        if file.data is not None:
            return file.data
        if file.member is not None:
            return self.archives.read(file.path, file.member)
        return read_bytes(file.path)

    def _is_known(self, number: int, source: str, document_id: str) -> bool:
        """Whether the library has these very bytes, read as they would be read today."""
        catalog = self.library.catalog
        reading = catalog.reading_of(document_id)
        if reading is None or reading[0] != CLEANER_VERSION:
            return False
        if self.tags:
            catalog.tag([document_id], add=self.tags)
        if catalog.id_of_source(source) == document_id:
            self._report(number, "unchanged", document_id=document_id)
            return True
        sources = self.library.document(document_id).sources
        gone = self._left(sources, source)
        self._forget(catalog.attach(source, document_id, instead_of=gone))
        status: FileStatus = "moved" if gone else "duplicate"
        reason = f"It was at {gone[0]}." if gone else f"The same bytes as {sources[0]}."
        self._report(number, status, document_id=document_id, reason=reason)
        return True

    def _left(self, sources: Sequence[str], source: str) -> list[str]:
        """The places that a document is not at any more, now that it is at another.

        Files in the library's folder come and go with uploads: nobody moved them.
        """
        if Path(source).is_relative_to(self.library.path) or is_gone(source):
            return []
        return [
            place
            for place in sources
            if is_gone(place) and not Path(place).is_relative_to(self.library.path)
        ]

    def _prepare(self, number: int, path: Path, document_id: str, data: bytes) -> None:
        """Reads, cleans and cuts a document that the library does not have as it is now."""
        catalog = self.library.catalog
        earlier, reading = catalog.document(document_id), catalog.reading_of(document_id)
        owner = catalog.id_of_source(readable(str(path)))
        previous = earlier or (catalog.document(owner) if owner else None)
        document = _document(
            self.library.reading.read(data, readable(path.name)),
            document_id=document_id,
            path=path,
            sources=self._sources(earlier, readable(str(path))),
            tags=retagged(previous.tags if previous else (), add=self.tags, remove=()),
        )
        passages = passages_of(document, embedder=self.library.embedder)
        if not passages:
            raise EmptyDocument(f"{path.name} holds no text: there is nothing to add.")
        self.waiting.append(
            _Waiting(
                number=number,
                status="replaced" if previous else "added",
                reason="Read again, as this version of Pincite reads it." if earlier else None,
                document=document,
                data=data,
                passages=passages,
                texts=embedding_texts(document, passages, embedder=self.library.embedder),
                added_at=reading[1] if reading else datetime.now(UTC),
            )
        )

    def _sources(self, earlier: Document | None, source: str) -> tuple[str, ...]:
        before = earlier.sources if earlier else ()
        gone = self._left(before, source)
        return tuple(dict.fromkeys([*(place for place in before if place not in gone), source]))

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
        self.reports[number] = FileReport(
            path=str(self.files[number].location),
            status=status,
            document_id=document_id,
            reason=reason,
        )


def _document(
    raw: RawDocument, *, document_id: str, path: Path, sources: Sequence[str], tags: Sequence[str]
) -> Document:
    return Document(
        id=document_id,
        sources=tuple(sources),
        title=raw.title or readable(path.stem),
        outlet=raw.outlet,
        author=raw.author,
        published_at=raw.published_at,
        language=raw.language,
        tags=tuple(tags),
        media_type=raw.media_type,
        text=raw.text,
        page_starts=raw.page_starts,
    )
