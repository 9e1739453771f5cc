"""What a sentence-transformers folder says about its model, read without loading the model."""

from __future__ import annotations

import json
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SettingsError
from index.weights import EMBEDDING_MODEL

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# For models that name no limit of their own (averaged word vectors read texts of any length).
DEFAULT_MAX_TOKENS = 256


def model_folder(model: str) -> Path:
    folder = Path(model).expanduser()
    if not (folder / "modules.json").is_file():
        raise SettingsError(
            f"Setting embedding_model is {model!r}, which is neither {EMBEDDING_MODEL} nor "
            "the path of a sentence-transformers folder (one with a modules.json)."
        )
    return folder.resolve()


def weights_hash(folder: Path) -> str:
    files = sorted(folder.rglob("*.safetensors"))
    if not files:
        raise SettingsError(
            f"The model in {folder} has no .safetensors file; Pincite loads no other "
            "format, because the others can run code."
        )
    with files[0].open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def tokenizer_file(folder: Path) -> Path:
    found = next(
        iter(sorted(folder.rglob("tokenizer.json"), key=lambda path: len(path.parts))), None
    )
    if found is None:
        raise SettingsError(
            f"The model in {folder} has no tokenizer.json: save it again with a fast tokenizer."
        )
    return found


def load_tokenizer(folder: Path) -> Tokenizer:
    """The model's tokenizer without limits of its own: texts come back whole and unpadded."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tokenizer_file(folder)))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _configuration(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def max_tokens(folder: Path) -> int:
    stated = (
        _configuration(folder / "sentence_bert_config.json").get("max_seq_length"),
        _configuration(folder / "config.json").get("max_position_embeddings"),
    )
    return next((value for value in stated if isinstance(value, int)), DEFAULT_MAX_TOKENS)


def configured_dimension(folder: Path) -> int | None:
    """The width that a pooling module without a projection after it states, if this is one."""
    if (folder / "2_Dense").exists():
        return None
    pooling = _configuration(folder / "1_Pooling" / "config.json")
    modes = [name for name, value in pooling.items() if name.startswith("pooling_mode") and value]
    width = pooling.get("word_embedding_dimension")
    return width if isinstance(width, int) and len(modes) == 1 else None
