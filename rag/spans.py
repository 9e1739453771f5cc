"""The stretch of a passage that answers, read off the logits of its tokens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.models import Span
from rag.pairs import Tokenised

LONGEST_ANSWER = 30  # tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSpan:
    """A part of a passage; `margin` is its logit less that of no answer, higher is surer."""

    span: Span
    margin: float


def best_span(
    starts: NDArray[np.float32], ends: NDArray[np.float32], tokens: Tokenised
) -> FoundSpan | None:
    """The span of at most `LONGEST_ANSWER` tokens whose two logits sum highest.

    `starts` and `ends`, shape (at least L,), are the logits of the pair's L tokens, position 0
    standing for no answer (Devlin et al. 2019). The span never ends before it begins. None for a
    passage without tokens.
    """
    places = np.flatnonzero(tokens.starts >= 0)
    if not len(places):
        return None
    sums = starts[places][:, None] + ends[places][None, :]
    lengths = places[None, :] - places[:, None]
    sums = np.where((lengths >= 0) & (lengths < LONGEST_ANSWER), sums, -np.inf)
    first, last = np.unravel_index(int(np.argmax(sums)), sums.shape)
    return FoundSpan(
        span=Span(int(tokens.starts[places[first]]), int(tokens.ends[places[last]])),
        margin=float(sums[first, last] - starts[0] - ends[0]),
    )
