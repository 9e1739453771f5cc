"""What the vector index does when Chroma fails in ways that no file on the disk can bring about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
