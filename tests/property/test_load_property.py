"""Whatever the bytes, reading ends in a document or in a document error."""

from __future__ import annotations

import io
import zipfile
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive import ArchiveReader, members
from index.clean import clean
from index.decode import normal_form
from index.errors import DocumentError
from index.load import load
from tests.made_files import MAKERS, ZIPPED, mail, repacked, zipped

MADE = {name: make("The crews walked out.") for name, make in MAKERS.items()}
SEEDS = (
    *MADE.values(),
    b"<html><head><title>A</title></head><body><p>The crews walked out.</p></body></html>",
    b"---\ntitle: A\n---\n# B\n\n- c\n\n| d | e |\n|---|---|\n| f | g |\n",
    b"Crews walk out again tonight\n\nBy Ida Roe, Gull Post\nPublished 5 May 2023\n\nThey left.",
    b"From a@b Thu Oct 5\n" + mail("They left.\n") + b"\nFrom c@d Fri Oct 6\n" + mail("So?\n"),
    rb"{\rtf1\mac{\fonttbl{\f0\fcharset78 A;}}{\info{\title B}}{\v c}\f0 \'91\'44\cell d\cell\row}",
    b'Boat,Note\nKnot,"Nine, said Roe."\nTern,"5 pipes\nSkua,"Old, ""slow""."\n',
)
STARTS = (
    b"%PDF-1.4\n",
    b"{\\rtf1",
    b"From: a\nDate: b\n",
    b'{"a":',
    b"PK\x03\x04",
    b"<html>",
    b"---\n",
    b"\xff\xfe",
    b"\xd0\xcf\x11\xe0",
    b"",
)
NAMES = st.sampled_from([*MAKERS, "a", ""])


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes with a piece replaced, or cut off."""
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 40)))
    tail = data[end:] if draw(st.booleans()) else b""
    return data[:start] + draw(st.binary(max_size=30)) + tail


@st.composite
def damaged_inside(draw: st.DrawFn) -> bytes:
    """A zip-based file that is whole as a zip, one of its members damaged: its parser meets it."""
    data = MADE[draw(st.sampled_from(ZIPPED))]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = draw(st.sampled_from(archive.namelist()))
        content = draw(damaged(archive.read(name)))
    return repacked(data, {name: lambda _: content})


BYTES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(str.encode),
    st.tuples(st.sampled_from(STARTS), st.binary(max_size=200)).map(b"".join),
    st.sampled_from(SEEDS).flatmap(damaged),
    damaged_inside(),
)


@settings(max_examples=150, deadline=None)
@given(BYTES, NAMES)
def test_arbitrary_bytes_become_a_clean_document_or_a_document_error(
    data: bytes, name: str
) -> None:
    try:
        raw = load(data, name)
    except DocumentError:
        return
    assert raw.text.strip()
    assert normal_form(raw.text) == raw.text
    cleaned = clean(raw, name)
    assert cleaned.text.strip()
    assert cleaned.title
    assert normal_form(cleaned.text) == cleaned.text
    assert len(cleaned.page_starts) == len(raw.page_starts)
    assert list(cleaned.page_starts) == sorted(cleaned.page_starts)
    assert all(0 <= start < len(cleaned.text) for start in cleaned.page_starts)


@settings(max_examples=60, deadline=None)
@given(damaged(zipped({"a.txt": "They left.", "b/./c.txt": "So?", "Größe.txt": "No."})))
def test_a_damaged_archive_yields_members_or_a_document_error(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        path.write_bytes(data)
        reader = ArchiveReader()
        with suppress(DocumentError), closing(reader):
            for name, refusal, _ in members(path) or ():
                if refusal is None:
                    with suppress(DocumentError):
                        assert isinstance(reader.read(path, name), bytes)
