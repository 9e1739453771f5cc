"""Whatever the bytes, reading ends in a document or in a document error."""

from __future__ import annotations

import io
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean import clean
from index.decode import normal_form
from index.errors import DocumentError
from index.load import load
from tests.made_files import MAKERS, ZIPPED


def unpacked(data: bytes) -> bytes:
    """The archive with its members stored, not deflated, so that changed bytes reach the parser."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return buffer.getvalue()


MADE = {name: make("The crews walked out.") for name, make in MAKERS.items()}
SEEDS = (
    *(unpacked(made) if name in ZIPPED else made for name, made in MADE.items()),
    b"<html><head><title>A</title></head><body><p>The crews walked out.</p></body></html>",
    b"---\ntitle: A\n---\n# B\n\n- c\n\n| d | e |\n|---|---|\n| f | g |\n",
    b"Crews walk out again tonight\n\nBy Ida Roe, Gull Post\nPublished 5 May 2023\n\nThey left.",
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
def damaged(draw: st.DrawFn) -> bytes:
    """A real file with a piece replaced, or cut off."""
    data = draw(st.sampled_from(SEEDS))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 40)))
    tail = data[end:] if draw(st.booleans()) else b""
    return data[:start] + draw(st.binary(max_size=30)) + tail


BYTES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(str.encode),
    st.tuples(st.sampled_from(STARTS), st.binary(max_size=200)).map(b"".join),
    damaged(),
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
