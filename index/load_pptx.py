"""PPTX files become text, slide by slide; a slide is a page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from index.decode import normal_form
from index.errors import UnsupportedFormat
from index.metadata import language_code, people, plain_name, stated_title
from index.models import RawDocument
from index.records import joined, row_line
from index.zip_files import opened

if TYPE_CHECKING:
    from pptx.slide import Slide

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_MAIN_PARTS = (b"presentation.main+xml", b"presentation.macroEnabled.main+xml")
NOTES = "Speaker notes:"
_ALTERNATES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"


def load_pptx(data: bytes) -> RawDocument:
    """Read a PPTX file: each slide's title, texts and tables from top to bottom, then its notes.

    Slide numbers, dates and footers are left out, and so are charts and pictures. Raises
    `OversizedDocument`, `ProtectedDocument` or `UnsupportedFormat` with a message that follows the
    file's name, and whatever python-pptx raises for a damaged file.
    """
    import pptx

    with opened(data) as archive:
        types = archive.read("[Content_Types].xml")
    if not any(part in types for part in _MAIN_PARTS):
        raise UnsupportedFormat("is a slide show or a template: save it as an ordinary PPTX file.")
    presentation = pptx.Presentation(io.BytesIO(data))
    # A slide that a damaged file names several times is one slide.
    slides = list({slide.part.partname: slide for slide in presentation.slides}.values())
    for slide in slides:
        _choose(slide.element)
    text, page_starts = _numbered(normal_form(joined(_blocks(slide))) for slide in slides)
    facts = presentation.core_properties
    first = next(iter(slides), None)
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=text,
        title=stated_title(facts.title) or (plain_name(_title(first)) if first else None),
        author=people(facts.author),
        language=language_code(facts.language),
        page_starts=page_starts,
    )


def _choose(slide: Any) -> None:  # noqa: ANN401  # python-pptx states no types
    """Put in the place of what is stored in several ways the first way that has words.

    python-pptx passes over such shapes; the others are for older programs, and say the same.
    """
    for alternates in list(slide.iter(_ALTERNATES)):
        ways = (way for way in alternates if any(text.strip() for text in way.itertext()))
        for shape in list(next(ways, ())):
            alternates.addprevious(shape)
        alternates.getparent().remove(alternates)


def _numbered(slides: Iterable[str]) -> tuple[str, tuple[int, ...]]:
    """One text, and the offset at which each slide begins; an empty one where the next does."""
    text = ""
    starts: list[int] = []
    for slide in slides:
        text += "\n\n" if text and slide else ""
        starts.append(len(text))
        text += slide
    return text, tuple(min(start, max(0, len(text) - 1)) for start in starts)


def _title(slide: Slide) -> str:
    shape = slide.shapes.title
    return " ".join(shape.text_frame.text.split()) if shape is not None else ""


def _blocks(slide: Slide) -> Iterator[str]:
    title = slide.shapes.title
    if title is not None:
        yield from filter(None, [_title(slide)])
    own = [shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id]
    yield from _shapes(own)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    said = list(_paragraphs(notes)) if notes is not None else []
    if said:
        yield NOTES
        yield from said


def _shapes(shapes: Iterable[Any]) -> Iterator[str]:
    """The texts of shapes in the order in which they stand on the slide, groups as a whole."""
    for shape in sorted(shapes, key=lambda each: (each.top or 0, each.left or 0)):
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                # A merged cell is stored with empty ones behind it.
                yield from filter(None, [row_line(cell.text_frame.text for cell in row.cells)])
        elif shape.has_text_frame and not _is_furniture(shape):
            yield from _paragraphs(shape.text_frame)


def _is_furniture(shape: Any) -> bool:  # noqa: ANN401  # python-pptx has a class for each kind
    from pptx.enum.shapes import PP_PLACEHOLDER

    return shape.is_placeholder and shape.placeholder_format.type in {
        PP_PLACEHOLDER.DATE,
        PP_PLACEHOLDER.FOOTER,
        PP_PLACEHOLDER.SLIDE_NUMBER,
    }


def _paragraphs(frame: Any) -> Iterator[str]:  # noqa: ANN401  # python-pptx states no types
    for paragraph in frame.paragraphs:
        # A line break inside a paragraph is a vertical tab to python-pptx.
        text = paragraph.text.replace("\v", "\n").strip()
        if text:
            yield text
