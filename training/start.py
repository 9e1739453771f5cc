"""What training starts from: the embedding model's encoder with fresh heads, and its tokenizer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertModel
from transformers.utils import logging

from index.model_folder import load_tokenizer
from index.weights import embedding_weights
from rag.network import EvidenceNetwork


def new_network(*, seed: int, dropout: float = 0.0) -> EvidenceNetwork:
    """The offline embedding model's encoder; the heads are drawn from the seed."""
    torch.manual_seed(seed)
    with _quiet_transformers():
        loaded: Any = BertModel.from_pretrained(
            str(embedding_weights()),
            add_pooling_layer=False,
            attn_implementation="sdpa",
            hidden_dropout_prob=dropout,
            # Dropping attention would cost torch its fast path, almost half the speed.
            attention_probs_dropout_prob=0.0,
            local_files_only=True,
            output_loading_info=True,
        )
    # The silenced report says that the file's pooler is not used; nothing may be missing.
    encoder, found = loaded
    assert not found["missing_keys"], found
    return EvidenceNetwork(encoder)


def tokenizer() -> Tokenizer:
    """The offline embedding model's, without limits of its own."""
    return load_tokenizer(embedding_weights())


@contextmanager
def _quiet_transformers() -> Iterator[None]:
    """Without progress bars and the report on tensors; errors are still told."""
    level, has_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if has_bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
