"""The settings of a training run, and how the rate of learning goes through it."""

from __future__ import annotations

from dataclasses import dataclass

WARM_UP = 0.06  # share of the steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that decides what comes out, besides the data and the machine's arithmetic.

    `epochs` counts passes over the data, `share` is the part of its questions that is used,
    `batch` the least number of examples in a step, `rate` the encoder's highest learning rate,
    `decay` AdamW's weight decay, `dropout` the share of hidden states left out. `first` is the
    SHA-256 of the weights that the run begins with, empty for the embedding model's.
    """

    seed: int = 7
    epochs: float = 1.7
    share: float = 1.0
    batch: int = 32
    rate: float = 1e-4
    decay: float = 0.01
    dropout: float = 0.0
    first: str = ""


def rate_share(step: int, steps: int) -> float:
    """The share of the full rate at a step, from 1: a straight rise, then a straight fall to 0.

    >>> [round(rate_share(step, 100), 2) for step in (1, 3, 6, 53, 100)]
    [0.17, 0.5, 1.0, 0.5, 0.0]
    """
    warm = max(1, round(WARM_UP * steps))
    return step / warm if step <= warm else max(0.0, (steps - step) / max(1, steps - warm))
