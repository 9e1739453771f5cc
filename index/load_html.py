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
from index.html_blocks import (
    NOT_READ,
    blocks_of,
    parsed_page,
    reads_like_a_sentence,
    text_of,
)
from index.html_metadata import page_facts
from index.models import RawDocument

_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# The share of a page's text.
_MOST_HIDDEN = 0.2

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def load_html(text: str) -> RawDocument:
    """Read a page: metadata only where the page states it, and the body of its article.

    Nothing is fetched. Extraction favours completeness: a line of the page's furniture may survive
    where the alternative is to lose a sentence.
    """
    tree = parsed_page(text)
    if tree is None:
        raise EmptyDocument("holds no text: there is nothing to add.")
    facts = page_facts(tree)
    _drop_hidden(tree)
    return RawDocument(
        media_type="text/html",
        text=normal_form(_article(tree, facts.description)),
        title=facts.title,
        outlet=facts.outlet,
        author=facts.author,
        published_at=facts.published_at,
        language=facts.language,
    )


def _drop_hidden(tree: HtmlElement) -> None:
    """Take out what the page itself hides, such as an explanation that opens at a click.

    Paragraphs stay, since many pages hide the rest of an article until a click; and all stays where
    much of the page is hidden, since then a script was to show it.
    """
    hidden = [
        element
        for element in tree.iter("*")
        if (element.get("hidden") is not None or _HIDING.search(element.get("style") or ""))
        and element.getparent() is not None
        and not any(reads_like_a_sentence(text_of(each)) for each in element.iter("p"))
    ]
    length = sum(len("".join(blocks_of(element))) for element in hidden)
    if length <= _MOST_HIDDEN * len("".join(blocks_of(tree))):
        for element in hidden:
            element.drop_tree()


def _article(tree: HtmlElement, description: str | None) -> str:
    import trafilatura

    body = tree.find("body")
    whole = list(blocks_of(tree if body is None else body))
    paragraphs = list(_paragraphs(tree))
    extracted = trafilatura.bare_extraction(
        tree, favor_recall=True, include_comments=False, with_metadata=False
    )
    # Without `as_dict` the result is a document; the annotation allows for both.
    content = getattr(extracted, "body", None)
    blocks = [] if content is None else list(blocks_of(content))
    # A page without an article, such as a note of three lines, comes back as one lump or not at
    # all; it is read as it stands.
    if len(blocks) <= 1 and len("".join(blocks)) >= 0.8 * len("".join(whole)):
        return "\n\n".join(whole)
    found = _with_overlooked(blocks, paragraphs) or whole
    return "\n\n".join([*_standfirst(found, whole, description), *found])


def _paragraphs(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Every paragraph that reads like a sentence, with the kind of place in which it stands."""
    for paragraph in tree.iter("p"):
        text = text_of(paragraph)
        if not reads_like_a_sentence(text):
            continue
        ancestors = [paragraph, *paragraph.iterancestors()]
        if not NOT_READ & {each.tag for each in ancestors}:
            yield "<".join(f"{each.tag}.{each.get('class') or ''}" for each in ancestors[:4]), text


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
    sentences = (block for block in whole if reads_like_a_sentence(block))
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
