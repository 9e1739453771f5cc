"""The examples of each epoch in batches of like lengths, the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import count

from training.data import Group
from training.examples import Example, draw

CHUNK = 40  # batches whose examples are sorted by length together
EXAMPLES = 3  # of a group, about


def batches(groups: Sequence[Group], *, seed: int, size: int) -> Iterator[list[Example]]:
    """Epoch after epoch without end; see `epoch_batches`."""
    for epoch in count():
        yield from epoch_batches(groups, seed=seed, epoch=epoch, size=size)


def epoch_batches(
    groups: Sequence[Group], *, seed: int, epoch: int, size: int
) -> list[list[Example]]:
    """One epoch: groups in a new order, their negatives drawn anew.

    A batch holds `size` examples or a few more, whole groups always: they compete with each other.
    The last batch of each chunk may hold fewer.
    """
    rng = random.Random(seed * 1_009 + epoch)
    order = list(groups)
    rng.shuffle(order)
    drawn = [examples for group in order if (examples := draw(group, groups, rng))]
    chunk = CHUNK * size // EXAMPLES
    found: list[list[Example]] = []
    for start in range(0, len(drawn), chunk):
        # Like lengths waste little on padding; the chunks keep the batches of an epoch mixed.
        alike = _filled(sorted(drawn[start : start + chunk], key=_length), size)
        rng.shuffle(alike)
        found += alike
    return found


def _length(examples: Sequence[Example]) -> int:
    return max(len(example.pair.passage) for example in examples)


def _filled(drawn: Sequence[list[Example]], size: int) -> list[list[Example]]:
    found: list[list[Example]] = [[]]
    for examples in drawn:
        if len(found[-1]) >= size:
            found.append([])
        found[-1] += examples
    return found
