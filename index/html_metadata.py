"""What a web page states about its article, and nothing that it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from index.dates import find_date
from index.metadata import language_code, people, plain_name

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "dc.date.issued",
    "dcterms.issued",
    "citation_publication_date",
    "sailthru.date",
)
_AUTHOR = ("author", "article:author", "byl", "parsely-author", "dc.creator", "citation_author")
_OUTLET = ("og:site_name", "citation_journal_title")
_TITLE = ("og:title", "citation_title", "dc.title", "twitter:title")
_DESCRIPTION = ("og:description", "description", "twitter:description")
_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|LiveBlogPosting|OpinionNewsArticle)$")
_UPDATED = re.compile(r"updat|modif", re.IGNORECASE)
_SUFFIX_MARKS = r"\s+[|•·–—:»-]\s+"

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What the page says of itself; `None` where it is silent or says two things."""

    title: str | None
    outlet: str | None
    author: str | None
    published_at: date | None
    language: str | None
    description: str | None


def page_facts(tree: HtmlElement) -> PageFacts:
    """Read meta elements, JSON-LD and the time elements inside the article.

    A day is taken only from an explicit statement of publication, as written there; a date that
    merely appears on the page is none.
    """
    meta = _meta(tree)
    article = _article_of(tree, meta)
    outlet = _first(plain_name(meta.get(key)) for key in _OUTLET) or _publisher(article)
    title = _headline(tree, meta, article)
    return PageFacts(
        title=without_suffix(title, outlet),
        outlet=outlet,
        author=people(article.get("author")) or _first(people(meta.get(key)) for key in _AUTHOR),
        published_at=_published(tree, meta, article),
        language=language_code(tree.get("lang") or tree.get("xml:lang"))
        or language_code(article.get("inLanguage")),
        description=_first(meta.get(key) for key in _DESCRIPTION),
    )


def without_suffix(title: str | None, outlet: str | None) -> str | None:
    """A title without the outlet that pages add to it.

    >>> without_suffix("Ferries stop | Saltmarsh Herald", "Saltmarsh Herald")
    'Ferries stop'
    """
    if not title or not outlet:
        return title
    shortened = re.sub(_SUFFIX_MARKS + re.escape(outlet) + r"\s*$", "", title, flags=re.IGNORECASE)
    return shortened.strip() or title


def _first(found: Iterable[str | None]) -> str | None:
    return next((each for each in found if each), None)


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Meta elements by lower-case name; the first of each name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _article_of(tree: HtmlElement, meta: Mapping[str, str]) -> Facts:
    """The JSON-LD object of the page's article; of several, the one whose headline is the title."""
    articles = [
        node
        for element in tree.iter("script")
        if "ld+json" in (element.get("type") or "").lower()
        for node in _nodes(_parsed(element.text or ""))
        if any(_ARTICLE.search(kind) for kind in _kinds(node))
    ]
    if len(articles) <= 1:
        return articles[0] if articles else {}
    titles = {meta.get(key, "").casefold() for key in _TITLE} | {
        " ".join(heading.text_content().split()).casefold() for heading in tree.iter("h1")
    }
    for article in articles:
        headline = plain_name(article.get("headline"))
        if headline and headline.casefold() in titles:
            return article
    same_day = {str(article.get("datePublished"))[:10] for article in articles}
    return articles[0] if len(same_day) == 1 else {}


def _parsed(source: str) -> object:
    try:
        return json.loads(source, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: object) -> Iterator[Facts]:
    """The objects on the top level, in a list or in a graph; not those nested deeper."""
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity"):
            nested = value.get(key)
            for each in nested if isinstance(nested, list) else [nested]:
                if isinstance(each, dict):
                    yield each


def _kinds(node: Facts) -> list[str]:
    kinds = node.get("@type")
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else [str(kinds)]


def _publisher(article: Facts) -> str | None:
    publisher = article.get("publisher")
    if isinstance(publisher, list):
        publisher = publisher[0] if publisher else None
    return plain_name(publisher)


def _published(tree: HtmlElement, meta: Mapping[str, str], article: Facts) -> date | None:
    stated = [meta.get(key) for key in _PUBLISHED] + [article.get("datePublished")]
    for value in stated:
        if isinstance(value, str) and (found := find_date(value.replace("/", "-"))):
            return found
    marked = tree.xpath('//*[@itemprop="datePublished"][@datetime or @content]')
    days = {find_date(each.get("datetime") or each.get("content")) for each in marked}
    if not days:
        days = {find_date(each.get("datetime")) for each in _times(tree)}
    return days.pop() if len(days) == 1 else None


def _times(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The time elements of the page's only article, without those that tell of an update."""
    articles = tree.xpath("//article[not(ancestor::article)]")
    if len(articles) != 1:
        return
    for element in articles[0].iter("time"):
        around = " ".join((element.get("class") or "", element.getparent().get("class") or ""))
        said = element.getprevious()
        before = (said.tail if said is not None else element.getparent().text) or ""
        if element.get("datetime") and not _UPDATED.search(around + " " + before):
            yield element


def _headline(tree: HtmlElement, meta: Mapping[str, str], article: Facts) -> str | None:
    """The stated headline that the page also shows, else its only first heading, else its title."""
    declared = plain_name(article.get("headline"))
    open_graph = _first(plain_name(meta.get(key)) for key in _TITLE)
    headings = [name for each in tree.iter("h1") if (name := plain_name(each.text_content()))]
    titles = [name for each in tree.iter("title") if (name := plain_name(each.text_content()))]
    shown = [name.casefold() for name in (open_graph, *headings, *titles) if name]
    # Some sites write a description where the headline belongs.
    if declared and (not shown or any(declared.casefold() in name for name in shown)):
        return declared
    only = headings[0] if len(headings) == 1 else None
    if only and (open_graph is None or only.casefold() in open_graph.casefold()):
        return only
    return open_graph or _first(titles) or _first(headings) or declared
