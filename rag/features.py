"""What can be seen of a sentence without a trained reader: how well it matches the question.

Question and passage are read by the embedding model once, and compared token by token: the
passage is read whole, so that a sentence is understood in its surroundings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder, Matrix, TokenVectors
from index.models import Span
from index.sentences import sentences
from rag.question import AnswerKind, answer_kind
from rag.words import STOP_WORDS, content_stems, names, numbers, stem, words

FEATURES = (
    "similarity",  # cosine of question and sentence, each the mean of its tokens
    "before",  # the same for the sentence before
    "matched",  # how well each word of the question is met by some token of the sentence
    "met_around",  # the same for title and passage
    "weakest",  # how well title and passage meet the word of the question they meet worst
    "coverage",  # share of the question's words in the sentence
    "surroundings",  # the same with title and neighbouring sentences
    "fits",  # holds a number, date or name where one is asked for
    "fragment",  # too short for a statement: mostly headings and captions
)
FRAGMENT_WORDS = 6
# A word in every passage still counts this much, against 1 for a word in none.
LEAST_WEIGHT = 0.25
_DATE = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|"
    r"(1[5-9]|20)\d\d|week|month|year)s?\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_INDIRECT = re.compile(r"\b(what|how|why|whether)\b[^:–—]*$", re.IGNORECASE)
# A clause like "what Pyongyang could get" is this question if it holds that share of its words.
_ECHO_COVERAGE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a passage with its neighbours; `span` is an offset into the passage."""

    span: Span
    text: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is compared: its tokens, and what each of them weighs (summing to 1)."""

    text: str
    tokens: TokenVectors
    weights: NDArray[np.float64]
    word_of: NDArray[np.int64]
    rarity: Mapping[str, float]
    stems: frozenset[str]
    kind: AnswerKind


def split(text: str, *, language: str | None = None) -> list[Sentence]:
    """The sentences of a passage, in order."""
    spans = sentences(text, language)
    texts = ["", *(text[span.start : span.end] for span in spans), ""]
    return [
        Sentence(span=span, text=texts[at], before=texts[at - 1], after=texts[at + 1])
        for at, span in enumerate(spans, start=1)
    ]


def asks(text: str) -> bool:
    """Whether a sentence is a question.

    >>> asks("“What does Kim want?”"), asks("He asked what Kim wants.")
    (True, False)
    """
    return text.rstrip("”\"'’)» ").endswith(("?", "？", "؟"))


def poses(asked: Asked, text: str) -> bool:
    """Whether a sentence asks, or puts this question indirectly, instead of answering.

    "There are fears about what Pyongyang could get in return." poses the question what it wants in
    return; what answers is likely to follow.
    """
    if asks(text):
        return True
    clause = _INDIRECT.search(text)
    return clause is not None and _coverage(asked, clause.group()) >= _ECHO_COVERAGE


def rarities(counts: Mapping[str, int], *, passages: int) -> dict[str, float]:
    """The weight of each stem, `LEAST_WEIGHT` to 1, from the number of passages that hold it.

    idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5)) as in BM25, divided by its value for n = 0, so that
    small libraries and large ones weigh alike.

    >>> {stem: round(weight, 2) for stem, weight in rarities({"a": 9, "b": 0}, passages=9).items()}
    {'a': 0.26, 'b': 1.0}
    """
    most = math.log(1 + (passages + 0.5) / 0.5)
    return {
        name: LEAST_WEIGHT
        + (1 - LEAST_WEIGHT) * math.log(1 + (passages - count + 0.5) / (count + 0.5)) / most
        for name, count in counts.items()
    }


def read_question(text: str, *, embedder: Embedder, rarity: Mapping[str, float]) -> Asked:
    """The question's tokens with their weights; stop words weigh nothing if there are others."""
    (tokens,) = embedder.embed_tokens([text])
    spans = [match.span() for match in _WORD.finditer(text)]
    word_of = np.full(len(tokens.starts), -1, dtype=np.int64)
    for number, (start, end) in enumerate(spans):
        word_of[(tokens.starts >= start) & (tokens.ends <= end)] = number
    found = [text[start:end].lower() for start, end in spans]
    meant = [word not in STOP_WORDS for word in found]
    weights = np.zeros(len(word_of))
    for number, word in enumerate(found):
        pieces = word_of == number
        if pieces.any() and (meant[number] or not any(meant)):
            weights[pieces] = rarity.get(stem(word), 1.0) / pieces.sum()
    total = weights.sum()
    return Asked(
        text=text,
        tokens=tokens,
        weights=weights / total if total else np.full(len(weights), 1 / max(1, len(weights))),
        word_of=word_of,
        rarity=rarity,
        stems=content_stems(text),
        kind=answer_kind(text),
    )


