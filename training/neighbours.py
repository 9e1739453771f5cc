"""Hard negatives: passages the embedding model finds near a question that do not answer it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eval.metrics.answers import holds
from index.embed import Embedder
from training.data import Group, Item

NEIGHBOURS = 3  # at most, for a group
_LOOKED_AT = 12  # the nearest passages, of which the first that qualify are taken, in no order
_SAME_WORDS = 0.5  # passages that share more of their words are versions of each other


def with_neighbours(groups: Sequence[Group], *, embedder: Embedder, cache: Path) -> list[Group]:
    """The groups with up to three near passages that do not hold the answer.

    Only groups whose answer is marked get some: elsewhere nobody knows what does not answer. The
    choice is kept in `cache`, which is for these groups alone: the embedding model rounds
    differently from machine to machine, and the choice with it.
    """
    pool = _pool(groups)
    if cache.is_file():
        chosen = json.loads(cache.read_text(encoding="utf-8"))
    else:
        print(f"embedding {len(pool):,} passages to find hard negatives", flush=True)
        chosen = _chosen(groups, pool, embedder)
        # In one move: an interruption leaves no half a file.
        new = cache.with_name(f"{cache.name}.new")
        new.write_text(json.dumps(chosen), encoding="utf-8")
        new.replace(cache)
    return [
        replace(group, neighbours=tuple(pool[index] for index in chosen[str(group.number)]))
        if str(group.number) in chosen
        else group
        for group in groups
    ]


def _pool(groups: Sequence[Group]) -> list[Item]:
    """Every distinct passage that somebody asks about or words found, in the groups' order."""
    found: dict[str, Item] = {}
    for group in groups:
        for item in group.items:
            if item.kind in {"gold", "unans", "bm25"}:
                found.setdefault(item.passage, replace(item, kind="near", answer=None))
    return list(found.values())


def _chosen(
    groups: Sequence[Group], pool: Sequence[Item], embedder: Embedder
) -> dict[str, list[int]]:
    """For each group's number, places in the pool."""
    rows = embedder.embed([item.passage for item in pool])
    marked = [(group, gold) for group in groups if (gold := group.first("gold")) and gold.answer]
    questions = embedder.embed([group.question for group, _ in marked])
    words = [frozenset(item.passage.split()) for item in pool]
    looked_at = min(_LOOKED_AT, len(pool) - 1)
    chosen: dict[str, list[int]] = {}
    for (group, gold), row in zip(marked, questions, strict=True):
        assert gold.answer is not None
        answer = gold.passage[gold.answer.start : gold.answer.end]
        golden = frozenset(gold.passage.split())
        near = np.argpartition(-(rows @ row), looked_at)[:looked_at]
        chosen[str(group.number)] = [
            int(index)
            for index in near
            if not holds(pool[index].passage, answer)
            and len(words[index] & golden) < _SAME_WORDS * min(len(words[index]), len(golden))
        ][:NEIGHBOURS]
    return chosen
