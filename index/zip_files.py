"""Files that are zip archives inside, such as DOCX or EPUB, opened without trusting them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from index.errors import BrokenDocument, OversizedDocument, ProtectedDocument

if TYPE_CHECKING:
    from lxml.etree import _Element

# The sum of what all members say they unpack to; more is refused before anything is unpacked, and
# `read_member` unpacks no more than a member says.
UNPACKED_LIMIT = 300 * 1024 * 1024
# A sheet of equal numbers packs to a fiftieth; only files made to harm go far beyond.
RATIO_LIMIT = 200
RATIO_COUNTS_FROM = 20 * 1024 * 1024
# A presentation of 500 slides has about 4,000.
MEMBER_LIMIT = 20_000


def named_as_written(file: Path | BinaryIO) -> zipfile.ZipFile:
    """The archive, its names read as UTF-8 where they are, though many programs fail to say so.

    Raises whatever `zipfile` raises for a damaged archive, and `OSError`.
    """
    try:
        return zipfile.ZipFile(file, metadata_encoding="utf-8")
    except UnicodeDecodeError:
        return zipfile.ZipFile(file)


@contextmanager
def opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, once its table of contents promises nothing unreasonable.

    Raises `OversizedDocument` or `ProtectedDocument` with a message that follows the file's name,
    and whatever `zipfile` raises for a damaged archive.
    """
    with named_as_written(io.BytesIO(data)) as archive:
        members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        if unpacked > UNPACKED_LIMIT:
            raise OversizedDocument(
                f"unpacks to more than {UNPACKED_LIMIT // 1024 // 1024} MB: remove its pictures"
                " or split it."
            )
        if unpacked > max(RATIO_COUNTS_FROM, RATIO_LIMIT * len(data)):
            raise OversizedDocument(
                f"unpacks to more than {RATIO_LIMIT} times its size, as files made to fill a"
                " memory do: save it again in its own program and add that copy."
            )
        if len(members) > MEMBER_LIMIT:
            raise OversizedDocument(
                f"holds {len(members):,} files, more than the limit of {MEMBER_LIMIT:,}: split it."
            )
        if any(member.flag_bits & 1 for member in members):
            raise ProtectedDocument("is encrypted: save it without a password and add it again.")
        yield archive


def read_member(archive: zipfile.ZipFile, member: str | zipfile.ZipInfo) -> bytes:
    """What a member holds, without unpacking more than it says it holds.

    `ZipFile.read` unpacks all there is before it looks at what was said. Raises what `zipfile`
    raises, and `BadZipFile` for a kind of packing that cannot be unpacked little by little.
    """
    info = archive.getinfo(member) if isinstance(member, str) else member
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile("it is packed in an unusual way")
    with archive.open(info) as stream:
        return stream.read(info.file_size + 1)


def xml_member(archive: zipfile.ZipFile, name: str) -> _Element:
    """A member as parsed XML; entities stay unresolved and nothing is fetched.

    Raises `BrokenDocument` with a message that follows the file's name when there is no such
    member, and whatever lxml raises for damaged XML.
    """
    from lxml import etree

    try:
        source = read_member(archive, name)
    except KeyError as error:
        raise BrokenDocument(
            f"lacks its part {name}: it is damaged or incomplete; save or download it again."
        ) from error
    return etree.fromstring(
        source, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    )
