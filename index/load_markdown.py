"""Markdown becomes readable text: the markup goes, the sentences stay as they are."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from index.decode import normal_form
from index.metadata import plain_name, stated_facts
from index.models import RawDocument

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,20000}?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_HTML_COMMENT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>", re.S | re.I)
_HTML_TAG = re.compile(r"</?[A-Za-z][^>]*>")


def load_markdown(text: str) -> RawDocument:
    """Read Markdown with or without YAML front matter.

    Headings, paragraphs, list items and code stand apart by blank lines; a table row is a line of
    cells. The title is the front matter's, else a first heading of level one.
    """
    from markdown_it import MarkdownIt

    text = normal_form(text)
    facts: Mapping[str, object] = {}
    matched = _FRONT_MATTER.match(text)
    if matched:
        facts = _front_matter(matched.group(1))
        text = text[matched.end() :] if facts else text
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    stated = stated_facts(facts)
    return RawDocument(
        media_type="text/markdown",
        text=normal_form("\n\n".join(_blocks(tokens))),
        title=plain_name(facts.get("title")) or _first_heading(tokens),
        outlet=stated.outlet,
        author=stated.author,
        published_at=stated.published_at,
        language=stated.language,
    )


def _front_matter(source: str) -> Mapping[str, object]:
    """The facts by lower-case key; none when the block is not a YAML mapping."""
    import yaml

    try:
        facts = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    if not isinstance(facts, dict):
        return {}
    return {str(key).lower(): value for key, value in facts.items()}


def _first_heading(tokens: Sequence[Token]) -> str | None:
    if len(tokens) > 1 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return plain_name(_inline(tokens[1]))
    return None


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """The text of each block in order; the cells of a table row are one block."""
    cells: list[str] | None = None
    mark = ""
    for token in tokens:
        match token.type:
            case "inline":
                if cells is not None:
                    cells.append(_inline(token).replace("\n", " "))
                else:
                    yield mark + _inline(token)
                    mark = ""
            case "code_block" | "fence":
                yield token.content.rstrip("\n")
            case "html_block":
                yield _without_tags(token.content)
            case "tr_open":
                cells = []
            case "tr_close":
                yield " | ".join(cells or ())
                cells = None
            case "list_item_open":
                # The number is part of what the author wrote; a bullet is only markup.
                mark = f"{token.info}. " if token.info else ""


def _inline(token: Token) -> str:
    """The words of a line: of a link its text, of an image nothing."""
    parts: list[str] = []
    for child in token.children or ():
        match child.type:
            case "text" | "code_inline":
                parts.append(child.content)
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "html_inline" if child.content.lower().startswith("<br"):
                parts.append("\n")
    return "".join(parts).strip()


def _without_tags(source: str) -> str:
    bare = _HTML_TAG.sub("", _HTML_COMMENT.sub("", source))
    return html.unescape(bare).strip()
