"""Reading DOCX files written by python-docx."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.errors import BrokenDocument, EmptyDocument, UnsupportedFormat
from index.load import load


def saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def article() -> Document:
    document = docx.Document()
    document.core_properties.title = "Crews walk out"
    document.core_properties.author = "Ida Roe"
    document.core_properties.language = "en-GB"
    document.sections[0].header.paragraphs[0].text = "Gull Post yearbook"
    document.add_heading("What they want", level=1)
    paragraph = document.add_paragraph("The crews ")
    paragraph.add_run("walked").bold = True
    paragraph.add_run(" out.\tAll of them.")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Boat", "Crew"), ("Petrel", "9")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("Nobody answered.", style="List Bullet")
    return document


def repacked(data: bytes, old: bytes, new: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    return buffer.getvalue()


def test_paragraphs_and_tables_are_read_in_document_order() -> None:
    raw = load(saved(article()), "crews.docx")
    assert raw.media_type.endswith("wordprocessingml.document")
    assert (raw.title, raw.author, raw.language) == ("Crews walk out", "Ida Roe", "en")
    # When a file was made says nothing about when its text was published.
    assert raw.published_at is None
    assert raw.text.split("\n\n") == [
        "What they want",
        "The crews walked out.\tAll of them.",
        "Boat | Crew",
        "Petrel | 9",
        "Nobody answered.",
    ]


def test_merged_cells_are_read_once() -> None:
    document = docx.Document()
    table = document.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "All boats stopped."
    assert load(saved(document), "a.docx").text == "All boats stopped."


def test_tracked_changes_are_read_as_accepted() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("They want ")
    for change in (
        f"<w:del {nsdecls('w')}><w:r><w:delText>less</w:delText></w:r></w:del>",
        f"<w:ins {nsdecls('w')}><w:r><w:t>more</w:t></w:r></w:ins>",
    ):
        paragraph._p.append(parse_xml(change))
    paragraph.add_run(" pay.")
    assert load(saved(document), "a.docx").text == "They want more pay."


def test_content_controls_links_and_text_boxes_are_read() -> None:
    document = docx.Document()
    body = document.element.body
    body.insert(
        0,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:hyperlink><w:r><w:t>In a control.</w:t>"
            "</w:r></w:hyperlink></w:p></w:sdtContent></w:sdt>"
        ),
    )
    box = document.add_paragraph("Beside a box.")
    box._p.append(
        parse_xml(
            f"<w:r {nsdecls('w')}><w:pict><w:txbxContent><w:p><w:r><w:t>In the box.</w:t></w:r>"
            "</w:p></w:txbxContent></w:pict></w:r>"
        )
    )
    blocks = load(saved(document), "a.docx").text.split("\n\n")
    assert blocks == ["In a control.", "Beside a box.", "In the box."]


def test_the_paragraph_in_title_style_is_the_title_when_none_is_stated() -> None:
    document = docx.Document()
    document.add_paragraph("Crews walk out", style="Title")
    document.add_paragraph("They left.")
    raw = load(saved(document), "a.docx")
    assert (raw.title, raw.author) == ("Crews walk out", None)


def test_a_document_without_words_is_empty() -> None:
    with pytest.raises(EmptyDocument, match=r"blank\.docx holds no text"):
        load(saved(docx.Document()), "blank.docx")


def test_a_damaged_document_part_is_broken() -> None:
    data = repacked(saved(article()), b"<w:body>", b"<w:bod")
    with pytest.raises(BrokenDocument, match=r"a\.docx cannot be read as DOCX"):
        load(data, "a.docx")


def test_a_cut_off_file_is_broken() -> None:
    data = saved(article())
    with pytest.raises(BrokenDocument, match="damaged"):
        load(data[: len(data) // 2], "a.docx")


def test_a_document_with_macros_is_not_read() -> None:
    data = repacked(
        saved(article()),
        b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"vnd.ms-word.document.macroEnabled.main+xml".replace(b"document.macro", b"macro"),
    )
    with pytest.raises(UnsupportedFormat, match="macros"):
        load(data, "a.docx")


def test_external_entities_are_not_resolved() -> None:
    data = repacked(
        saved(article()),
        b"<w:document ",
        b'<!DOCTYPE d [<!ENTITY own SYSTEM "file:///etc/passwd">]><w:document ',
    )
    data = repacked(data, b"Nobody answered.", b"Nobody &own; answered.")
    assert "root:" not in load(data, "a.docx").text


def test_hidden_text_is_not_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Seen.")
    for words, hidden in ((" Not seen.", True), (" Seen too.", False), (" And this.", None)):
        paragraph.add_run(words).font.hidden = hidden
    assert load(saved(document), "a.docx").text == "Seen. Seen too. And this."
