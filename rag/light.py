"""Candidates of a search in a better order, by what can be counted without reading with a model.

Each candidate gets a few features, their weighted sum is its score. What a document as a whole
shows counts beside the passage: several passages about the question are a better sign than one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.dates import find_dates
from index.lexical import STOP_WORDS
from index.models import DocumentHead, Passage
from rag.models import Question
from rag.periods import timeliness
from rag.words import stem

FEATURES = (
    "meaning",  # cosine with the question or the nearest of its parts
    "document_meaning",  # the greatest cosine with the question in the document
    "document_words",  # the document's best BM25 value, as a share of the best of all
    "document_coverage",  # share of the question's words in the document's candidates and title
    "window",  # the same in the best WINDOW_WORDS words of the passage
    "adjacent",  # share of the question's pairs of neighbouring words that are neighbours here
    "outlet",  # the question names the document's outlet
    "day",  # the question names the day on which the document was published
    "timely",  # published at the time the question speaks of, or shortly before it was asked
    "lead",  # nearness to the document's beginning: 1 there, 1/2 after LEAD characters
)
# Fitted by `python benchmarks/search.py --fit`; the same command shows its figures out of fold.
WEIGHTS = (4.719, 5.423, 3.079, 3.454, 1.572, 1.183, 1.795, 2.685, 2.292, 0.761)

WINDOW_WORDS = 30
LEAD = 1_000
_WORD = re.compile(r"[^\W_]+")
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage that a search found, with what the searches know about it.

    `meaning` is the greatest cosine with the question and its parts, `whole` that with the
    question; `words` is the BM25 value for the question, 0 if word search did not find it.
    Candidates of the same `wording`, a passage's id, say the same in the same words.
    """

    passage: Passage
    head: DocumentHead
    meaning: float
    whole: float
    words: float
    wording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A question as it is looked for in passages; `weights` and `pairs` each sum to 1."""

    weights: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]
    beginnings: frozenset[str]
    words: tuple[str, ...]
    days: frozenset[date]


def light_order(
    question: Question, candidates: Sequence[Candidate], *, rarity: Mapping[str, float]
) -> list[tuple[Candidate, float]]:
    """The candidates with their scores, best first; equal ones by the ids of their passages.

    `rarity` weighs the question's stems (see `rag.features.rarities`).
    """
    scores = light_features(question, candidates, rarity=rarity) @ np.asarray(WEIGHTS)
    scored = zip(candidates, np.round(scores, 9).tolist(), strict=True)
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].passage.id))


def light_features(
    question: Question, candidates: Sequence[Candidate], *, rarity: Mapping[str, float]
) -> NDArray[np.float64]:
    """One row a candidate, shape (len(candidates), len(FEATURES)); all but cosines in 0 to 1."""
    wanted = read_wanted(question.standalone, rarity=rarity)
    documents = [candidate.passage.document_id for candidate in candidates]
    best_words = max((candidate.words for candidate in candidates), default=0.0) or 1.0
    whole, words = dict[str, float](), dict[str, float]()
    held: dict[str, set[str]] = {}
    places = [_places(wanted, candidate.passage.text) for candidate in candidates]
    for document, candidate, found in zip(documents, candidates, places, strict=True):
        whole[document] = max(whole.get(document, -1.0), candidate.whole)
        words[document] = max(words.get(document, 0.0), candidate.words / best_words)
        if document not in held:
            held[document] = {name for _, name in _places(wanted, candidate.head.title)}
        held[document].update(name for _, name in found)
    covered = {name: _weight(wanted.weights, stems) for name, stems in held.items()}
    rows = [
        (
            candidate.meaning,
            whole[document],
            words[document],
            covered[document],
            _window(wanted, found),
            _adjacent(wanted, found),
            float(names_outlet(wanted.words, candidate.head.outlet)),
            float(candidate.head.published_at in wanted.days),
            timeliness(
                candidate.head.published_at, period=question.period, asked_on=question.asked_on
            ),
            LEAD / (LEAD + candidate.passage.start),
        )
        for document, candidate, found in zip(documents, candidates, places, strict=True)
    ]
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def read_wanted(question: str, *, rarity: Mapping[str, float]) -> Wanted:
    """What is looked for; stop words only if there are no others."""
    original = tuple(_WORD.findall(question))
    words = [word.lower() for word in original]
    meant = [word not in STOP_WORDS for word in words]
    if not any(meant):
        meant = [True] * len(words)
    stems = [stem(word) for word in words]
    weights = {name: rarity.get(name, 1.0) for name, keep in zip(stems, meant, strict=True) if keep}
    together = zip(meant, meant[1:], stems, stems[1:], strict=False)
    pairs = {
        (one, other): weights[one] + weights[other]
        for keep, also, one, other in together
        if keep and also
    }
    return Wanted(
        weights=_as_shares(weights),
        pairs=_as_shares(pairs),
        beginnings=frozenset(name[:2] for name in weights),
        words=original,
        days=frozenset(find_dates(question)),
    )


def names_outlet(words: Sequence[str], outlet: str | None) -> bool:
    """Whether a question, given as its words, names an outlet with a capital letter.

    An article before the name is left out. One word that opens a question is no name: it has its
    capital there anyway.

    >>> names_outlet(["Does", "the", "Saltmarsh", "Herald", "agree"], "The Saltmarsh Herald")
    True
    >>> names_outlet(["Time", "is", "up"], "Time"), names_outlet(["at", "this", "time"], "TIME")
    (False, False)
    """
    name = [word.lower() for word in _WORD.findall(outlet or "")]
    name = name[1:] if name[:1] == ["the"] else name
    if not name:
        return False
    first = 1 if len(name) == 1 else 0
    return any(
        words[at][0].isupper() and [word.lower() for word in words[at : at + len(name)]] == name
        for at in range(first, len(words) - len(name) + 1)
    )


def _places(wanted: Wanted, text: str) -> list[tuple[int, str]]:
    """Where the words looked for stand: (number of the word, its stem), in order."""
    # A word and its stem begin alike, so that few words need to be stemmed.
    beginnings = wanted.beginnings
    found = [
        (number, stem(word))
        for number, word in enumerate(_WORD.findall(text.lower()))
        if word[:2] in beginnings
    ]
    return [entry for entry in found if entry[1] in wanted.weights]


def _window(wanted: Wanted, found: Sequence[tuple[int, str]]) -> float:
    """The greatest share of the question that stands within WINDOW_WORDS words."""
    best, first = 0.0, 0
    for last, (number, _) in enumerate(found):
        while number - found[first][0] >= WINDOW_WORDS:
            first += 1
        best = max(best, _weight(wanted.weights, {name for _, name in found[first : last + 1]}))
    return best


def _adjacent(wanted: Wanted, found: Sequence[tuple[int, str]]) -> float:
    pairs = {
        (one, other)
        for (place, one), (next_place, other) in pairwise(found)
        if next_place == place + 1
    }
    return sum(wanted.pairs.get(pair, 0.0) for pair in sorted(pairs))


def _weight(weights: Mapping[str, float], stems: set[str]) -> float:
    # Sorted: the sum of the same numbers in another order can be another number.
    return sum(weights[name] for name in sorted(stems))


def _as_shares(weights: Mapping[_Key, float]) -> dict[_Key, float]:
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}
