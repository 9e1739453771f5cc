"""What is named to be added: the list of it, and the bytes of each when its turn comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.archive import ArchiveReader
from index.errors import FetchFailed, SourceNotFound
from index.models import DocumentBytes, StopRequest, WebAddress
from index.read import read_bytes
from index.walk import Found, readable, walk
from index.web_address import normal_address

Source = Path | DocumentBytes | WebAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The bytes of a source, and what readers call them; `remark` is what a person should know."""

    name: str
    data: bytes = field(repr=False)
    remark: str | None = None


def listed(sources: Sequence[Source], *, except_folder: Path) -> list[Found]:
    """What the walk finds, then bytes, then web addresses, each name once: the last counts.

    Nothing is fetched. Raises `SourceNotFound`.
    """
    given = {source.name: source for source in sources if isinstance(source, DocumentBytes)}
    if not all(map(str.strip, given)):
        raise SourceNotFound("A document has no name: give it one. Nothing was added.")
    addresses = [_on_the_web(source) for source in sources if isinstance(source, WebAddress)]
    paths = [source for source in sources if isinstance(source, Path)]
    return [
        *walk(paths, except_folder=except_folder),
        *(
            Found(path=Path(name), data=source.data, size=len(source.data))
            for name, source in given.items()
        ),
        *{found.source: found for found in addresses}.values(),
    ]


def opened(
    file: Found, *, archives: ArchiveReader, allow_private: bool, should_stop: StopRequest
) -> Opened:
    """Raises `DocumentError`, and `Stopped`; `allow_private` as for `index.fetch`."""
    if file.address is not None:
        return _fetched(file.address, allow_private=allow_private, should_stop=should_stop)
    name = readable(file.location.name)
    if file.data is not None:
        return Opened(name=name, data=file.data)
    if file.member is not None:
        return Opened(name=name, data=archives.read(file.path, file.member))
    return Opened(name=name, data=read_bytes(file.path))


def _on_the_web(given: WebAddress) -> Found:
    try:
        normal = replace(given, url=normal_address(given.url))
    except FetchFailed as problem:
        return Found(path=Path(given.url), address=given, problem=problem)
    return Found(path=Path(normal.url), address=normal)


def _fetched(address: WebAddress, *, allow_private: bool, should_stop: StopRequest) -> Opened:
    from index.fetch import fetch

    reaching = allow_private and not address.public_only
    got = fetch(address.url, allow_private=reaching, should_stop=should_stop)
    remark = None if got.url == address.url else f"The address leads on to {got.url}."
    return Opened(name=got.name, data=got.data, remark=remark)
