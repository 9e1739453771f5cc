"""The text of an HTML page, block by block, as a browser would break it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NOT_READ = {"script", "style", "noscript", "template", "nav", "form", "button", "svg", "title"}
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
    *("ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup"),
    *("time", "tt", "u", "var", "wbr", "hi", "ref"),
}
_PREFORMATTED = {"pre", "textarea", "code"}
_LINE_BREAKS = {"br", "lb"}
_CELLS = {"td", "th", "cell"}
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
# Shorter paragraphs, such as captions and buttons, are no evidence of an article.
_SHORTEST_PARAGRAPH = 40
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]」』]*$")


def parsed_page(text: str) -> HtmlElement | None:
    """The page as a tree, without comments; nothing is fetched. `None` for a page of nothing."""
    import lxml.html

    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    source = _XML_DECLARATION.sub("", text, count=1)
    return lxml.html.document_fromstring(source, parser=parser) if source.strip() else None


def blocks_of(root: HtmlElement) -> Iterator[str]:
    """The text of each block element in order; the cells of a table row share a line."""
    pieces: list[str] = []
    for piece in _pieces(root):
        if piece is not None:
            pieces.append(piece)
            continue
        block = "\n".join(line.strip(" |") for line in "".join(pieces).split("\n")).strip()
        pieces = []
        if block:
            yield block


def text_of(element: HtmlElement) -> str:
    """All text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def reads_like_a_sentence(text: str) -> bool:
    """Whether a paragraph is long enough for one and ends like one."""
    return len(text) >= _SHORTEST_PARAGRAPH and _SENTENCE_END.search(text) is not None


def _pieces(root: HtmlElement) -> Iterator[str | None]:
    """Runs of text, with `None` wherever a block begins or ends."""
    from lxml import etree

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else "script"
        if event == "start":
            if tag in NOT_READ:
                walk.skip_subtree()
            elif tag in _CELLS and not _lays_out(element):
                # Paragraphs inside a cell must not break the row.
                yield " ".join(" ".join(element.itertext()).split()) + " | "
                walk.skip_subtree()
            elif tag in _LINE_BREAKS:
                yield "\n"
            else:
                yield from () if tag in _INLINE else (None,)
                yield _collapsed(element, element.text)
            continue
        if tag not in _INLINE | _CELLS | _LINE_BREAKS or (tag in _CELLS and _lays_out(element)):
            yield None
        if element is not root:
            yield _collapsed(element.getparent(), element.tail)


def _lays_out(cell: HtmlElement) -> bool:
    """Whether a cell is a part of the page, in paragraphs of its own, not an entry of a table."""
    return sum(reads_like_a_sentence(text_of(each)) for each in cell.iter("p")) >= 3


def _collapsed(element: HtmlElement, text: str | None) -> str:
    """White space as a browser shows it: kept in preformatted text, else one space."""
    if not text or element.tag in _PREFORMATTED:
        return text or ""
    return _BLANKS.sub(" ", text)
