"""Pages of PDFs as pictures: the words cited are where the boxes are, and bad files do no harm."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from index.build import ingest
from index.embed import Embedder
from index.errors import DocumentError, UsageError
from index.library import Library, open_library
from index.models import Document, DocumentBytes, Span
from index.page_drawing import PageDrawing, words_on_page

BEACON = "The beacon was lit on the ninth of March, before the ferry left the harbour."
LINES = (
    ("Harbour report", 780),
    ("The beacon was lit on the ninth of March, before the", 700),
    ("ferry left the harbour.", 686),
    ("It was dark.", 600),
    ("A keeper said so. It was dark.", 400),
)


def report(*, rotation: int = 0) -> bytes:
    buffer = io.BytesIO()
    # The canvas swaps the sides of a page that lies on its side.
    canvas = Canvas(buffer, pagesize=(800, 600) if rotation % 180 else (600, 800))
    for page in range(2):
        canvas.setPageRotation(rotation)
        for text, height in LINES if page == 0 else [("The second page is short.", 700)]:
            canvas.drawString(60, height, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.fixture
def library(tmp_path: Path, tiny_embedder: Embedder) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=tiny_embedder) as opened:
        yield opened


def added(library: Library, data: bytes) -> Document:
    ((row,),) = (ingest(library, [DocumentBytes(name="report.pdf", data=data)]).files,)
    assert row.document_id is not None
    return library.document(row.document_id)


def span_of(document: Document, words: str, after: str = "") -> Span:
    start = document.text.index(words, document.text.index(after))
    return Span(start, start + len(words))


def test_the_words_are_inside_their_boxes_and_ink_is_there(library: Library) -> None:
    document = added(library, report())
    drawn = library.page_image(document.id, page=1, spans=[span_of(document, BEACON)])
    assert drawn.pages == 2
    (lines,) = drawn.boxes
    assert len(lines) == 2
    for (left, top, width, height), baseline in zip(lines, (700, 686), strict=True):
        assert left == pytest.approx(60 / 600, abs=0.01)
        assert top < 1 - baseline / 800 <= top + height + 0.002
        assert 0.1 < width < 0.9
        assert height < 0.03
    picture = Image.open(io.BytesIO(drawn.png)).convert("L")
    assert picture.size == (drawn.width, drawn.height)
    left, top, width, height = lines[0]
    inside = picture.crop(
        (
            int(left * drawn.width),
            int(top * drawn.height),
            int((left + width) * drawn.width),
            int((top + height) * drawn.height),
        )
    )
    assert inside.getextrema()[0] < 100
    assert picture.crop((0, 0, drawn.width, 10)).getextrema() == (255, 255)


def test_of_words_that_stand_there_twice_the_cited_ones_are_marked(library: Library) -> None:
    document = added(library, report())
    spans = [span_of(document, "It was dark."), span_of(document, "It was dark.", "A keeper")]
    (first,), (second,) = library.page_image(document.id, page=1, spans=spans).boxes
    assert first[1] < 0.3 < second[1]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_on_a_page_that_is_turned_the_boxes_are_turned_too(library: Library, rotation: int) -> None:
    document = added(library, report(rotation=rotation))
    drawn = library.page_image(document.id, page=1, spans=[span_of(document, "Harbour report")])
    ((left, top, width, height),) = drawn.boxes[0]
    picture = Image.open(io.BytesIO(drawn.png)).convert("L")
    inside = picture.crop(
        (
            int(left * drawn.width),
            int(top * drawn.height),
            int((left + width) * drawn.width) + 1,
            int((top + height) * drawn.height) + 1,
        )
    )
    assert inside.getextrema()[0] < 100
    assert (width > height) == (rotation == 180)


def test_words_beyond_the_edge_are_not_marked(library: Library) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(600, 800))
    canvas.drawString(60, 700, "It was dark.")
    canvas.drawString(60, 900, "Harbour report")
    canvas.save()
    document = added(library, buffer.getvalue())
    spans = [span_of(document, "Harbour report"), span_of(document, "It was dark.")]
    beyond, inside = library.page_image(document.id, page=1, spans=spans).boxes
    assert beyond == ()
    assert len(inside) == 1


def test_what_is_not_on_the_page_marks_nothing(library: Library) -> None:
    document = added(library, report())
    assert library.page_image(document.id, page=2, spans=[span_of(document, BEACON)]).boxes == ((),)


def test_a_sentence_over_two_pages_has_its_words_on_each() -> None:
    text = "It began here and\n\nwent on there. It was dark. It was dark."
    document = Document(id="d", sources=("a",), title="A", text=text, page_starts=(0, 19))
    whole = Span(0, 33)
    assert words_on_page(document, whole, page=1) == ("It began here and\n\n", 0)
    assert words_on_page(document, whole, page=2) == ("went on there.", 0)
    last = Span(text.rindex("It was"), len(text))
    assert words_on_page(document, last, page=2) == ("It was dark.", 1)
    assert words_on_page(document, last, page=1) == ("", 0)


@pytest.mark.parametrize("page", [0, 3, -1])
def test_a_page_that_there_is_not_is_said(library: Library, page: int) -> None:
    document = added(library, report())
    with pytest.raises(UsageError, match="no page"):
        library.page_image(document.id, page=page)


def test_a_document_without_pages_has_none_to_show(library: Library) -> None:
    row = ingest(library, [DocumentBytes(name="a.txt", data=b"It was dark in the harbour.")])
    with pytest.raises(UsageError, match="no page 1"):
        library.page_image(row.files[0].document_id or "", page=1)


def test_what_hangs_crashes_or_lies_is_a_sentence(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1]))
    document = added(library, report())
    for name, words in (
        ("spin", "takes too long"),
        ("crash", "cannot be drawn"),
        ("lie", "cannot be drawn"),
    ):
        drawing = PageDrawing(task=f"drawers_that_misbehave:{name}", seconds=1.0)
        with closing(drawing), pytest.raises(DocumentError, match=f"Page 1 {words}"):
            drawing.draw(b"", document, page=1)


def test_a_file_that_is_no_pdf_any_more_is_a_sentence(library: Library) -> None:
    document = added(library, report())
    with closing(PageDrawing()) as drawing, pytest.raises(DocumentError, match="cannot be drawn"):
        drawing.draw(b"%PDF-1.7 and nothing", document, page=1)
