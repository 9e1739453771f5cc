"""Hits become evidence: the sentences that may answer, each with its probability of doing so."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder
from index.models import Span
from index.sentences import sentences
from rag.models import Evidence, Hit
from rag.question import AnswerKind, answer_kind
from rag.words import content_stems, holds_number, names, words

EVIDENCE_LIMIT = 12
# Shorter sentences are mostly headings and captions.
FRAGMENT_WORDS = 6
_MONTH_OR_YEAR = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|"
    r"(1[5-9]|20)\d\d|week|month|year)s?\b",
    re.IGNORECASE,
)

FEATURES = ("similarity", "before", "coverage", "surroundings", "fits", "fragment")
# Fitted on the open training pairs by `python -m training.fit_sentence_scorer --groups 2000`
# (1,826 questions; out of fold the answer's sentence comes first for .746 of the 1,381 that have
# one among sentences of the same topic). The order is that of FEATURES.
WEIGHTS = (4.159, -0.446, 3.442, 1.061, 0.530, -0.552)
BIAS = -6.373


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a hit with its neighbours, which tell what a pronoun in it stands for."""

    hit: Hit
    span: Span
    text: str
    before: str
    after: str


def find_evidence(
    question: str,
    hits: Sequence[Hit],
    *,
    embedder: Embedder,
    rarity: Mapping[str, float],
    titles: Mapping[str, str],
    limit: int = EVIDENCE_LIMIT,
) -> tuple[Evidence, ...]:
    """The best `limit` sentences of the hits, most probable first.

    `rarity` weighs each stem of the question (inverse document frequency in the library, see
    `rarities`); `titles` holds the title of each hit's document by document id.
    """
    found = [sentence for hit in hits for sentence in split(hit)]
    if not found:
        return ()
    vectors = embedder.embed([question, *(sentence.text for sentence in found)])
    similarities = vectors[1:] @ vectors[0]
    rows = features(question, found, similarities=similarities, rarity=rarity, titles=titles)
    scores = probabilities(rows)
    scored = [
        Evidence(
            hit=sentence.hit,
            start=sentence.span.start,
            end=sentence.span.end,
            text=sentence.text,
            score=round(float(score), 6),
        )
        for sentence, score in zip(found, scores, strict=True)
        if not _asks(sentence.text)
    ]
    scored.sort(key=lambda entry: (-entry.score, entry.hit.rank, entry.start))
    return tuple(scored[:limit])


def split(hit: Hit) -> list[Sentence]:
    """The sentences of a hit's passage; spans are offsets into the document."""
    text, offset = hit.passage.text, hit.passage.start
    spans = sentences(text)
    texts = [text[span.start : span.end] for span in spans]
    return [
        Sentence(
            hit=hit,
            span=Span(span.start + offset, span.end + offset),
            text=texts[number],
            before=texts[number - 1] if number else "",
            after=texts[number + 1] if number + 1 < len(texts) else "",
        )
        for number, span in enumerate(spans)
    ]


def rarities(stems: Mapping[str, int], *, passages: int) -> dict[str, float]:
    """Inverse document frequency of stems from the number of passages that hold each.

    idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5)) (the BM25 form, always positive).

    >>> {stem: round(value, 2) for stem, value in rarities({"a": 9, "b": 0}, passages=9).items()}
    {'a': 0.05, 'b': 3.0}
    """
    return {
        stem: math.log(1 + (passages - count + 0.5) / (count + 0.5))
        for stem, count in stems.items()
    }


def features(
    question: str,
    found: Sequence[Sentence],
    *,
    similarities: NDArray[np.float32],
    rarity: Mapping[str, float],
    titles: Mapping[str, str],
) -> NDArray[np.float64]:
    """One row a sentence, shape (len(found), len(FEATURES)), columns as in `FEATURES`."""
    asked = content_stems(question)
    kind = answer_kind(question)
    asked_names = names(question)
    before = _similarity_before(found, similarities)
    rows = []
    for sentence, similarity, previous in zip(found, similarities, before, strict=True):
        # An answer is read together with the question right before it, as in a list of questions.
        replies = _asks(sentence.before)
        text = f"{sentence.before} {sentence.text}" if replies else sentence.text
        title = titles.get(sentence.hit.passage.document_id, "")
        around = " ".join((title, sentence.before, sentence.text, sentence.after))
        rows.append(
            (
                max(float(similarity), previous if replies else -1.0),
                previous,
                _coverage(asked, text, rarity),
                _coverage(asked, around, rarity),
                float(_fits(kind, sentence.text, asked_names=asked_names)),
                float(len(words(sentence.text)) < FRAGMENT_WORDS),
            )
        )
    return np.asarray(rows, dtype=np.float64)


def probabilities(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression: p = 1 / (1 + exp(-(bias + row . weights))), shape (len(rows),)."""
    logits = rows @ np.asarray(WEIGHTS, dtype=np.float64) + BIAS
    return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float64)


def _asks(text: str) -> bool:
    return text.rstrip("”\"'’)» ").endswith(("?", "？", "؟"))


def _similarity_before(found: Sequence[Sentence], similarities: NDArray[np.float32]) -> list[float]:
    """The similarity of each sentence's predecessor in the same passage, 0 for the first."""
    shifted = [0.0, *map(float, similarities)]
    return [
        previous if sentence.before else 0.0
        for sentence, previous in zip(found, shifted, strict=False)
    ]


def _coverage(asked: frozenset[str], text: str, rarity: Mapping[str, float]) -> float:
    """The share of the question's stems, weighed by rarity, that the text holds; 0 to 1."""
    total = sum(rarity.get(stem, 1.0) for stem in asked)
    held = sum(rarity.get(stem, 1.0) for stem in asked & content_stems(text))
    return held / total if total else 0.0


def _fits(kind: AnswerKind, text: str, *, asked_names: frozenset[str]) -> bool:
    """Whether the text holds something of the kind asked for, beyond what the question names."""
    if kind == "number":
        return holds_number(text)
    if kind == "date":
        return bool(_MONTH_OR_YEAR.search(text))
    if kind in {"person", "place"}:
        return bool(names(text) - asked_names)
    return False
