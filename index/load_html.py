"""A web page becomes the text of its article; menus, forms and advertisements stay behind."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from index.decode import normal_form
from index.errors import EmptyDocument
from index.html_metadata import page_facts
from index.models import RawDocument

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_NOT_READ = {"script", "style", "noscript", "template", "nav", "form", "button", "svg", "title"}
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
    *("ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup"),
    *("time", "tt", "u", "var", "wbr", "hi", "ref"),
}
_PREFORMATTED = {"pre", "textarea", "code"}
_LINE_BREAKS = {"br", "lb"}
_CELLS = {"td", "th", "cell"}
# Shorter paragraphs, such as captions and buttons, are no evidence of an article.
_SHORTEST_PARAGRAPH = 40
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]」』]*$")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def load_html(text: str) -> RawDocument:
    """Read a page: metadata only where the page states it, and the body of its article.

    Nothing is fetched. Extraction favours completeness: a line of the page's furniture may survive
    where the alternative is to lose a sentence.
    """
    import lxml.html

    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    source = _XML_DECLARATION.sub("", text, count=1)
    if not source.strip():
        raise EmptyDocument("holds no text: there is nothing to add.")
    tree = lxml.html.document_fromstring(source, parser=parser)
    facts = page_facts(tree)
    return RawDocument(
        media_type="text/html",
        text=normal_form(_article(tree, facts.description)),
        title=facts.title,
        outlet=facts.outlet,
        author=facts.author,
        published_at=facts.published_at,
        language=facts.language,
    )


def _article(tree: HtmlElement, description: str | None) -> str:
    import trafilatura

    body = tree.find("body")
    whole = list(_blocks(tree if body is None else body))
    paragraphs = list(_paragraphs(tree))
    extracted = trafilatura.bare_extraction(
        tree, favor_recall=True, include_comments=False, with_metadata=False
    )
    # Without `as_dict` the result is a document; the annotation allows for both.
    content = getattr(extracted, "body", None)
    blocks = [] if content is None else list(_blocks(content))
    # A page without an article, such as a note of three lines, comes back as one lump or not at
    # all; it is read as it stands.
    if len(blocks) <= 1 and len("".join(blocks)) >= 0.8 * len("".join(whole)):
        return "\n\n".join(whole)
    found = _with_overlooked(blocks, paragraphs) or whole
    return "\n\n".join([*_standfirst(found, whole, description), *found])


def _paragraphs(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Every paragraph that reads like a sentence, with the kind of place in which it stands."""
    for paragraph in tree.iter("p"):
        text = _text_of(paragraph)
        if not _reads_like_a_sentence(text):
            continue
        ancestors = [paragraph, *paragraph.iterancestors()]
        if not _NOT_READ & {each.tag for each in ancestors}:
            yield "<".join(f"{each.tag}.{each.get('class') or ''}" for each in ancestors[:4]), text


def _text_of(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _reads_like_a_sentence(text: str) -> bool:
    return len(text) >= _SHORTEST_PARAGRAPH and _SENTENCE_END.search(text) is not None


def _with_overlooked(blocks: list[str], paragraphs: list[tuple[str, str]]) -> list[str]:
    """The blocks and, in their places, the paragraphs that stand where the article stands.

    Long articles are often cut into parts by advertisements, and the extraction may take one part
    for the whole. A paragraph belongs to the article when at least three others of the same kind of
    place were extracted.
    """
    places = _places(blocks, [text for _, text in paragraphs])
    found = Counter(
        kind for (kind, _), place in zip(paragraphs, places, strict=True) if place is not None
    )
    additions: dict[int, list[str]] = {}
    last: int | None = None
    for (kind, text), place in zip(paragraphs, places, strict=True):
        if place is not None:
            last = place
        elif last is not None and found[kind] >= 3:
            additions.setdefault(last, []).append(text)
    return [
        each for place, block in enumerate(blocks) for each in (block, *additions.get(place, ()))
    ]


def _standfirst(found: list[str], whole: list[str], description: str | None) -> list[str]:
    """The sentence that the page describes itself by, where the extraction passed over it.

    Many pages set the first sentence of the article apart, above the picture.
    """
    beginning = "".join((description or "").split())[:80]
    if not beginning or beginning in "".join("".join(found).split()):
        return []
    sentences = (block for block in whole if _reads_like_a_sentence(block))
    return [block for block in sentences if "".join(block.split()).startswith(beginning)][:1]


def _places(blocks: list[str], texts: list[str]) -> list[int | None]:
    """For each text the number of the block that holds its beginning, white space aside."""
    compact = ["".join(block.split()) + "\n" for block in blocks]
    ends = list(accumulate(len(block) for block in compact))
    joined = "".join(compact)
    places: list[int | None] = []
    last = 0
    for text in texts:
        beginning = "".join(text.split())[:80]
        # Both are in the order of the page: it is usually found right after the last one.
        at = joined.find(beginning, last)
        at = joined.find(beginning) if at < 0 else at
        places.append(bisect_right(ends, at) if at >= 0 else None)
        last = max(last, at)
    return places


def _blocks(root: HtmlElement) -> Iterator[str]:
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


def _pieces(root: HtmlElement) -> Iterator[str | None]:
    """Runs of text, with `None` wherever a block begins or ends."""
    from lxml import etree

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else "script"
        if event == "start":
            if tag in _NOT_READ:
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
    return sum(_reads_like_a_sentence(_text_of(each)) for each in cell.iter("p")) >= 3


def _collapsed(element: HtmlElement, text: str | None) -> str:
    """White space as a browser shows it: kept in preformatted text, else one space."""
    if not text or element.tag in _PREFORMATTED:
        return text or ""
    return _BLANKS.sub(" ", text)
