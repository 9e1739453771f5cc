"""Reading PPTX files written by python-pptx."""

from __future__ import annotations

import re

import pptx
import pytest
from pptx.presentation import Presentation
from pptx.util import Inches

from index.clean import clean
from index.errors import EmptyDocument, UnsupportedFormat
from index.load import load
from index.models import Document
from tests.made_files import repacked, saved, slides


def talk() -> Presentation:
    presentation = pptx.Presentation()
    presentation.core_properties.title = "Ferries after the strike"
    presentation.core_properties.author = "Ida Roe"
    first = presentation.slides.add_slide(presentation.slide_layouts[1])
    first.shapes.title.text = "What the\vcrews want"
    frame = first.placeholders[1].text_frame
    frame.text = "More pay, said Roe."
    frame.add_paragraph().text = "Fewer nights."
    first.notes_slide.notes_text_frame.text = "Wait for questions."
    second = presentation.slides.add_slide(presentation.slide_layouts[6])
    # Added last and standing first: the order on the slide is what is read.
    table = second.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    for row, cells in enumerate((("Boat", "Crew"), ("Petrel", "9"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    box = second.shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1))
    box.text_frame.text = "Nobody answered."
    return presentation


def test_titles_texts_tables_and_notes_are_read_slide_by_slide() -> None:
    raw = load(saved(talk()), "talk.pptx")
    assert raw.media_type.endswith("presentationml.presentation")
    assert (raw.title, raw.author) == ("Ferries after the strike", "Ida Roe")
    # When a file was made says nothing about when its text was published.
    assert raw.published_at is None
    assert raw.text == (
        "What the crews want\n\nMore pay, said Roe.\n\nFewer nights.\n\n"
        "Speaker notes:\n\nWait for questions.\n\n"
        "Nobody answered.\n\nBoat | Crew\nPetrel | 9"
    )


def test_a_slide_is_a_page() -> None:
    raw = clean(load(slides("Gulls.", "", "Terns and petrels."), "birds.pptx"), "birds.pptx")
    document = Document(id="1", sources=(), title="", text=raw.text, page_starts=raw.page_starts)
    assert len(raw.page_starts) == 3
    assert document.page_at(raw.text.index("Gulls")) == 1
    # The second is empty and begins where the third does.
    assert document.page_at(raw.text.index("Terns")) == 3


def test_groups_are_read_and_slide_numbers_are_not() -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    group = slide.shapes.add_group_shape()
    inner = group.shapes.add_group_shape().shapes.add_textbox(0, 0, Inches(1), Inches(1))
    inner.text_frame.text = "Deep inside."
    number = next(
        each for each in presentation.slide_layouts[6].placeholders if "number" in each.name.lower()
    )
    slide.shapes.clone_placeholder(number)
    list(slide.placeholders)[-1].text_frame.text = "7"
    assert load(saved(presentation), "a.pptx").text == "Deep inside."


@pytest.mark.parametrize("chosen", ["Said anew.", " "])
def test_a_shape_stored_in_two_ways_is_read_once(chosen: str) -> None:
    """As programs store formulas, ink and newer shapes: for themselves, and for older ones."""

    def stored_twice(slide: bytes) -> bytes:
        start, end = slide.index(b"<p:sp>"), slide.index(b"</p:sp>") + 7
        shape = slide[start:end]
        newer = shape.replace(b"Said before.", chosen.encode()) * 2
        return (
            slide[:start]
            + b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-'
            + b'compatibility/2006"><mc:Choice Requires="a14">%s</mc:Choice>' % newer
            + b"<mc:Fallback>%s</mc:Fallback></mc:AlternateContent>" % shape
            + slide[end:]
        )

    data = repacked(slides("Said before."), {"ppt/slides/slide1.xml": stored_twice})
    assert load(data, "a.pptx").text == (
        "Said before." if chosen.isspace() else f"{chosen}\n\n{chosen}"
    )


def test_the_title_of_the_first_slide_serves_when_none_is_stated() -> None:
    presentation = talk()
    presentation.core_properties.title = "PowerPoint Presentation"
    assert load(saved(presentation), "talk.pptx").title == "What the crews want"


def test_a_slide_show_is_not_read() -> None:
    data = repacked(
        saved(talk()),
        {
            "[Content_Types].xml": lambda content: content.replace(
                b"presentation.main+xml", b"slideshow.main+xml"
            )
        },
    )
    with pytest.raises(UnsupportedFormat, match="slide show"):
        load(data, "a.pptx")


def test_a_presentation_without_slides_is_empty() -> None:
    with pytest.raises(EmptyDocument, match=r"none\.pptx holds no text"):
        load(saved(pptx.Presentation()), "none.pptx")


def test_a_slide_that_is_named_twice_is_one_slide() -> None:
    def doubled(content: bytes) -> bytes:
        return re.sub(rb"(<p:sldId [^>]*/>)", rb"\1\1", content)

    raw = load(repacked(slides("Gulls."), {"ppt/presentation.xml": doubled}), "a.pptx")
    assert (raw.text, raw.page_starts) == ("Gulls.", (0,))
