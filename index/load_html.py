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
from index.html_blocks import NOT_READ, blocks_of, parsed_page
from index.html_metadata import page_facts
from index.models import RawDocument

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Shorter paragraphs, such as captions and buttons, are no evidence of an article.
_SHORTEST_PARAGRAPH = 40
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]」』]*$")


def load_html(text: str) -> RawDocument:
    """Read a page: metadata only where the page states it, and the body of its article.

    Nothing is fetched. Extraction favours completeness: a line of the page's furniture may survive
    where the alternative is to lose a sentence.
    """
    tree = parsed_page(text)
    if tree is None:
        raise EmptyDocument("holds no text: there is nothing to add.")
    facts = page_facts(tree)
    return RawDocument(
        media_type="text/html",
        text=normal_form(_article(tree)),
        title=facts.title,
        outlet=facts.outlet,
        author=facts.author,
        published_at=facts.published_at,
        language=facts.language,
    )


def _article(tree: HtmlElement) -> str:
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
    return "\n\n".join(_with_overlooked(blocks, paragraphs) or whole)


def _paragraphs(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Every paragraph that reads like a sentence, with the kind of place in which it stands."""
    for paragraph in tree.iter("p"):
        text = " ".join(paragraph.text_content().split())
        if len(text) < _SHORTEST_PARAGRAPH or not _SENTENCE_END.search(text):
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
