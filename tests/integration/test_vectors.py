"""What the vector index does when Chroma fails in ways that no file on the disk can bring about."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from index.build import ingest
from index.embed import Embedder
from index.errors import LibraryDamaged
from index.library import Library, open_library


@pytest.fixture
def library(tmp_path: Path, tiny_embedder: Embedder) -> Iterator[Library]:
    (tmp_path / "a.txt").write_text("It rained.", encoding="utf-8")
    with open_library(tmp_path / "library", embedder=tiny_embedder) as opened:
        ingest(opened, [tmp_path / "a.txt"])
        yield opened


def panic() -> None:
    """A panic as Chroma's native code raises it; both are bound to Python in the same way."""
    tokenizer = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.enable_truncation(1, stride=1)
    tokenizer.encode("one two")


def generations(library: Library) -> set[str]:
    return {path.name for path in (library.path / "chroma").iterdir()}


def test_a_panic_is_no_exception() -> None:
    with pytest.raises(BaseException, match="stride") as raised:
        panic()
    assert not isinstance(raised.value, Exception)


def test_a_panic_is_healed(library: Library) -> None:
    before, calls = generations(library), list[int]()

    def panics_once(collection: object) -> str:
        calls.append(1)
        if len(calls) == 1:
            panic()
        return "found"

    assert library.vectors._healed(panics_once) == "found"
    assert generations(library) != before
    assert library.verify().sound


def test_panics_that_do_not_heal_are_a_sentence(library: Library) -> None:
    with pytest.raises(LibraryDamaged, match=r"not even made anew .*stride"):
        library.vectors._healed(lambda collection: panic())
    assert library.verify().sound


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError])
def test_what_stops_a_program_passes(library: Library, stop: type[BaseException]) -> None:
    before = generations(library)

    def stops(collection: object) -> None:
        raise stop

    with pytest.raises(stop):
        library.vectors._healed(stops)
    assert generations(library) == before


def test_searches_go_on_while_the_index_is_made_again(
    tmp_path: Path, averaged_words: Embedder
) -> None:
    chance = random.Random(0)
    words = [f"{first}{last}" for first in "bcdfghklm" for last in ("ay", "old", "ern", "ing")]
    for number in range(4):
        parts = (" ".join(chance.choices(words, k=40)) + "." for _ in range(300))
        (tmp_path / f"{number}.txt").write_text("\n\n".join(parts), encoding="utf-8")
    with open_library(tmp_path / "library", embedder=averaged_words) as library:
        ingest(library, [tmp_path / f"{number}.txt" for number in range(4)])
        assert library.passage_count > 1_000
        before, old = search(library), generations(library)
        rebuilding = Thread(target=library.rebuild)
        rebuilding.start()
        found = [search(library)]
        while rebuilding.is_alive():
            answer = search(library)
            if rebuilding.is_alive():
                found.append(answer)
        rebuilding.join()
        assert len(found) > 3  # waiting for the whole build, it would be one
        assert all(answer == before for answer in found)
        assert search(library) == before
        assert not generations(library) & old


def search(library: Library) -> list[str]:
    hits = library.search_dense("bay cold dern", limit=3)
    return [hit.passage.id for hit in hits]
