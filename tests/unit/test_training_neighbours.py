"""Hard negatives are near, hold no answer, and are chosen once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.embed import Embedder
from tests.training_groups import FACTS, write_records
from training.data import Group, Item, load_groups
from training.neighbours import NEIGHBOURS, with_neighbours


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> list[Group]:
    return load_groups(write_records(tmp_path_factory.mktemp("data")))


def copy_of(group: Group, passage: str) -> Group:
    """Another question, whose passage is the given one."""
    item = Item(title="", passage=passage, kind="gold", answer=None)
    return replace(group, number=99, items=(item,))


def test_only_marked_groups_get_some_and_none_holds_the_answer(
    groups: list[Group], tiny_embedder: Embedder, tmp_path: Path
) -> None:
    found = with_neighbours(groups, embedder=tiny_embedder, cache=tmp_path / "near.json")
    for group, (_, passage, _, answer) in zip(found, FACTS, strict=False):
        assert len(group.neighbours) == NEIGHBOURS
        for item in group.neighbours:
            assert item.kind == "near"
            assert item.answer is None
            assert item.passage != passage
            assert answer not in item.passage
    assert all(not group.neighbours for group in found[len(FACTS) :])


@pytest.mark.parametrize(
    "passage",
    [
        f"Who dug the harbour of Velmora? Not all agree that {FACTS[0][3]} did.",
        FACTS[0][1].replace(FACTS[0][3], "somebody"),
    ],
    ids=["holds the answer", "shares most words"],
)
def test_what_might_answer_is_left_out(
    groups: list[Group], tiny_embedder: Embedder, tmp_path: Path, passage: str
) -> None:
    asked = [groups[0], copy_of(groups[1], passage), groups[5]]
    (group, *_) = with_neighbours(asked, embedder=tiny_embedder, cache=tmp_path / "near.json")
    assert group.neighbours
    assert passage not in {item.passage for item in group.neighbours}


def test_the_choice_is_kept(groups: list[Group], tiny_embedder: Embedder, tmp_path: Path) -> None:
    cache = tmp_path / "near.json"
    first = with_neighbours(groups, embedder=tiny_embedder, cache=cache)

    class NeverAsked:
        def __getattr__(self, name: str) -> None:
            raise AssertionError(name)

    assert with_neighbours(groups, embedder=NeverAsked(), cache=cache) == first
    assert [path.name for path in tmp_path.iterdir()] == ["near.json"]
