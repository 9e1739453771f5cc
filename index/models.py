"""The values of the library: documents, passages and what an ingest did with each file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

FileStatus = Literal["added", "unchanged", "moved", "replaced", "duplicate", "skipped", "failed"]


class Span(NamedTuple):
    """A half-open range of characters: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """What a loader read from one file, before cleaning.

    `text` is plain text with paragraphs separated by blank lines; `page_starts` holds the character
    offset in `text` at which each page begins (empty for formats without pages). Metadata is
    `None` wherever the file does not state it.
    """

    media_type: str
    text: str
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published_at: date | None = None
    language: str | None = None
    page_starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentBytes:
    """A document to be added that is no file; its source will be `name`, as a file's is its path.

    Other bytes under the same name replace it.
    """

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """A document to be added that is fetched from the web; its source will be the address.

    With `public_only`, nothing is fetched from this machine or a private network, whatever the
    settings say: so it is with what others than the user have typed.
    """

    url: str
    public_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of the library, cleaned.

    `id` is the first 32 hexadecimal digits of the SHA-256 of the original bytes. Every offset
    anywhere in Pincite refers to `text`. `outlet`, `author`, `published_at` and `language` are
    `None` where they are not certainly the document's own.
    """

    id: str
    sources: tuple[str, ...]
    title: str
    outlet: str | None = None
    author: str | None = None
    published_at: date | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    media_type: str = "text/plain"
    text: str
    page_starts: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page, counted from 1, that holds the character at `offset`; `None` without pages."""
        if not self.page_starts:
            return None
        return max(1, bisect_right(self.page_starts, offset))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHead:
    """What stands above a document's text, as far as it is known."""

    title: str
    outlet: str | None = None
    published_at: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSummary:
    """A row of the library's table: a document without its text.

    `story` is the same for all documents that tell a story in the same words, such as an agency's
    report in two papers: the id of the one that was added first. `None` if no other tells it.
    """

    id: str
    title: str
    outlet: str | None
    author: str | None
    published_at: date | None
    language: str | None
    tags: tuple[str, ...]
    media_type: str
    sources: tuple[str, ...]
    characters: int
    passages: int
    added_at: datetime
    story: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A searchable stretch of a document; `document.text[start:end] == text`, always."""

    id: str
    document_id: str
    start: int
    end: int
    text: str
    heading: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which documents a search may read; an empty field allows everything.

    A document passes if it has one of the values of every field, whatever their case. `sources` are
    files, folders, addresses, or patterns such as `reports/*.pdf`. Dates are inclusive; a document
    without a known date never passes a date filter.
    """

    document_ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published_from: date | None = None
    published_until: date | None = None

    @property
    def is_empty(self) -> bool:
        return self == Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPassage:
    """A passage one search found: cosine (dense) or negated BM25 (words), larger is better."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of one file; `reason` is a sentence whenever it was skipped or failed."""

    path: str
    status: FileStatus
    document_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest did, one row for every regular file walked, in the order of the walk.

    Where it was stopped, `left` files have no row: nothing of them was written.
    """

    files: tuple[FileReport, ...] = ()
    passages: int = 0
    seconds: float = 0.0
    left: int = 0

    def count(self, status: FileStatus) -> int:
        return sum(report.status == status for report in self.files)

    @property
    def failed(self) -> bool:
        """Whether any file failed."""
        return any(report.status == "failed" for report in self.files)

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before all files were done."""
        return self.left > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestProgress:
    """Where an ingest stands; what is done only grows. `files_total` is known from the first event.

    `passages_done` are embedded; they are written by whole documents, and only then is a file done.
    Bytes are those of files to be read, so that the time they take can be reckoned: `bytes_total`
    shrinks by every file that proves to be in the library already, and of files that are being
    embedded, the share that is counts as done. `current` is the file being read.
    """

    files_done: int
    files_total: int
    passages_done: int
    bytes_done: int = 0
    bytes_total: int = 0
    current: str | None = None


ProgressListener = Callable[[IngestProgress], None]
# Asked often, from more than one thread; once it has said yes, it must not say no again.
StopRequest = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What was written to the file `path`; `missing` are documents whose originals are lost."""

    path: str
    documents: int
    passages: int
    bytes: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """Every disagreement found between the catalog, the word index and the vector index."""

    documents: int
    passages: int
    problems: tuple[str, ...] = field(default=())

    @property
    def sound(self) -> bool:
        return not self.problems
