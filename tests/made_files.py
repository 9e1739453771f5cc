"""Small files of every format that is read, made by code, all with the same words in them."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Mapping

import docx
import openpyxl
import pptx
from pptx.presentation import Presentation
from pptx.util import Inches
from reportlab.pdfgen.canvas import Canvas

SENTENCE = "The crews walked out at noon."


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive; `mimetype` goes first and unpacked, as its readers expect."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=kind)
    return buffer.getvalue()


def repacked(data: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The archive with the content of some members changed; `*` changes every one."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return zipped(
            {
                name: changes.get(name, changes.get("*", bytes))(source.read(name))
                for name in source.namelist()
            }
        )


def saved(document: docx.document.Document | Presentation | openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def pdf(text: str) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(72, 700, text)
    canvas.save()
    return buffer.getvalue()


def word(text: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    return saved(document)


def slides(*texts: str) -> bytes:
    """A presentation of a slide for each text, with no title."""
    presentation = pptx.Presentation()
    for text in texts:
        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        box = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1))
        box.text_frame.text = text
    return saved(presentation)


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    return saved(book)


def open_document(body: str, *, meta: str = "") -> bytes:
    """An ODT file of these elements in the body, with or without these facts."""
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("draw", "drawing"),
            ("meta", "meta"),
        )
    )
    names += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {names}><office:body><office:text>{body}"
            "</office:text></office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {names}><office:meta>{meta}</office:meta>"
            "</office:document-meta>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def book(*chapters: str, facts: str = "", **more: str) -> bytes:
    """An EPUB book of these chapter bodies, with or without these facts and further members."""
    numbers = range(1, len(chapters) + 1)
    items = "".join(
        f'<item id="c{n}" href="text/ch%20{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in numbers
    )
    # The order of reading is that of the spine; here the items stand the other way round.
    spine = "".join(f'<itemref idref="c{n}"/>' for n in numbers)
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:'
            'container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
            "OPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf='
            '"http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<metadata>{facts}</metadata><manifest>{items}</manifest><spine>{spine}</spine>"
            "</package>",
            **{
                f"OPS/text/ch {n}.xhtml": "<?xml version='1.0' encoding='utf-8'?><html xmlns="
                f"'http://www.w3.org/1999/xhtml'><head><title>x</title></head><body>{body}</body>"
                "</html>"
                for n, body in reversed(list(zip(numbers, chapters, strict=True)))
            },
            **more,
        }
    )


def mail(body: str, *, header: str = "") -> bytes:
    """An e-mail with the usual fields, then `header`, then the body."""
    head = (
        "Received: from a.example by b.example; Thu, 5 Oct 2023 09:00:00 +0000\n"
        "From: Ida Roe <ida@example.org>\nTo: Tom Ash <tom@example.org>\n"
        "Subject: The ferry\nDate: Thu, 5 Oct 2023 23:30:00 -0700\n"
    )
    return f"{head}{header}\n{body}".encode()


# One file of each format by the name it usually has, made from a sentence.
MAKERS: dict[str, Callable[[str], bytes]] = {
    "a.txt": lambda text: text.encode(),
    "a.md": lambda text: f"# Walkout\n\n{text}".encode(),
    "a.rst": lambda text: f"Walkout\n=======\n\n{text}".encode(),
    "a.html": lambda text: f"<html><body><p>{text}</p></body></html>".encode(),
    "a.pdf": pdf,
    "a.docx": word,
    "a.pptx": slides,
    "a.xlsx": lambda text: workbook(("Port", "Notice"), ("Gull", text)),
    "a.odt": lambda text: open_document(f"<text:p>{text}</text:p>"),
    "a.epub": lambda text: book(f"<p>{text}</p>"),
    "a.rtf": lambda text: rf"{{\rtf1\ansi {text}\par}}".encode(),
    "a.eml": mail,
    "a.csv": lambda text: f'port,notice\nGull,"{text}"\n'.encode(),
    "a.tsv": lambda text: f"port\tnotice\nGull\t{text}\n".encode(),
    "a.json": lambda text: json.dumps({"port": "Gull", "text": text}).encode(),
    "a.jsonl": lambda text: (json.dumps({"port": "Gull", "text": text}) + "\n").encode() * 2,
}
ZIPPED = ("a.docx", "a.pptx", "a.xlsx", "a.odt", "a.epub")


HARBOUR = (
    "harbour ferry council tower winter timetable repair bridge crossing keeper ledger anchor "
    "storm vessel quay captain cargo island morning evening report budget mayor engine signal"
).split()


def report_pages(count: int, told: Mapping[int, str]) -> list[list[str]]:
    """Pages of 36 sentences each; `told` are sentences of ours, by the page that they begin."""
    chance = random.Random(1)
    pages = [
        [" ".join(chance.choices(HARBOUR, k=12)).capitalize() + "." for _ in range(36)]
        for _ in range(count)
    ]
    for page, sentence in told.items():
        pages[page - 1][0] = sentence
    return pages


def report_text(pages: list[list[str]]) -> bytes:
    """A paragraph of every six sentences."""
    return "\n\n".join(
        " ".join(page[start : start + 6]) for page in pages for start in range(0, len(page), 6)
    ).encode()


def report_pdf(pages: list[list[str]]) -> bytes:
    """A line for every sentence."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for page in pages:
        for number, sentence in enumerate(page):
            canvas.setFont("Helvetica", 9)
            canvas.drawString(50, 780 - 14 * number - 14 * (number // 6), sentence)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
