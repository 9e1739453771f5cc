"""The bytes that documents were read from, one file each, named by the document's id.

The catalog may be lost, or an older one restored, and these files are then all that is left: so an
original is deleted only when the catalog says that its document was removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.catalog import Catalog
from index.errors import LibraryDamaged, LibraryUnwritable

# Of a file that is an original once the catalog knows its document.
UNFINISHED = ".part"
ORIGINALS_FOLDER = "originals"


class Originals:
    """The folder of `catalog`'s originals; made if it does not exist. Raises `LibraryUnwritable`.

    One thread at a time, and none that changes the catalog's documents meanwhile.
    """

    def __init__(self, folder: Path, *, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _unwritable(folder, error) from error

    @contextmanager
    def storing(self, document_id: str, data: bytes) -> Iterator[None]:
        """Keeps `data` if the block stores the document in the catalog; else nothing of it.

        That is so after a crash too, once the library was opened again.
        """
        unfinished = self._folder / f"{document_id}{UNFINISHED}"
        try:
            with unfinished.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise _unwritable(self._folder, error) from error
        try:
            yield
        finally:
            self._finish(unfinished, stored=self._catalog.reading_of(document_id) is not None)

    def recover(self) -> None:
        """Finishes what was begun with the originals when the library was last open."""
        for unfinished in self._paths():
            if unfinished.suffix == UNFINISHED:
                # Beside a whole original it is a second copy, and perhaps half of one.
                known = self._catalog.reading_of(unfinished.stem) is not None
                self._finish(unfinished, stored=known and not unfinished.with_suffix("").exists())
        self.remove(self._catalog.erased())

    def _finish(self, unfinished: Path, *, stored: bool) -> None:
        try:
            if stored:
                unfinished.replace(unfinished.with_suffix(""))
            else:
                unfinished.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self._folder, error) from error

    def mend(self, document_id: str, data: bytes) -> None:
        """Puts the bytes of a stored document in the place of what is lost or altered."""
        with suppress(OSError):
            if (self._folder / document_id).read_bytes() == data:
                return
        with self.storing(document_id, data):
            pass

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
        return {path.name for path in self._paths() if path.suffix != UNFINISHED}

    def _paths(self) -> list[Path]:
        try:
            return list(self._folder.iterdir())
        except OSError as error:
            raise _unwritable(self._folder, error) from error

    def remove(self, document_ids: Iterable[str]) -> None:
        """Deletes originals; one that is gone already is no error."""
        for document_id in document_ids:
            try:
                (self._folder / document_id).unlink(missing_ok=True)
            except OSError as error:
                raise _unwritable(self._folder, error) from error


def _unwritable(folder: Path, error: OSError) -> LibraryUnwritable:
    return LibraryUnwritable(
        f"The library's folder {folder} cannot be written ({error.strerror}): free some space on "
        "its disk or check its permissions."
    )
