"""A reading model of one's own: any sentence-transformers cross-encoder that scores passages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embed import NumberFormat, Precision, decided_format
from index.errors import ModelError, SettingsError
from index.model_folder import tokenizer_file, weights_hash
from index.processor import OneThread, prepare_torch
from rag.pairs import Pair, titled
from rag.reader import Reading

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_BATCH = 16


class CrossEncoderReader:
    """Scores passages, and each sentence with the one before it, by the same model.

    `folder` holds a cross-encoder with one output in safetensors format. Its scores are taken for
    logits: how likely they mean an answer is its own affair, so set `abstention_threshold` by
    `pincite eval`. It marks no spans and does not judge claims. Raises `SettingsError` for a folder
    that is none; loading, at the first `read`, can raise `ModelError`.
    """

    def __init__(self, folder: str, *, precision: Precision = "auto", threads: int = 0) -> None:
        self._folder = Path(folder).expanduser()
        if not _scores_pairs(self._folder / "config.json"):
            raise SettingsError(
                f"Setting evidence_model is {folder!r}, which is neither pincite-evidence nor the "
                "path of a cross-encoder's folder (one whose config.json names an architecture "
                "ForSequenceClassification)."
            )
        tokenizer_file(self._folder)  # without its own, it would read by an untrained one
        self.model_id = f"{self._folder.resolve().name}@{weights_hash(self._folder)[:12]}"
        self._precision = precision
        self._threads = threads
        self._loading, self._running = Lock(), OneThread()

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        """One reading a pair, in their order."""
        if not pairs:
            return []
        sentences = [_sentence_texts(pair) for pair in pairs]
        asked = [(pair.question, titled(pair)) for pair in pairs]
        asked += [
            (pair.question, text)
            for pair, texts in zip(pairs, sentences, strict=True)
            for text in texts
        ]
        scores = self._scores(asked)
        readings: list[Reading] = []
        begin = len(pairs)
        for score, texts in zip(scores, sentences, strict=False):
            readings.append(
                Reading(
                    answers=float(score),
                    relevant=float(score),
                    supports=None,
                    sentences=scores[begin : begin + len(texts)],
                    span=None,
                )
            )
            begin += len(texts)
        return readings

    def release(self) -> None:
        """Gives back the memory of the model; the next `read` would load it again.

        One that is just being loaded stays.
        """
        if self._loading.acquire(blocking=False):  # Ctrl-C waits for no model
            self.__dict__.pop("_loaded", None)
            self._loading.release()

    def _scores(self, asked: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        import torch

        model = self._model
        found = self._running.compute(
            partial(
                model.predict,
                list(asked),
                batch_size=_BATCH,
                show_progress_bar=False,
                activation_fn=torch.nn.Identity(),
            )
        )
        return np.asarray(found, dtype=np.float64)

    @property
    def _model(self) -> CrossEncoder:
        with self._loading:
            return self._loaded

    @cached_property
    def _format(self) -> NumberFormat:
        return decided_format(self._precision, self._folder)

    @cached_property
    def _loaded(self) -> CrossEncoder:
        prepare_torch(self._threads)
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import CrossEncoder

        dtype = torch.bfloat16 if self._format == "bfloat16" else torch.float32
        try:
            model: CrossEncoder = CrossEncoder(
                str(self._folder),
                device="cpu",
                local_files_only=True,
                model_kwargs={"dtype": dtype, "use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"The evidence model in {self._folder} cannot be loaded ({error}): give a "
                "cross-encoder's folder in safetensors format, or pincite-evidence."
            ) from error
        if model.num_labels != 1:
            raise ModelError(
                f"The evidence model in {self._folder} has {model.num_labels} outputs; a "
                "cross-encoder with one, a relevance score, is expected."
            )
        return model


def _scores_pairs(configuration: Path) -> bool:
    """Whether a model is made for scores; another, such as one for embedding, would get random
    weights for them.
    """
    try:
        values = json.loads(configuration.read_text(encoding="utf-8"))
        return any(name.endswith("ForSequenceClassification") for name in values["architectures"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _sentence_texts(pair: Pair) -> list[str]:
    """Each sentence behind the one before it, without which it may not be understood."""
    begins = [pair.sentences[max(0, number - 1)].start for number in range(len(pair.sentences))]
    return [
        pair.passage[begin : span.end] for begin, span in zip(begins, pair.sentences, strict=True)
    ]
