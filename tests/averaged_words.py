"""The tiny model without torch: the same vectors, for processes that are started often."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from index.embed import SentenceTransformerEmbedder


class AveragedWords:
    """Averages the word vectors of a sentence-transformers `StaticEmbedding` folder."""

    def __init__(self, folder: Path) -> None:
        self._rows = load_file(folder / "model.safetensors")["embedding.weight"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        described = SentenceTransformerEmbedder(str(folder))
        self.model_id, self.max_tokens = described.model_id, described.max_tokens
        self.dimension = int(self._rows.shape[1])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.ones((len(texts), self.dimension), dtype=np.float32)
        for number, text in enumerate(texts):
            if numbers := self._tokenizer.encode(text).ids:
                rows[number] = self._rows[numbers].mean(axis=0)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(encoding) for encoding in self._tokenizer.encode_batch(list(texts))]
