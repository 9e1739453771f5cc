"""The open training pairs: questions with passages that answer and passages that do not."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.models import Span
from index.sentences import sentences

# Of 100 passages: the questions they answer are kept from training, to see how it goes.
HELD_OUT_PERCENT = 4
# Only here did people write questions that nearly fit their passage, and there are few of them.
READ_TWICE = "squad2A"
_SECOND = 1_000_000  # added to the number of a group that is read a second time


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A passage of a group; `answer` is the answer's place in it, where that is marked.

    `kind`, as the data's README names them: `gold` answers; `removed` is the same less its answer
    sentence; `bm25` was found by words and does not answer, `samedoc` is of the same page, `near`
    was found by the embedding model; `unans` and `swap` are asked what they do not answer.
    """

    title: str
    passage: str
    kind: str
    answer: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A question with its passages; `answer_sentence` where only the sentence is marked.

    `number` is its line in the data, from 0. `neighbours` are the hard negatives of
    `training.neighbours`.
    """

    number: int
    source: str
    question: str
    items: tuple[Item, ...]
    answer_sentence: str = ""
    neighbours: tuple[Item, ...] = ()

    def first(self, kind: str) -> Item | None:
        return next((item for item in self.items if item.kind == kind), None)

    @property
    def is_held_out(self) -> bool:
        """Decided by the passage, so that its other questions go the same way."""
        gold = self.first("gold") or self.items[0]
        return zlib.crc32(gold.passage[:80].encode()) % 100 < HELD_OUT_PERCENT


def training_file() -> Path:
    """`train/train_open.jsonl` below `$PINCITE_DATA`, else `../shared/data`; ends if missing."""
    folder = Path(os.environ.get("PINCITE_DATA") or "../shared/data") / "train"
    path = folder / "train_open.jsonl"
    if not path.is_file():
        raise SystemExit(f"{path} is missing: set PINCITE_DATA to the folder of the open data.")
    return path


def load_groups(path: Path) -> list[Group]:
    """Every group of the file, in its order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_group(number, json.loads(line)) for number, line in enumerate(lines)]


def _group(number: int, record: dict[str, Any]) -> Group:
    items = record["items"]
    return Group(
        number=number,
        source=record["src"],
        question=record["q"],
        answer_sentence=next((item["p"] for item in items if item["k"] == "sent+"), ""),
        items=tuple(
            Item(
                title=item["t"] or "",
                passage=item["p"],
                kind=item["k"],
                answer=None if item.get("s") is None else Span(item["s"], item["e"]),
            )
            for item in items
            # Single sentences are read in their passages.
            if not item["k"].startswith("sent")
        ),
    )


def split_held_out(groups: Iterable[Group]) -> tuple[list[Group], list[Group]]:
    """The groups to train on, and those kept to see how it goes."""
    kept: list[Group] = []
    held_out: list[Group] = []
    for group in groups:
        (held_out if group.is_held_out else kept).append(group)
    return kept, held_out


def with_second_readings(groups: Sequence[Group]) -> list[Group]:
    """The groups, and once more those of the source `READ_TWICE`, as groups of their own."""
    again = [
        replace(group, number=group.number + _SECOND)
        for group in groups
        if group.source == READ_TWICE
    ]
    return [*groups, *again]


@lru_cache(maxsize=100_000)
def sentence_spans(passage: str) -> tuple[Span, ...]:
    """Where the sentences of a passage lie; remembered, since every epoch asks again."""
    return tuple(sentences(passage, "en"))


def answering_sentence(group: Group, item: Item) -> int | None:
    """The number of the sentence that answers, or in which the answer begins, if it is marked."""
    if item.answer is not None:
        place = item.answer.start
    elif group.answer_sentence:
        place = item.passage.find(group.answer_sentence)
    else:
        return None
    spans = sentence_spans(item.passage)
    return next((n for n, span in enumerate(spans) if span.start <= place < span.end), None)
