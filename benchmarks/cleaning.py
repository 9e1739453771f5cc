"""Cleaning: real web pages against their article texts, and what goes from five saved articles.

    python benchmarks/cleaning.py [--worst N]

The pages are half of scrapinghub's article-extraction-benchmark. F1 is over runs of four words, a
mean over pages; beside ours stand trafilatura alone, on the same pages, and all text of the page.
With --worst, the blocks that were kept or lost wrongly on the pages where ours is worst.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation_data import data_folder
from rich.console import Console
from shown import shown

from eval.metrics.shingles import Overlap, shingle_overlap, shingles
from eval.metrics.statistics import figure
from index.decode import decode
from index.embed import SentenceTransformerEmbedder
from index.load import load
from index.models import Document
from index.passages import passages_of
from index.read import read_document
from index.sentences import sentences
from index.weights import EMBEDDING_MODEL

PAGES = "web_pages_a"
ARTICLES = "articles"
OURS, BASELINE = "Pincite", "trafilatura"
NAME = "page.html"
# What must stand in no passage. Written from reading the five articles, not from index/chrome.py.
_FURNITURE = re.compile(
    r"(?:^|\n)\W*(?:(?:leave|post|add|share) (?:a|your) (?:reply|comment)|\d+ comments?\b|share on"
    r"|share this|related (?:articles|posts|stories)|your email address|required fields"
    r"|source link|(?:back )?to top\b|// //)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?…][\"”’)]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    name: str
    data: bytes
    gold: str


def main() -> None:
    parser = argparse.ArgumentParser(description="Cleaning of web pages and saved articles.")
    parser.add_argument("--worst", type=int, default=0, help="pages to show")
    chosen = parser.parse_args()
    console = Console(width=140, highlight=False, markup=False)
    pages = list(_pages(data_folder(PAGES)))
    texts = {
        name: {page.name: reader(page.data) for page in pages} for name, reader in _READERS.items()
    }
    scores = {
        name: [shingle_overlap(read[page.name], page.gold) for page in pages]
        for name, read in texts.items()
    }
    console.print(f"{PAGES}, {len(pages)} pages; mean [95 % interval]")
    for name, found in scores.items():
        console.print(f"  {name:32}{_row(found)}")
    pairs = zip(scores[OURS], scores[BASELINE], strict=True)
    ahead = shown(figure([ours.f1 - theirs.f1 for ours, theirs in pairs]), places=4)
    console.print(f"  F1, {OURS} less {BASELINE}, page by page: {ahead}")
    ranked = sorted(zip(scores[OURS], pages, strict=True), key=lambda pair: pair[0].f1)
    for score, page in ranked[: chosen.worst]:
        console.print(f"\n{page.name[:8]}  F1 {score.f1:.3f}")
        for line in _differences(texts[OURS][page.name], page.gold):
            console.print(f"  {line}")
    for path in sorted(data_folder(ARTICLES).glob("*.txt")):
        for line in _article(path):
            console.print(line)


def _pages(folder: Path) -> Iterable[Page]:
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for name, entry in truth.items():
        data = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        yield Page(name=name, data=data, gold=entry["articleBody"])


def _trafilatura(data: bytes, *, comments: bool = True) -> str:
    import trafilatura

    return trafilatura.extract(data, include_comments=comments) or ""


def _all_text(data: bytes) -> str:
    import lxml.html

    tree = lxml.html.document_fromstring(decode(data, NAME))
    for element in list(tree.iter("script", "style", "noscript", "template")):
        element.drop_tree()
    return str(tree.text_content())


_READERS: Mapping[str, Callable[[bytes], str]] = {
    OURS: lambda data: read_document(data, NAME).text,
    BASELINE: _trafilatura,
    "trafilatura, comments left out": lambda data: _trafilatura(data, comments=False),
    "all text": _all_text,
}


def _row(scores: list[Overlap]) -> str:
    return "  ".join(
        f"{name} {shown(figure([getattr(score, field) for score in scores]), places=4)}"
        for name, field in (("F1", "f1"), ("precision", "precision"), ("recall", "recall"))
    )


def _differences(text: str, gold: str) -> Iterable[str]:
    """Blocks of which less than half stands in the other text."""
    for label, blocks, other in (("kept", text, gold), ("lost", gold, text)):
        known = shingles(other).keys()
        for block in filter(str.strip, blocks.split("\n")):
            own = shingles(block).keys()
            if len(own & known) < len(own) / 2:
                yield f"{label}: {block[:200]}"


def _article(path: Path) -> Iterable[str]:
    """What was removed from one saved article, in full, for a person to read."""
    data = path.read_bytes()
    raw, cleaned = load(data, path.name).text, read_document(data, path.name)
    document = Document(id=path.stem, sources=(), title=cleaned.title or "", text=cleaned.text)
    passages = passages_of(document, embedder=SentenceTransformerEmbedder(EMBEDDING_MODEL))
    marked = [passage.text for passage in passages if _FURNITURE.search(passage.text)]
    tail = _FURNITURE.search(raw)
    body = raw[: tail.start()] if tail else raw
    kept = " ".join(cleaned.text.split())
    spans = sentences(body, cleaned.language)
    parts = [" ".join(body[start:end].split()) for start, end in spans]
    lost = [
        part for part in parts if _ENDS.search(part) and part not in kept and part != cleaned.title
    ]
    yield (
        f"\n{path.name}: {len(parts)} sentences before the page's tail, {len(lost)} lost;"
        f" {len(passages)} passages, {len(marked)} with furniture"
    )
    yield from (f"  LOST {part}" for part in lost)
    yield from (f"  FURNITURE {text}" for text in marked)
    known = {line.strip() for line in cleaned.text.split("\n")}
    removed = (line.strip() for line in raw.split("\n"))
    yield from (f"  removed: {line}" for line in removed if line and line not in known)


if __name__ == "__main__":
    main()
