"""Reading real files whole: the example articles, and articles saved from the web if at hand."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from index.clean import clean
from index.load import load
from index.models import RawDocument
from index.sentences import sentences

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "articles"
DATA = Path(os.environ.get("PINCITE_DATA", ROOT.parent / "shared" / "data"))

FACTS = {
    "civic-signal-food-not-rockets.md": ("Civic Signal", "Wendeline Stroud", "2023-09-19"),
    "eastquay-times-leaders-meet-denials.html": (
        "Eastquay Times",
        "Delphine Marrack",
        "2023-09-13",
    ),
    "fieldnote-weekly-harvest-gap.docx": ("Fieldnote Weekly", "Bettany Coldwell", "2023-10-04"),
    "harbour-ledger-what-pyongyang-wants.txt": (
        "The Harbour Ledger",
        "Orla Penhallow",
        "2023-09-14",
    ),
    "northgate-courier-shells-for-technology.html": (
        "Northgate Courier",
        "Caspian Rourke",
        "2023-09-07",
    ),
    "strait-observer-submarine-question.pdf": (
        "The Strait Observer",
        "Jolyon Teague",
        "2023-09-22",
    ),
    "undated-page-arms-for-know-how.txt": (None, None, None),
    "yellow-sea-monitor-beijing-watches.html": (
        "Yellow Sea Monitor",
        "Anselm Guo-Hartley",
        "2023-09-27",
    ),
}
FURNITURE = ("Your email address", "Share on", "cookie", "newsletter", "Page 1", "min read")


def read(path: Path) -> RawDocument:
    return clean(load(path.read_bytes(), path.name), path.name)


@pytest.mark.parametrize("name", sorted(FACTS))
def test_an_example_article_states_its_facts(name: str) -> None:
    outlet, author, day = FACTS[name]
    raw = read(EXAMPLES / name)
    assert (raw.outlet, raw.author) == (outlet, author)
    assert raw.published_at == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_an_example_article_is_read_to_its_last_sentence_without_furniture(path: Path) -> None:
    raw = read(path)
    ends = [raw.text[start:end] for start, end in sentences(raw.text, raw.language)]
    assert ends[-1] == "Example article written for Pincite; the outlet is invented."
    assert [words for words in FURNITURE if words in raw.text] == []
    assert raw.title
    assert raw.title not in raw.text


@pytest.mark.skipif(
    not (DATA / "articles").is_dir(),
    reason="the evaluation data is not here; set PINCITE_DATA to the folder that holds it",
)
@pytest.mark.parametrize(
    ("name", "outlet", "author", "in_title", "last_word"),
    [
        ("001.txt", None, None, "How worrying", "private."),
        ("002.txt", None, None, "Seoul wary", "war”."),
        ("004.txt", "ICCBizNews", "Manoj", "The risks", "umbrella."),
    ],
)
def test_a_saved_article_loses_its_furniture_and_gains_no_date(
    name: str, outlet: str | None, author: str | None, in_title: str, last_word: str
) -> None:
    raw = read(DATA / "articles" / name)
    assert (raw.outlet, raw.author, raw.published_at) == (outlet, author, None)
    assert raw.title is not None
    assert raw.title.startswith(in_title)
    assert raw.text.split()[-1] == last_word
