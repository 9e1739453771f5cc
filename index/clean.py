"""A raw document loses what is not article: its head block and the furniture of web pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePath

from index import load_csv, load_eml, load_json, load_xlsx
from index.chrome import chrome_lines
from index.decode import shows
from index.head import Head, read_head
from index.models import RawDocument, Span

# Offsets refer to the cleaned text: a change of what is removed needs a new number here.
CLEANER_VERSION = 3

_WEB_TEXT = {"text/plain", "text/html"}
# What stands in their first lines are values, even where they look like a byline.
_WITHOUT_HEAD = {
    load_csv.MEDIA_TYPE,
    load_json.MEDIA_TYPE,
    load_xlsx.MEDIA_TYPE,
    load_eml.MEDIA_TYPE,
}
_SURPLUS = re.compile(r"\A\s+|\n{3,}|\s+\Z")
_WORD = re.compile(r"[^\W\d_]{3,}")
_NO_NAME = re.compile(
    r"(?:untitled|document|article|page|scan|download|file|index|text|image|new)s?", re.IGNORECASE
)


def clean(raw: RawDocument, name: str) -> RawDocument:
    """The document as it is stored: `text` is the body without the head block.

    The head block is the headline, the byline, the line of publication and lines that hold only a
    date; they are read into `title`, `author`, `outlet` and `published_at`, unless the file itself
    stated these. From plain text and web pages the lines of page furniture go as well; a sentence
    of the article never does. `page_starts` move along. `title` is always set: the file's own, else
    the headline, else the readable part of `name`, else the first words of the text.
    """
    lines = _lines(raw.text)
    texts = [raw.text[line.start : line.end].strip() for line in lines]
    dropped = set(chrome_lines(texts)) if raw.media_type in _WEB_TEXT else set()
    head = Head() if raw.media_type in _WITHOUT_HEAD else read_head(texts, dropped, raw)
    dropped |= head.lines
    if all(number in dropped or not text for number, text in enumerate(texts)):
        # A file that is nothing but a headline is its own body.
        dropped = set()
    text, moved = _without(raw.text, [lines[number] for number in sorted(dropped)])
    # What cannot be seen says nothing, and could not be pressed where titles are listed.
    raw = replace(
        raw,
        title=raw.title if shows(raw.title) else None,
        outlet=raw.outlet if shows(raw.outlet) else None,
        author=raw.author if shows(raw.author) else None,
    )
    return replace(
        raw,
        text=text,
        title=raw.title or head.title or _readable_stem(name) or _first_words(text),
        outlet=raw.outlet or head.outlet,
        author=raw.author or head.author,
        published_at=raw.published_at or head.published_at,
        page_starts=tuple(moved(start) for start in raw.page_starts),
    )


def _lines(text: str) -> list[Span]:
    """Every line with the line break that ends it."""
    return [Span(*match.span()) for match in re.finditer(r"[^\n]*\n|[^\n]+", text)]


def _without(text: str, spans: Iterable[Span]) -> tuple[str, Callable[[int], int]]:
    """The text without the spans and without surplus blank lines, and where an offset went."""
    once, first = _cut(text, spans)
    surplus = [_surplus_of(match) for match in _SURPLUS.finditer(once)]
    twice, second = _cut(once, surplus)
    return twice, lambda offset: min(second(first(offset)), max(0, len(twice) - 1))


def _surplus_of(match: re.Match[str]) -> Span:
    inner = match.start() > 0 and match.end() < len(match.string)
    return Span(match.start() + (2 if inner else 0), match.end())


def _cut(text: str, spans: Iterable[Span]) -> tuple[str, Callable[[int], int]]:
    removed = sorted(spans)
    kept: list[str] = []
    position = 0
    for span in removed:
        kept.append(text[position : span.start])
        position = span.end
    kept.append(text[position:])

    def moved(offset: int) -> int:
        gone = sum(min(span.end, offset) - span.start for span in removed if span.start < offset)
        return offset - gone

    return "".join(kept), moved


def _readable_stem(name: str) -> str | None:
    """The file's name as words, or `None` when it says nothing, like `000` or `scan_12`."""
    stem = PurePath(name).stem
    words = re.sub(r"[\s_+]+|(?<=\w)-(?=\w)", " ", stem).strip()
    telling = [word for word in _WORD.findall(words) if not _NO_NAME.fullmatch(word)]
    if not telling or re.fullmatch(r"[0-9a-f]{8,}", words.replace(" ", ""), re.IGNORECASE):
        return None
    return words[0].upper() + words[1:]


def _first_words(text: str) -> str:
    """The beginning of the text, cut after a word, at most 70 characters."""
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    # A first line of a word or two is a place or a name, not what the text is about.
    line = next((line for line in lines if len(line) >= 30), lines[0] if lines else "")
    if len(line) <= 70:
        return line
    words = line[:70].rsplit(" ", 1)[0] if " " in line[:70] else line[:70]
    return words.rstrip(",;:–— ") + "…"
