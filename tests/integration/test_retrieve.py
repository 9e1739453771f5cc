"""Questions put to a real library: parts, copies, several documents, filters, exclusion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.build import ingest
from index.embed import Embedder
from index.library import Library, open_library
from index.models import Filters
from rag.light import Candidate
from rag.models import Hit
from rag.question import understand
from rag.retrieve import (
    OF_ONE_DOCUMENT_LISTING,
    POOL,
    arranged,
    closer,
    retrieve,
    search,
)

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"
READ = 12
COPIED = "saltmarsh-herald-ferry-strike.txt"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    """The example articles, and one of them once more under another headline."""
    folder = tmp_path_factory.mktemp("retrieve")
    text = (ARTICLES / COPIED).read_text(encoding="utf-8")
    (folder / "copy.txt").write_text(f"The same from another paper\n\n{text}", encoding="utf-8")
    with open_library(folder / "library", embedder=embedder) as opened:
        ingest(opened, [ARTICLES, folder / "copy.txt"])
        yield opened


def found(library: Library, question: str, *, limit: int = POOL) -> tuple[Hit, ...]:
    return retrieve(library, understand(question), candidates=50, limit=limit, slots=READ)


def source(library: Library, hit: Hit) -> str:
    return Path(library.document(hit.passage.document_id).sources[0]).name


def test_ranks_count_up_and_nothing_comes_twice(library: Library) -> None:
    hits = found(library, "what does North Korea want in return?")
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert len({hit.passage.id for hit in hits}) == len(hits)
    assert hits == found(library, "what does North Korea want in return?")


def test_a_smaller_limit_is_a_beginning(library: Library) -> None:
    question = "Who said that the harvest failed?"
    assert found(library, question, limit=3) == found(library, question)[:3]


def test_what_is_over_the_pool_follows_as_it_was_fused(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.retrieve.POOL", 5)
    hits = found(library, "North Korea", limit=9)
    assert [hit.stage for hit in hits] == ["light"] * 5 + ["fused"] * 4
    assert [hit.rank for hit in hits] == list(range(1, 10))


def test_each_part_of_a_compound_question_is_searched_for(library: Library) -> None:
    whole = understand("Why are the ferry crews on strike? How was the harvest in North Korea?")
    assert len(whole.parts) == 2
    few = search(library, whole, wanted=2, exclude=())
    alone = search(library, replace(whole, parts=(whole.standalone,)), wanted=2, exclude=())
    assert set(alone.passages) < set(few.passages)
    sources = {
        source(library, hit)
        for hit in retrieve(library, whole, candidates=50, limit=READ, slots=READ)
    }
    assert "fieldnote-weekly-harvest-gap.docx" in sources
    assert sources & {COPIED, "copy.txt"}


def test_a_copy_takes_no_place_among_the_first_and_is_not_lost(library: Library) -> None:
    question = understand("Why are the ferry crews on strike?")
    candidates = closer(library, question, search(library, question, wanted=50, exclude=()))
    copies = {
        name for name, count in Counter(one.wording for one in candidates).items() if count > 1
    }
    assert copies, "the article and its copy were not recognised"
    hits = retrieve(library, question, candidates=50, limit=POOL, slots=READ)
    wording = {one.passage.id: one.wording for one in candidates}
    first = [wording[hit.passage.id] for hit in hits[:READ]]
    assert len(set(first)) == len(first) == READ
    assert {source(library, hit) for hit in hits} >= {COPIED, "copy.txt"}


def test_views_come_from_several_documents(library: Library) -> None:
    hits = found(library, "What do people say about the weapons and what are the reasons?")
    of_document = Counter(hit.passage.document_id for hit in hits[:READ])
    assert max(of_document.values()) <= OF_ONE_DOCUMENT_LISTING


def test_a_lone_document_is_given_in_full_and_in_order(library: Library) -> None:
    question = understand("Why are the ferry crews on strike?")
    candidates = closer(library, question, search(library, question, wanted=50, exclude=()))
    lone: list[Candidate] = [
        replace(one, wording=one.passage.id, passage=replace(one.passage, document_id="d"))
        for one in candidates[:20]
    ]
    assert arranged(lone, slots=READ, per_document=2) == list(range(len(lone)))


def test_filters_and_exclusion_hold_for_parts_too(library: Library) -> None:
    only = next(
        one.id for one in library.documents() if any(COPIED in name for name in one.sources)
    )
    text = "Why are the ferry crews on strike? How was the harvest in North Korea?"
    question = understand(text, filters=Filters(document_ids=(only,)))
    hits = retrieve(library, question, candidates=50, limit=10, slots=READ)
    assert hits
    assert {hit.passage.document_id for hit in hits} == {only}
    gone = frozenset(hit.passage.id for hit in hits)
    assert retrieve(library, question, candidates=50, limit=10, slots=READ, exclude=gone) == ()
    anywhere = retrieve(
        library, understand(text), candidates=50, limit=50, slots=READ, exclude=gone
    )
    assert anywhere
    assert not gone & {hit.passage.id for hit in anywhere}


def test_an_empty_library_has_no_hits(tmp_path: Path, tiny_embedder: Embedder) -> None:
    with open_library(tmp_path / "empty", embedder=tiny_embedder) as empty:
        assert found(empty, "Who met Putin?") == ()


def test_the_outlet_named_comes_first(library: Library) -> None:
    outlets = {one.id: one.outlet for one in library.documents()}
    named = next(outlet for outlet in sorted(filter(None, outlets.values())))
    hits = found(library, f"What did the {named.removeprefix('The ')} report about North Korea?")
    assert outlets[hits[0].passage.document_id] == named


@pytest.fixture(scope="module")
def yearly(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    """Reports of the same festival, one a year."""
    folder = tmp_path_factory.mktemp("yearly")
    for year, singer in ((2021, "Ines Calder"), (2023, "Tobias Renn"), (2025, "Sela Brandt")):
        text = f"{singer} opens the gull festival\nPublished 9 August {year}\n\n"
        text += f"{singer} opened the gull festival of Velmora with a song."
        (folder / f"{year}.txt").write_text(text, encoding="utf-8")
    with open_library(folder / "library", embedder=embedder) as opened:
        ingest(opened, sorted(folder.glob("*.txt")))
        yield opened


@pytest.mark.parametrize(
    ("question", "asked_on", "first"),
    [
        ("Who opened the gull festival this week?", date(2023, 8, 11), "2023.txt"),
        ("Who opened the gull festival this week?", date(2025, 8, 11), "2025.txt"),
        ("Who opened the gull festival last year?", date(2022, 3, 1), "2021.txt"),
        ("Who opened the gull festival in August 2021?", date(2025, 8, 11), "2021.txt"),
        ("Who opened the gull festival?", date(2023, 8, 11), "2023.txt"),
        ("Who opened the gull festival in 2023?", None, "2023.txt"),
    ],
)
def test_what_was_published_at_the_time_asked_about_comes_first(
    yearly: Library, question: str, asked_on: date | None, first: str
) -> None:
    asked = understand(question, asked_on=asked_on)
    hits = retrieve(yearly, asked, candidates=50, limit=3, slots=READ)
    assert source(yearly, hits[0]) == first
