"""The bytes that documents were read from, one file each, named by the document's id."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from index.errors import LibraryDamaged, LibraryUnwritable


class Originals:
    """The folder of originals; made if it does not exist. Raises `LibraryUnwritable`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _unwritable(folder, error) from error

    def write(self, document_id: str, data: bytes) -> None:
        """Keeps `data`; after a crash the file is whole or not there."""
        unfinished = self._folder / f"{document_id}.part"
        try:
            with unfinished.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(self._folder / document_id)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise _unwritable(self._folder, error) from error

    def read(self, document_id: str) -> bytes:
        """The bytes, exactly as they were added; `LibraryDamaged` if they are gone."""
        try:
            return (self._folder / document_id).read_bytes()
        except OSError as error:
            raise LibraryDamaged(
                f"The original of document {document_id} cannot be read ({error.strerror}): add "
                "the file again."
            ) from error

    def ids(self) -> set[str]:
        """The documents whose originals are here."""
        try:
            return {path.name for path in self._folder.iterdir()}
        except OSError as error:
            raise _unwritable(self._folder, error) from error

    def remove(self, document_ids: Iterable[str]) -> None:
        """Deletes originals; one that is gone already is no error."""
        for document_id in document_ids:
            try:
                (self._folder / document_id).unlink(missing_ok=True)
            except OSError as error:
                raise _unwritable(self._folder, error) from error

    def keep_only(self, document_ids: Collection[str]) -> None:
        """Deletes what an interrupted ingest or removal left behind."""
        self.remove(self.ids() - set(document_ids))


def _unwritable(folder: Path, error: OSError) -> LibraryUnwritable:
    return LibraryUnwritable(
        f"The library's folder {folder} cannot be written ({error.strerror}): free some space on "
        "its disk or check its permissions."
    )
