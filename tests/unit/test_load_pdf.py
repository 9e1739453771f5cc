"""Reading PDF files written by real writers."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from index.errors import BrokenDocument, EmptyDocument, ProtectedDocument
from index.load import load

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=14, spaceBefore=7)
TITLE = ParagraphStyle("title", fontName="Times-Bold", fontSize=18, leading=22)
SENTENCES = [
    f"Paragraph {number} says that the crews of the ferries at Gull Point want more pay for each"
    f" night at sea, and that nobody has answered their letter number {number} so far."
    for number in range(1, 31)
]


def decorate(canvas: Canvas, template: BaseDocTemplate) -> None:
    canvas.setFont("Times-Roman", 8)
    canvas.drawString(40, template.pagesize[1] - 20, "Gull Post yearbook")
    canvas.drawCentredString(template.pagesize[0] / 2, 16, f"Page {template.page}")


def pdf(paragraphs: list[str], **facts: str) -> bytes:
    buffer = io.BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=A5,
        pageTemplates=[
            PageTemplate(frames=[Frame(40, 40, A5[0] - 80, A5[1] - 80)], onPageEnd=decorate)
        ],
        **facts,
    )
    story = [Paragraph(paragraphs[0], TITLE), *(Paragraph(text, BODY) for text in paragraphs[1:])]
    template.build(story)
    return buffer.getvalue()


def drawn(*pages: list[tuple[float, float, str]]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A5)
    for lines in pages:
        canvas.setFont("Times-Roman", 11)
        for left, bottom, text in lines:
            canvas.drawString(left, bottom, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_wrapped_lines_become_whole_paragraphs() -> None:
    raw = load(pdf(["Crews want pay", *SENTENCES], title="Crews want pay", author="Ida Roe"), "a")
    assert raw.media_type == "application/pdf"
    assert (raw.title, raw.author, raw.published_at) == ("Crews want pay", "Ida Roe", None)
    flowing = raw.text.replace("\n\n", " ")
    for sentence in SENTENCES:
        assert sentence in flowing
    assert raw.text.split("\n\n")[:2] == ["Crews want pay", SENTENCES[0]]


def test_page_starts_point_at_the_first_words_of_each_page() -> None:
    data = pdf(["Crews want pay", *SENTENCES])
    raw = load(data, "a.pdf")
    reader = PdfReader(io.BytesIO(data))
    assert len(raw.page_starts) == len(reader.pages) > 2
    assert raw.page_starts[0] == 0
    for start, page in zip(raw.page_starts, reader.pages, strict=True):
        words = page.extract_text().replace("Gull Post yearbook", "").split()[:3]
        assert raw.text[start:].split()[:3] == words


def test_running_heads_and_page_numbers_are_dropped() -> None:
    text = load(pdf(["Crews want pay", *SENTENCES]), "a.pdf").text
    assert "yearbook" not in text
    assert "Page " not in text


def test_a_sentence_that_runs_over_the_page_stays_in_one_paragraph() -> None:
    data = drawn([(40, 60, "The crews at Gull Point want")], [(40, 500, "more pay, they said.")])
    raw = load(data, "a.pdf")
    assert raw.text == "The crews at Gull Point want more pay, they said."
    assert raw.page_starts == (0, raw.text.index("more"))


def test_a_number_in_the_text_is_no_page_number() -> None:
    data = drawn(
        [(40, 300, "The count of boats was"), (40, 286, "42")],
        [(40, 300, "The count of crews was"), (40, 286, "17")],
    )
    text = load(data, "a.pdf").text
    assert "42" in text
    assert "17" in text


def test_a_hyphen_at_the_end_of_a_line_is_neither_lost_nor_followed_by_a_gap() -> None:
    data = drawn(
        [
            (40, 300, "They spoke at great length of nuclear-"),
            (40, 286, "powered boats, and nobody on the old"),
            (40, 272, "quay could say what the Franco-"),
            (40, 258, "German council would answer them."),
        ]
    )
    assert load(data, "a.pdf").text == (
        "They spoke at great length of nuclear-powered boats, and nobody on the old quay could say"
        " what the Franco-German council would answer them."
    )


def test_a_hyphen_that_only_the_line_needed_goes_where_the_document_shows_the_word() -> None:
    """PDFium marks every hyphen at the end of a line alike, soft or not."""
    data = drawn(
        [
            (40, 300, "Nobody in the old Govern-"),
            (40, 286, "ment had said why the re-"),
            (40, 272, "creation ground was sold, and the govern-"),
        ],
        [
            (40, 300, "ment of today is silent. A re-creation of the"),
            (40, 286, "council failed in the government; re-"),
            (40, 272, "creation did not help, nor the long-"),
            (40, 258, "lost letter about recreation."),
        ],
    )
    raw = load(data, "a.pdf")
    assert raw.text == (
        "Nobody in the old Government had said why the re-creation ground was sold, and the"
        " government of today is silent. A re-creation of the council failed in the government;"
        " re-creation did not help, nor the long-lost letter about recreation."
    )
    assert raw.page_starts == (0, raw.text.index("ment of today"))


def test_paragraphs_without_space_between_them_are_told_by_their_indent() -> None:
    data = drawn(
        [
            (50, 300, "The crews walked out on Monday before the first boat left,"),
            (40, 286, "and all of them stayed out for the whole day and the night."),
            (52, 272, "The company wrote a letter of two lines to all of them,"),
            (40, 258, "and nobody liked it."),
        ]
    )
    assert [len(part.split()) for part in load(data, "a.pdf").text.split("\n\n")] == [24, 16]


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - strike.docx", "(anonymous)", ""])
def test_a_placeholder_is_no_title(title: str) -> None:
    assert load(pdf(["Crews want pay", SENTENCES[0]], title=title), "a.pdf").title is None


def test_an_encrypted_pdf_is_protected() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["Crews", SENTENCES[0]]))))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(ProtectedDocument, match=r"pay\.pdf is encrypted"):
        load(buffer.getvalue(), "pay.pdf")


def test_a_pdf_that_opens_without_a_password_is_read() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["Crews", SENTENCES[0]]))))
    writer.encrypt(user_password="", owner_password="secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert SENTENCES[0] in load(buffer.getvalue(), "pay.pdf").text


def test_a_scan_is_said_to_be_one() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A5)
    canvas.rect(40, 40, 200, 200, fill=1)
    canvas.showPage()
    canvas.save()
    with pytest.raises(EmptyDocument, match=r"scan.*recognition"):
        load(buffer.getvalue(), "scan.pdf")


@pytest.mark.parametrize("length", [9, 200])
def test_a_cut_off_pdf_is_broken(length: int) -> None:
    with pytest.raises(BrokenDocument, match=r"cut\.pdf cannot be read as PDF"):
        load(pdf(["Crews", SENTENCES[0]])[:length], "cut.pdf")


def test_threads_may_read_at_once() -> None:
    data = pdf(["Crews want pay", *SENTENCES])
    with ThreadPoolExecutor(4) as pool:
        texts = set(pool.map(lambda _: load(data, "a.pdf").text, range(12)))
    assert len(texts) == 1
