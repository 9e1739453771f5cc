"""One file on disk becomes one cleaned document, or a sentence that says why it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from index.clean import clean
from index.errors import BrokenDocument, DocumentError, OversizedDocument, PinciteError
from index.language import written_language
from index.load import SIZE_LIMIT, load
from index.models import RawDocument


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises `OversizedDocument`, or `DocumentError` if it cannot be read."""
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise OversizedDocument(
                f"{path.name} has {size / 1024 / 1024:,.0f} MB, more than the limit of "
                f"{SIZE_LIMIT // 1024 // 1024} MB: split it into smaller files."
            )
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"{path.name} cannot be read ({error.strerror}): check its permissions, then add it "
            "again."
        ) from error


def read_document(data: bytes, name: str) -> RawDocument:
    """The file loaded and cleaned. Raises `DocumentError`, whatever its bytes do to a reader."""
    try:
        raw = clean(load(data, name), name)
        return replace(raw, language=raw.language or written_language(raw.text))
    except PinciteError:
        raise
    except Exception as error:  # whatever a file does to a reader, others go on
        raise BrokenDocument(
            f"{name} could not be made sense of ({type(error).__name__}: {error}): "
            "save it in another format and add that copy."
        ) from error
