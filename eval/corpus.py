"""The documents of a data set become a library, once; later runs find it again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Unpack
from urllib.parse import quote

from eval.models import CorpusRow, Dataset, EvaluationListener, EvaluationProgress
from index.chunk import CHUNKER_VERSION
from index.clean import CLEANER_VERSION
from index.embed import number_format
from index.errors import DatasetError
from index.models import DocumentSummary, IngestProgress, ProgressListener
from rag.assistant import Assistant
from rag.opening import open_assistant
from rag.settings import SettingOptions, load_settings

# Part of every cached library's name: raise it whenever the same row would be written otherwise.
ROW_FILE_VERSION = 1
_COMPLETE = "complete.json"
_MARKUP = re.compile(r"[\\`*_\[\]<>&#|~]")
_LINE_START = re.compile(r"^(\d{0,9})([-+=.)])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The data set's names for the documents of a library, both ways.

    Rows with the same content are one document of the library; `canonical` then gives each of
    them the same name.
    """

    by_document: Mapping[str, str]
    by_name: Mapping[str, str]

    def name(self, document_id: str) -> str:
        """What the data set calls a document; its id if the set does not know it."""
        return self.by_document.get(document_id, document_id)

    def canonical(self, name: str) -> str:
        """The one name of the document that a data set calls `name`; unknown names stay."""
        return self.name(self.by_name[name]) if name in self.by_name else name

    def __contains__(self, name: str) -> bool:
        return name in self.by_name


@contextmanager
def open_corpus(
    dataset: Dataset,
    *,
    library: Path | Assistant | None = None,
    cache: Path | None = None,
    on_progress: EvaluationListener | None = None,
    **settings: Unpack[SettingOptions],
) -> Iterator[tuple[Assistant, Names, tuple[str, ...]]]:
    """An assistant over the set's documents, their names, and notes on what could not be read.

    A `library` that exists is opened and not changed; one that an assistant has open is asked with
    the settings that it has, and stays open. Otherwise the corpus is added to a library
    in `cache`, or in a temporary folder; a cached one is used again when the corpus, the embedding
    model, its number format and the ways of cleaning and cutting are the same. Raises
    `DatasetError` when there are neither documents nor a library, and whatever `open_assistant`
    raises.
    """
    notes: tuple[str, ...]
    with ExitStack() as stack:
        if isinstance(library, Assistant):
            assistant, notes = library, ()
        elif library is not None:
            assistant = stack.enter_context(open_assistant(library, create=False, **settings))
            notes = ()
        elif dataset.corpus is None:
            raise DatasetError(
                f"{dataset.name} has questions but no documents: name the library to ask with "
                "--library, or documents with --corpus."
            )
        else:
            root = cache or Path(stack.enter_context(TemporaryDirectory(prefix="pincite-")))
            folder = root / _key(dataset, settings)
            assistant = stack.enter_context(open_assistant(folder / "library", **settings))
            notes = _fill(assistant, dataset.corpus, folder, on_progress=on_progress)
        yield assistant, names_in(assistant.documents(), dataset.corpus), notes


def names_in(
    documents: Iterable[DocumentSummary], corpus: tuple[CorpusRow, ...] | Path | None
) -> Names:
    """Matches documents with a data set's names by the files they came from.

    A row of a corpus came from the file that was written for it. Elsewhere a document goes by its
    file's name, by that name without its suffix, by its source as it is, and by its id.
    """
    rows = corpus if isinstance(corpus, tuple) else ()
    row_by_file = {file_name(row.id): row.id for row in rows}
    by_document: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for document in documents:
        for source in sorted(document.sources):
            name = Path(source).name
            own = row_by_file.get(name, name)
            by_document.setdefault(document.id, own)
            for alias in (own, name, Path(source).stem, source, document.id):
                by_name.setdefault(alias, document.id)
    return Names(by_document=by_document, by_name=by_name)


def file_name(row_id: str) -> str:
    """A file name that is valid, and different for different ids, on every file system.

    >>> file_name("Normans#3")
    'Normans%233-cb3b1d44.md'
    """
    return f"{quote(row_id, safe=' ')[:80]}-{hashlib.sha256(row_id.encode()).hexdigest()[:8]}.md"


def row_file(row: CorpusRow) -> str:
    r"""A row as the text of a Markdown file: what is known about it in front matter, then its text.

    Front matter is the one place where title, outlet and day are stated rather than guessed, and
    Markdown can say that a character is meant as it stands: so the text is read back unchanged but
    for indentation and surplus blank lines.

    >>> print(row_file(CorpusRow(id="a", title="Shells", text="# 1 of *two*", source="Wire")))
    ---
    title: "Shells"
    outlet: "Wire"
    ---
    <BLANKLINE>
    \# 1 of \*two\*
    <BLANKLINE>
    """
    known = {"title": row.title, "outlet": row.source, "date": _day(row.published_at)}
    # A JSON string of printable characters is a YAML string.
    head = [
        f"{key}: {json.dumps(_one_line(value), ensure_ascii=False)}"
        for key, value in known.items()
        if value
    ]
    return "\n".join(["---", *head, "---", "", _as_markdown(row.text), ""])


def _as_markdown(text: str) -> str:
    """Markdown that reads as `text`: its line breaks kept, none of its characters markup."""
    paragraphs: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        bare = line.strip()
        if bare:
            paragraphs[-1].append(_LINE_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", bare)))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join("\\\n".join(lines) for lines in paragraphs if lines)


def _one_line(text: str) -> str:
    return "".join(filter(str.isprintable, " ".join(text.split())))


def _day(published_at: str | None) -> str | None:
    """The day of a date or time in ISO format; `None` for anything else."""
    try:
        return date.fromisoformat((published_at or "")[:10]).isoformat()
    except ValueError:
        return None


def _fill(
    assistant: Assistant,
    corpus: tuple[CorpusRow, ...] | Path,
    folder: Path,
    *,
    on_progress: EvaluationListener | None,
) -> tuple[str, ...]:
    marker = folder / _COMPLETE
    if marker.is_file():
        state = json.loads(marker.read_text(encoding="utf-8"))
        if state.get("documents") == len(assistant.documents()):
            return tuple(state.get("notes", ()))
    source = corpus if isinstance(corpus, Path) else _write_rows(corpus, folder / "documents")
    report = assistant.add(source, on_progress=_as_ingest_listener(on_progress))
    notes = tuple(
        f"{Path(file.path).name} is not in the library: {file.reason}"
        for file in report.files
        if file.status in {"failed", "skipped"}
    )
    state = {"documents": len(assistant.documents()), "notes": notes}
    marker.write_text(json.dumps(state), encoding="utf-8")
    return notes


def _write_rows(rows: Iterable[CorpusRow], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        (folder / file_name(row.id)).write_bytes(row_file(row).encode())
    return folder


def _as_ingest_listener(listener: EvaluationListener | None) -> ProgressListener | None:
    if listener is None:
        return None

    def tell(progress: IngestProgress) -> None:
        listener(
            EvaluationProgress(
                stage="building the library",
                done=progress.files_done,
                total=progress.files_total,
            )
        )

    return tell


def _key(dataset: Dataset, settings: SettingOptions) -> str:
    """A folder name that changes with everything a library's content depends on."""
    chosen = load_settings(None, dict(settings))
    parts = [
        dataset.corpus_fingerprint,
        chosen.embedding_model,
        number_format(chosen.embedding_model, chosen.embedding_precision),
        *map(str, (CLEANER_VERSION, CHUNKER_VERSION, ROW_FILE_VERSION)),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
