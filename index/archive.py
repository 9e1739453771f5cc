"""A ZIP archive read like a folder: its members, within limits; nothing is unpacked to the disk."""

from __future__ import annotations

import io
import logging
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from index.errors import (
    BrokenDocument,
    DocumentError,
    EmptyDocument,
    OversizedDocument,
    ProtectedDocument,
    UnsupportedFormat,
)
from index.load import SIZE_LIMIT
from index.zip_files import RATIO_LIMIT, named_as_written, read_member

log = logging.getLogger(__name__)

MEMBER_LIMIT = 10_000
TOTAL_LIMIT = 2_000_000_000
# Whatever it shrank from, so much does no harm.
HARMLESS_BYTES = 1_000_000
# The table of contents of `MEMBER_LIMIT` members with names of ordinary length.
_CONTENTS_LIMIT = 4_000_000

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
# What tells a document or a program in a ZIP from an archive of files.
_OF_ONE_DOCUMENT = {
    "[Content_Types].xml",
    "mimetype",
    "META-INF/container.xml",
    "META-INF/MANIFEST.MF",
    "AndroidManifest.xml",
}
_ENCRYPTED = 0x1


def members(path: Path) -> Iterator[tuple[str, int, DocumentError | None]] | None:
    """Every file of the archive `path`, names in order: its size, and what forbids to read it.

    `None` if the file is no archive: it may be a document. Hidden members are passed over as hidden
    files are. Raises `DocumentError` for an archive that is refused as a whole, and `OSError`.
    """
    with path.open("rb") as stream:
        if stream.read(4) not in _MAGIC:
            return None
        archive = _opened(stream, path.name)
        if archive is None or _is_one_document(archive):
            return None
        inside = _contents(archive)
    if len(inside) > MEMBER_LIMIT:
        raise OversizedDocument(
            f"{path.name} holds {len(inside):,} files, more than the limit of {MEMBER_LIMIT:,}: "
            "unpack it and add its folder."
        )
    total = sum(info.file_size for info in inside.values())
    if total > TOTAL_LIMIT:
        raise OversizedDocument(
            f"{path.name} holds {total / 1e6:,.0f} MB, more than the limit of "
            f"{TOTAL_LIMIT / 1e6:,.0f} MB: unpack it and add its folder."
        )
    if not inside:
        raise EmptyDocument(f"{path.name} holds no files: there is nothing to add.")
    return ((name, inside[name].file_size, _refusal(inside[name])) for name in sorted(inside))


class ArchiveReader:
    """Reads members; keeps the archive of the last one open. For one thread."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._archive: zipfile.ZipFile | None = None
        self._inside: dict[str, zipfile.ZipInfo] = {}

    def read(self, path: Path, member: str) -> bytes:
        """The bytes of a member that `members` allows. Raises `DocumentError`."""
        try:
            archive = self._opened(path)
            data = read_member(archive, self._inside[member])
        # Whatever a broken archive does to the module that reads it, others go on.
        except Exception as error:
            raise BrokenDocument(
                f"{member} cannot be taken out of {path.name} ({error}): unpack the archive in "
                "another program and add what is in it."
            ) from error
        if data[:4] in _MAGIC:
            inner = _opened(io.BytesIO(data), member)
            if inner is not None and not _is_one_document(inner):
                raise UnsupportedFormat(
                    f"{member} is an archive within the archive {path.name}: unpack it and add "
                    "what is in it."
                )
        return data

    def close(self) -> None:
        """Closes the archive; doing so twice is harmless."""
        if self._archive is not None:
            self._archive.close()
        self._path = self._archive = None

    def _opened(self, path: Path) -> zipfile.ZipFile:
        if self._archive is None or path != self._path:
            self.close()
            self._archive = named_as_written(path)
            self._inside = _contents(self._archive)
            self._path = path
        return self._archive


class _Bounded(io.BufferedReader):
    """Refuses to read a table of contents that would fill the memory when taken apart."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _CONTENTS_LIMIT:
            raise _TooManyMembers
        return super().read(size)


class _TooManyMembers(Exception):
    """Never leaves this module."""


def _opened(stream: BinaryIO, name: str) -> zipfile.ZipFile | None:
    """The archive; `None` if it is damaged: whoever reads the file as a document says how."""
    try:
        return named_as_written(_Bounded(stream))  # type: ignore[arg-type]  # raw or buffered
    except _TooManyMembers:
        raise OversizedDocument(
            f"{name} has a table of contents for far more than {MEMBER_LIMIT:,} files, which is "
            "the limit: unpack it and add its folder."
        ) from None
    except Exception:  # `zipfile` raises whatever broken bytes lead it to
        log.debug("%s is no archive that can be opened", name, exc_info=True)
        return None


def _is_one_document(archive: zipfile.ZipFile) -> bool:
    return not _OF_ONE_DOCUMENT.isdisjoint(archive.namelist())


def _contents(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by the place where unpacking would put them; the last one lies there in the end."""
    infos = (info for info in archive.infolist() if not _passed_over(info))
    return {str(PurePosixPath(info.filename)): info for info in infos}


def _passed_over(info: zipfile.ZipInfo) -> bool:
    """Folders, links, hidden files, and what macOS adds to its archives."""
    hidden = any(
        (part.startswith(".") and part != "..") or part == "__MACOSX"
        for part in PurePosixPath(info.filename).parts
    )
    return hidden or info.is_dir() or stat.S_ISLNK(info.external_attr >> 16)


def _refusal(info: zipfile.ZipInfo) -> DocumentError | None:
    name, size = info.filename, info.file_size
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts:
        return BrokenDocument(
            f"{name} leads out of its archive: unpack the archive with care and add what you need."
        )
    if info.flag_bits & _ENCRYPTED:
        return ProtectedDocument(
            f"{name} is encrypted: unpack the archive with its password and add its folder."
        )
    if size > SIZE_LIMIT:
        return OversizedDocument(
            f"{name} has {size / 1024 / 1024:,.0f} MB, more than the limit of "
            f"{SIZE_LIMIT // 1024 // 1024} MB: split it into smaller files."
        )
    if size > max(HARMLESS_BYTES, RATIO_LIMIT * info.compress_size):
        return OversizedDocument(
            f"{name} is {size / max(1, info.compress_size):,.0f} times as large as it is in its "
            f"archive, and the limit is {RATIO_LIMIT} times: if it is no trap, unpack it and add "
            "it by itself."
        )
    return None
