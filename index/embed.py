"""Texts become unit vectors: the seam every embedding model stands behind, and the local one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index import weights
from index.errors import LibraryClosed, ModelError
from index.model_folder import (
    configured_dimension,
    load_tokenizer,
    max_tokens,
    model_folder,
    weights_hash,
)
from index.processor import OneThread, has_bfloat16, prepare_torch

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

Matrix: TypeAlias = NDArray[np.float32]
NumberFormat = Literal["float32", "bfloat16"]
Precision = Literal["auto"] | NumberFormat

# Padded tokens in one batch: large enough to keep the cores busy, small enough for their caches.
BATCH_TOKENS = {"float32": 1_024, "bfloat16": 4_096}


class Embedder(Protocol):
    """What the library needs of an embedding model. Implementations are thread-safe.

    `model_id` names the model and changes with its weights; the number format it computes in is
    not part of it, so vectors of one id can differ a little (between float32 and bfloat16, their
    cosine is about 0.9999). `max_tokens` is the longest text it reads whole, as counted by
    `count_tokens`.
    """

    @property
    def model_id(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Unit rows, shape (len(texts), dimension), float32.

        A row stands for its text alone, but the texts beside it can change how it is rounded: its
        numbers by about 1e-7 in float32, 1e-3 in bfloat16.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens the model would read for each text, its special tokens included."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model on this machine's processor; the network is never asked.

    `model` is all-MiniLM-L6-v2 (the offline one, verified) or the path of a model folder in
    safetensors format. torch is imported by the first `embed`; counting tokens does not need it.
    `threads` 0 takes the cores this process may use. Raises `SettingsError` for an unknown model,
    `WeightsMissing` or `WeightsAltered` for the offline one.
    """

    def __init__(self, model: str, *, precision: Precision = "auto", threads: int = 0) -> None:
        if model == weights.EMBEDDING_MODEL:
            self._folder, self.model_id = weights.embedding_weights(), model
        else:
            self._folder = model_folder(model)
            self.model_id = f"{self._folder.name}@{weights_hash(self._folder)[:12]}"
        self.max_tokens = max_tokens(self._folder)
        self._precision = precision
        self._threads = threads
        self._loading, self._running = Lock(), OneThread()

    @cached_property
    def dimension(self) -> int:
        """Read from the model's configuration where it says so, else from the loaded model."""
        return configured_dimension(self._folder) or _dimension(self._model)

    @cached_property
    def precision(self) -> NumberFormat:
        """The number format in use after `auto` is decided."""
        return decided_format(self._precision, self._folder)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as the model reads it, its special tokens included."""
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Unit rows, shape (len(texts), dimension), float32. Long texts are cut at `max_tokens`."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        model = self._model
        for batch in batches(self.count_tokens(texts), BATCH_TOKENS[self.precision]):
            chosen = [texts[index] for index in batch]
            rows[batch] = self._running.compute(partial(self._encode, model, chosen))
        return _unit(rows)

    def _encode(self, model: SentenceTransformer, texts: list[str]) -> Matrix:
        if self.__dict__.get("_loaded_model") is not model:  # released since the batch before
            raise LibraryClosed("The library was closed while texts were read: open it again.")
        vectors: Matrix = model.encode(
            texts, batch_size=len(texts), show_progress_bar=False, convert_to_numpy=True
        )
        return vectors

    def release(self) -> None:
        """Gives back the memory of the model; the next `embed` would load it again.

        An `embed` at work raises `LibraryClosed`. A model that is just being loaded stays.
        """
        if not self._loading.acquire(blocking=False):  # Ctrl-C waits for no model
            return
        try:
            model: SentenceTransformer | None = self.__dict__.pop("_loaded_model", None)
        finally:
            self._loading.release()
        if model is not None:
            # It refers to itself, and would stay until Python looks for such circles.
            self._running.compute(partial(model.to, "meta"))
        self.__dict__.pop("_tokenizer", None)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return load_tokenizer(self._folder)

    @property
    def _model(self) -> SentenceTransformer:
        with self._loading:
            return self._loaded_model

    @cached_property
    def _loaded_model(self) -> SentenceTransformer:
        prepare_torch(self._threads)
        import torch
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(self._folder),
                device="cpu",
                local_files_only=True,
                model_kwargs={"dtype": torch.float32, "use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            raise ModelError(
                f"The embedding model in {self._folder} cannot be loaded ({error}): give a "
                "sentence-transformers folder in safetensors format, or all-MiniLM-L6-v2."
            ) from error
        if self.precision == "bfloat16":
            model = model.to(torch.bfloat16)
        return model.eval()


def number_format(model: str, precision: Precision) -> NumberFormat:
    """What `SentenceTransformerEmbedder(model, precision=precision)` computes in on this machine.

    Raises as that does, but reads no weights of a model of one's own.
    """
    if model == weights.EMBEDDING_MODEL:
        return decided_format(precision, weights.embedding_weights())
    return decided_format(precision, model_folder(model))


def decided_format(precision: Precision, folder: Path) -> NumberFormat:
    """What a model in the folder computes in on this machine; only transformers run in bfloat16."""
    if precision == "float32" or not _is_transformer(folder):
        return "float32"
    return "bfloat16" if precision == "bfloat16" or has_bfloat16() else "float32"


def _is_transformer(folder: Path) -> bool:
    return (folder / "config.json").is_file()


def batches(lengths: Sequence[int], limit: int) -> Iterator[list[int]]:
    """Indices of texts, longest first, in batches of at most `limit` tokens once padded.

    >>> list(batches([3, 9, 4, 8], limit=18))
    [[1, 3], [2, 0]]
    """
    batch: list[int] = []
    longest = 0
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batch and (len(batch) + 1) * longest > limit:
            yield batch
            batch = []
        if not batch:
            longest = max(1, lengths[index])
        batch.append(index)
    if batch:
        yield batch


def _unit(rows: Matrix) -> Matrix:
    """Rows of length one; a row of zeros (a text without known words) gets one fixed direction."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    blank = lengths[:, 0] == 0
    rows[blank] = 1.0
    lengths[blank] = np.sqrt(rows.shape[1])
    return np.asarray(rows / lengths, dtype=np.float32)


def _dimension(model: SentenceTransformer) -> int:
    width = model.get_embedding_dimension()
    assert width is not None
    return int(width)
