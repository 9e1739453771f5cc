"""Articles in invented words, and an embedder without a model: for what needs many of both.

Both are the same on every machine and in every process.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from index.embed import Matrix

SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "ter", "vin", "zo")
COMMON = ("the", "of", "and", "in", "to", "was", "on", "for", "by", "that")
VOCABULARY = 20_000
OF_A_TOPIC = 300


class HashedWords:
    """Stands for a text by the sum of fixed random vectors of its words; an `index.embed.Embedder`.

    Texts that share words are near one another, and nothing else is meant by it.
    """

    model_id = "hashed-words"
    max_tokens = 256

    def __init__(self, dimension: int = 384) -> None:
        self.dimension = dimension

    def embed(self, texts: Sequence[str]) -> Matrix:
        rows = np.ones((len(texts), self.dimension), dtype=np.float32)
        for number, text in enumerate(texts):
            if words := [word for word in text.lower().split() if word not in COMMON]:
                rows[number] = np.sum([_direction(word, self.dimension) for word in words], axis=0)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Four tokens for three words, as for English."""
        return [2 + len(text.split()) * 4 // 3 for text in texts]


def article(seed: str, *, words: int) -> str:
    """A title and about so many words in sentences and paragraphs, other ones for another seed."""
    chance = random.Random(seed)
    topic = chance.sample(_vocabulary(), OF_A_TOPIC)
    sentences: list[str] = []
    while words > 0:
        length = chance.randint(8, 22)
        words -= length
        chosen = [
            chance.choice(COMMON) if chance.random() < 0.4 else _of_topic(chance, topic)
            for _ in range(length)
        ]
        sentences.append(" ".join(chosen).capitalize() + ".")
    paragraphs = [" ".join(sentences[start : start + 5]) for start in range(0, len(sentences), 5)]
    title = " ".join(chance.sample(topic, 5)).capitalize()
    return "\n\n".join([title, *paragraphs]) + "\n"


def question(seed: str, text: str) -> str:
    """Asks about four words that stand in the text."""
    chance = random.Random(seed)
    words = sorted({word.strip(".") for word in text.lower().split()} - set(COMMON))
    return f"What did {' '.join(chance.sample(words, 4))}?"


def write_articles(folder: Path, count: int, *, words: int) -> None:
    """Articles in files of their own, a thousand a folder."""
    for number in range(count):
        path = folder / f"{number // 1_000:03}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(str(number), words=words), encoding="utf-8")


def _of_topic(chance: random.Random, topic: Sequence[str]) -> str:
    """The first words of a topic far more often than the last."""
    return topic[int(len(topic) * chance.random() ** 3)]


@cache
def _vocabulary() -> tuple[str, ...]:
    chance = random.Random("words")
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5)))] = None
    return tuple(words)


@cache
def _direction(word: str, dimension: int) -> Matrix:
    seed = int.from_bytes(hashlib.sha256(word.strip(".?").encode()).digest()[:8])
    return np.random.default_rng(seed).standard_normal(dimension, dtype=np.float32)
