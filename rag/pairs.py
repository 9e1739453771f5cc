"""A question and passages as the evidence model reads them: tokens, and where sentences lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.models import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Question, title and passage together; the passages Pincite makes fit with room to spare.
MOST_TOKENS = 320
MOST_QUESTION_TOKENS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A question, or a claim, with a passage of a document and the passage's sentences."""

    question: str
    title: str
    passage: str
    sentences: Sequence[Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokenised:
    """A pair as L tokens, special ones included; each array has the shape (L,).

    `types` is 0 for the question and 1 for title and passage. Passage tokens, title left out,
    stand at `passage[starts[i]:ends[i]]`; elsewhere `starts` and `ends` are -1. `sentence_of` is
    the number of each token's sentence, or -1.
    """

    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    sentence_of: NDArray[np.int64]

    @property
    def sentence_count(self) -> int:
        """Up to the last sentence with tokens: the end of a long pair is cut off."""
        return int(self.sentence_of.max(initial=-1)) + 1


def tokenise(pairs: Sequence[Pair], tokenizer: Tokenizer) -> list[Tokenised]:
    """Long questions lose their end at `MOST_QUESTION_TOKENS`, pairs theirs at `MOST_TOKENS`."""
    questions = {pair.question: _cut(pair.question, tokenizer) for pair in pairs}
    encodings = tokenizer.encode_batch([(questions[pair.question], titled(pair)) for pair in pairs])
    return [
        _tokenised(
            pair,
            ids=np.asarray(encoding.ids[:MOST_TOKENS], dtype=np.int64),
            types=np.asarray(encoding.type_ids[:MOST_TOKENS], dtype=np.int64),
            offsets=np.asarray(encoding.offsets[:MOST_TOKENS], dtype=np.int64),
            special=np.asarray(encoding.special_tokens_mask[:MOST_TOKENS], dtype=np.bool_),
        )
        for pair, encoding in zip(pairs, encodings, strict=True)
    ]


def titled(pair: Pair) -> str:
    """The passage behind its document's title, as every reading model sees it."""
    return f"{pair.title}\n{pair.passage}" if pair.title else pair.passage


def _tokenised(
    pair: Pair,
    *,
    ids: NDArray[np.int64],
    types: NDArray[np.int64],
    offsets: NDArray[np.int64],
    special: NDArray[np.bool_],
) -> Tokenised:
    shift = len(titled(pair)) - len(pair.passage)
    inside = (types == 1) & ~special & (offsets[:, 0] >= shift)
    starts = np.where(inside, offsets[:, 0] - shift, -1)
    ends = np.where(inside, offsets[:, 1] - shift, -1)
    sentence_of = np.full(len(ids), -1, dtype=np.int64)
    for number, span in enumerate(pair.sentences):
        sentence_of[inside & (starts >= span.start) & (ends <= span.end)] = number
    return Tokenised(ids=ids, types=types, starts=starts, ends=ends, sentence_of=sentence_of)


def _cut(question: str, tokenizer: Tokenizer) -> str:
    encoding = tokenizer.encode(question, add_special_tokens=False)
    if len(encoding.ids) <= MOST_QUESTION_TOKENS:
        return question
    return question[: encoding.offsets[MOST_QUESTION_TOKENS - 1][1]]
