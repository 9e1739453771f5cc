"""Make the PDF and DOCX example articles from the plain texts in `sources/`.

Each source is named `NAME.pdf.txt` or `NAME.docx.txt` and becomes `articles/NAME.pdf` or
`articles/NAME.docx`. Its first three lines are the headline, `By NAME, OUTLET` and
`Published DAY MONTH YEAR`; a blank line follows, then one paragraph per line with blank lines
between. Dates and identifiers inside the files are fixed, so two runs give the same bytes:

    python examples/make_binary_articles.py
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

from docx import Document
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
ARTICLES = HERE / "articles"

# The oldest time a zip entry can carry; any fixed time would do.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)

HEADLINE = ParagraphStyle("headline", fontName="Times-Bold", fontSize=16, leading=20, spaceAfter=8)
HEAD_LINE = ParagraphStyle("head", fontName="Times-Italic", fontSize=10, leading=13)
BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=14, spaceBefore=6)


@dataclass(frozen=True)
class Piece:
    """One article as read from its source file."""

    headline: str
    byline: str
    published: str
    paragraphs: tuple[str, ...]

    @property
    def author(self) -> str:
        """The name in `By NAME, OUTLET`."""
        return self.byline.removeprefix("By ").partition(",")[0]

    @property
    def date(self) -> datetime:
        """The day in `Published DAY MONTH YEAR`."""
        return datetime.strptime(self.published, "Published %d %B %Y")


def read_piece(path: Path) -> Piece:
    """Read one source file."""
    headline, byline, published, *rest = path.read_text(encoding="utf-8").splitlines()
    return Piece(headline, byline, published, tuple(line for line in rest if line.strip()))


def draw_page_number(canvas: Canvas, template: BaseDocTemplate) -> None:
    """Put the page number at the foot of the page."""
    canvas.setFont("Times-Roman", 9)
    canvas.drawCentredString(template.pagesize[0] / 2, 10 * mm, f"Page {template.page}")


def write_pdf(piece: Piece, path: Path) -> None:
    """Write a piece as PDF; `invariant` fixes the dates and the identifier."""
    width, height = A5
    frame = Frame(16 * mm, 17 * mm, width - 32 * mm, height - 32 * mm)
    template = BaseDocTemplate(
        str(path),
        pagesize=A5,
        pageTemplates=[PageTemplate(frames=[frame], onPageEnd=draw_page_number)],
        title=piece.headline,
        author=piece.author,
        invariant=1,
        pageCompression=0,
    )
    story = [
        Paragraph(escape(piece.headline), HEADLINE),
        Paragraph(escape(piece.byline), HEAD_LINE),
        Paragraph(escape(piece.published), HEAD_LINE),
        *(Paragraph(escape(text), BODY) for text in piece.paragraphs),
    ]
    template.build(story)


def write_docx(piece: Piece, path: Path) -> None:
    """Write a piece as DOCX, then pack it again with fixed entry times."""
    document = Document()
    properties = document.core_properties
    properties.title = piece.headline
    properties.author = piece.author
    properties.comments = ""
    properties.created = properties.modified = piece.date
    document.add_paragraph(piece.headline, style="Title")
    for text in (piece.byline, piece.published, *piece.paragraphs):
        document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as packed, zipfile.ZipFile(path, "w") as fixed:
        for name in packed.namelist():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(entry, packed.read(name))


def main() -> None:
    """Make every article that has a source."""
    ARTICLES.mkdir(exist_ok=True)
    for source in sorted(SOURCES.glob("*.txt")):
        target = ARTICLES / source.stem
        write = {".pdf": write_pdf, ".docx": write_docx}[target.suffix]
        write(read_piece(source), target)
        print(target.relative_to(HERE))


if __name__ == "__main__":
    main()
