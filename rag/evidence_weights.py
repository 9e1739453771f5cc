"""The evidence model's weights: found in this package, proved to be the ones it ships, loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError
from index.weights import embedding_weights, verified

if TYPE_CHECKING:
    from rag.network import EvidenceNetwork

EVIDENCE_MODEL = "pincite-evidence"
WEIGHTS_FOLDER = Path(__file__).parent / "weights"
WEIGHTS_FILE = "evidence.safetensors"
# SHA-256 of the file.
EVIDENCE_WEIGHTS = "fee8fb818d44eb6fbf2a17c26af2dbd649d0f814b007573ae175f2f34ccc1fc9"


def evidence_weights() -> Path:
    """The file that ships. Raises `WeightsMissing`, or `WeightsAltered` if it was changed."""
    return (
        verified(WEIGHTS_FOLDER, {WEIGHTS_FILE: EVIDENCE_WEIGHTS}, package="pincite") / WEIGHTS_FILE
    )


def load_network(path: Path) -> EvidenceNetwork:
    """The network in float32: trained tensors from `path`, word embeddings of the offline model.

    Training leaves the word embeddings as they are, so the file holds all other tensors only.
    Raises `ModelError` if it holds others, and as `embedding_weights` does.
    """
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import load_file
    from transformers import BertConfig

    from rag.network import WORD_EMBEDDINGS, new_network

    folder = embedding_weights()
    config = BertConfig.from_pretrained(str(folder))
    config._attn_implementation = "sdpa"  # noqa: SLF001
    network = new_network(config)
    try:
        tensors = {name: tensor.float() for name, tensor in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise ModelError(f"The weights in {path} cannot be read ({error}).") from error
    with safe_open(str(folder / "model.safetensors"), framework="pt") as stream:
        tensors[WORD_EMBEDDINGS] = stream.get_tensor(WORD_EMBEDDINGS.removeprefix("encoder."))
    try:
        network.load_state_dict(tensors, assign=True, strict=True)
    except RuntimeError as error:
        raise ModelError(
            f"The weights in {path} are not those of an evidence model ({error}): train them with "
            "`make train-evidence`."
        ) from error
    return network