def features(
    asked: Asked, found: Sequence[Sentence], tokens: TokenVectors, *, title: str, offset: int
) -> NDArray[np.float64]:
    """One row a sentence of a passage, shape (len(found), len(FEATURES)).

    `tokens` are those of the text that was embedded, in which the passage begins at `offset`,
    behind its document's `title`.
    """
    matches = asked.tokens.rows @ tokens.rows.T
    around = _best(matches)
    inside = [
        (tokens.starts >= entry.span.start + offset) & (tokens.ends <= entry.span.end + offset)
        for entry in found
    ]
    question = _mean(asked.tokens.rows)
    similar = [float(question @ _mean(tokens.rows[mask])) for mask in inside]
    asked_names = names(asked.text)
    rows = []
    for number, entry in enumerate(found):
        previous = similar[number - 1] if number else 0.0
        # A reply is read together with the question before it.
        replies = number > 0 and poses(asked, entry.before)
        mask = inside[number] | inside[number - 1] if replies else inside[number]
        text = f"{entry.before} {entry.text}" if replies else entry.text
        rows.append(
            (
                max(similar[number], previous) if replies else similar[number],
                previous,
                float(asked.weights @ _best(matches[:, mask])),
                float(asked.weights @ around),
                _weakest(asked, around),
                _coverage(asked, text),
                _coverage(asked, f"{title} {entry.before} {entry.text} {entry.after}"),
                float(_fits(asked.kind, entry.text, asked_names=asked_names)),
                float(len(words(entry.text)) < FRAGMENT_WORDS),
            )
        )
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def _mean(rows: Matrix) -> Matrix:
    """The unit vector along the mean of the rows; zeros for no rows."""
    if not len(rows):
        return np.zeros(rows.shape[1], dtype=np.float32)
    mean = rows.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def _best(matches: Matrix) -> Matrix:
    """For each token of the question the cosine of the nearest token, never below 0."""
    best = matches.max(axis=1, initial=0.0)
    return np.asarray(best, dtype=np.float32)


def _weakest(asked: Asked, best: Matrix) -> float:
    """The least well met among the words that weigh something; each the mean of its pieces."""
    meant = {int(word) for word in asked.word_of[asked.weights > 0] if word >= 0}
    return min((float(best[asked.word_of == word].mean()) for word in meant), default=0.0)


def _coverage(asked: Asked, text: str) -> float:
    """The share of the question's stems, weighed by rarity, that the text holds; 0 to 1."""
    total = sum(asked.rarity.get(name, 1.0) for name in asked.stems)
    held = sum(asked.rarity.get(name, 1.0) for name in asked.stems & content_stems(text))
    return held / total if total else 0.0


def _fits(kind: AnswerKind, text: str, *, asked_names: frozenset[str]) -> bool:
    """Whether the text holds something of the kind asked for, beyond what the question names."""
    if kind == "number":
        return bool(numbers(text))
    if kind == "date":
        return bool(_DATE.search(text))
    if kind in {"person", "place"}:
        return bool(names(text) - asked_names)
    return False
