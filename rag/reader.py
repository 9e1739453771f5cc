"""The seam to the models that read a question and a passage together, and the one that ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import file_digest
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.embed import NumberFormat, Precision, batches, number_format
from index.errors import ModelError
from index.model_folder import load_tokenizer
from index.processor import OneThread, prepare_torch
from index.weights import EMBEDDING_MODEL, embedding_weights
from rag.evidence_weights import (
    EVIDENCE_MODEL,
    EVIDENCE_WEIGHTS,
    evidence_weights,
    load_network,
)
from rag.pairs import Pair, Tokenised, tokenise
from rag.spans import FoundSpan, best_span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from rag.network import EvidenceNetwork


# Padded tokens in one batch: larger ones pad more and leave the processor's caches.
READ_TOKENS = 1_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a model makes of a pair; logits, so 0 means even odds.

    `answers`: the passage answers the question. `relevant`: it is about the question's matter.
    `supports`: it supports the claim that stands in the question's place, None from a model that
    does not judge claims. `sentences`: each sentence of the pair answers. `span`: the answer
    itself, an offset into the passage, None from a model that marks none.
    """

    answers: float
    relevant: float
    supports: float | None
    sentences: NDArray[np.float64]
    span: FoundSpan | None


class Reader(Protocol):
    """What evidence needs of a reading model. Implementations are thread-safe."""

    @property
    def model_id(self) -> str: ...

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        """One reading a pair, in their order; a pair is read alone, whatever stands beside it."""
        ...


class EvidenceReader:
    """Pincite's own model: the offline embedding model's encoder, trained on open data.

    The weights in this package are those that training changed; the word embeddings are the
    embedding model's. Both are verified at the first `read`. Raises `WeightsMissing` or
    `WeightsAltered`.
    """

    def __init__(
        self,
        *,
        weights: Path | None = None,
        precision: Precision = "auto",
        threads: int = 0,
    ) -> None:
        self._weights = weights
        self._precision = precision
        self._threads = threads
        self._loading, self._running = Lock(), OneThread()

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        """One reading a pair, in their order."""
        if not pairs:
            return []
        network = self._network
        tokens = tokenise(pairs, self._tokenizer)
        found: dict[int, Reading] = {}
        for batch in batches([len(pair.ids) for pair in tokens], READ_TOKENS):
            chosen = [tokens[row] for row in batch]
            readings = self._running.compute(partial(_read, network, chosen))
            found |= {
                row: _with_all_sentences(reading, len(pairs[row].sentences))
                for row, reading in zip(batch, readings, strict=True)
            }
        return [found[row] for row in range(len(pairs))]

    def release(self) -> None:
        """Gives back the memory of the model; the next `read` would load it again.

        One that is just being loaded stays.
        """
        if self._loading.acquire(blocking=False):  # Ctrl-C waits for no model
            self.__dict__.pop("_loaded", None)
            self._loading.release()
        self.__dict__.pop("_tokenizer", None)

    @cached_property
    def model_id(self) -> str:
        """Changes with the weights."""
        if self._weights is None:
            return f"{EVIDENCE_MODEL}@{EVIDENCE_WEIGHTS[:12]}"
        with self._weights.open("rb") as stream:
            return f"{self._weights.stem}@{file_digest(stream, 'sha256').hexdigest()[:12]}"

    @cached_property
    def _format(self) -> NumberFormat:
        return number_format(EMBEDDING_MODEL, self._precision)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return load_tokenizer(embedding_weights())

    @property
    def _network(self) -> EvidenceNetwork:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> EvidenceNetwork:
        prepare_torch(self._threads)
        import torch

        network = load_network(self._weights or evidence_weights())
        return network.to(torch.bfloat16 if self._format == "bfloat16" else torch.float32).eval()


def _read(network: EvidenceNetwork, tokens: Sequence[Tokenised]) -> list[Reading]:
    import torch

    from rag.network import collate

    with torch.inference_mode():
        output = network(collate(tokens))
    passages = output.passages.numpy()
    sentences = output.sentences.numpy()
    starts, ends = output.starts.numpy(), output.ends.numpy()
    if not np.isfinite(passages).all():
        raise ModelError(
            "The evidence model computed no numbers: set embedding_precision to float32."
        )
    return [
        Reading(
            answers=float(passages[row, 0]),
            relevant=float(passages[row, 1]),
            supports=float(passages[row, 2]),
            sentences=sentences[row, : pair.sentence_of.max(initial=-1) + 1].astype(np.float64),
            span=best_span(starts[row], ends[row], pair),
        )
        for row, pair in enumerate(tokens)
    ]


def _with_all_sentences(reading: Reading, count: int) -> Reading:
    """Sentences behind the end of what the model could read score as the least of those read."""
    missing = count - len(reading.sentences)
    if missing <= 0:
        return reading
    least = reading.sentences.min(initial=reading.answers)
    return replace(reading, sentences=np.append(reading.sentences, np.full(missing, least)))
