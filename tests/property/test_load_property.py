"""Whatever the bytes, reading ends in a document or in a document error."""

from __future__ import annotations

import io
import zipfile

import docx
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from index.clean import clean
from index.decode import normal_form
from index.errors import DocumentError
from index.load import load


def pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(72, 700, "The crews walked out.")
    canvas.save()
    return buffer.getvalue()


def word_file() -> bytes:
    buffer = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("The crews walked out.")
    document.save(buffer)
    # Stored, not deflated, so that changed bytes reach the parser.
    stored = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(stored, "w") as target:
        for name in ("[Content_Types].xml", "_rels/.rels", "word/document.xml"):
            target.writestr(name, source.read(name))
    return stored.getvalue()


SEEDS = (
    pdf(),
    word_file(),
    b"<html><head><title>A</title></head><body><p>The crews walked out.</p></body></html>",
    b"---\ntitle: A\n---\n# B\n\n- c\n\n| d | e |\n|---|---|\n| f | g |\n",
    b"Crews walk out again tonight\n\nBy Ida Roe, Gull Post\nPublished 5 May 2023\n\nThey left.",
)
STARTS = (b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"---\n", b"\xff\xfe", b"\xd0\xcf\x11\xe0", b"")
NAMES = st.sampled_from(["a.txt", "a.md", "a.html", "a.pdf", "a.docx", "a", ""])


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
