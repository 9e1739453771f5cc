"""What the library relies on, asked of every embedder there is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embed import BATCH_TOKENS, Embedder, SentenceTransformerEmbedder, number_format
from index.errors import SettingsError

TEXTS = [
    "North Korea wants submarine technology in return for shells.",
    "Harbour ferries stop for a second day.",
    "Rain.",
    "Der Kanzler reist nächste Woche nach Warschau. " * 3,
]


@pytest.fixture(params=["embedder", "in_float32", "tiny_embedder", "averaged_words"])
def any_embedder(request: pytest.FixtureRequest) -> Embedder:
    found: Embedder = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def in_float32() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder("all-MiniLM-L6-v2", precision="float32", threads=1)


def test_rows_are_unit_vectors_in_float32(any_embedder: Embedder) -> None:
    rows = any_embedder.embed(TEXTS)
    assert rows.shape == (len(TEXTS), any_embedder.dimension)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


def test_no_texts_make_no_rows(any_embedder: Embedder) -> None:
    assert any_embedder.embed([]).shape == (0, any_embedder.dimension)


def test_a_blank_text_has_a_unit_vector_too(any_embedder: Embedder) -> None:
    rows = any_embedder.embed(["", "   ", "\u200b"])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


def test_rows_come_in_the_order_of_the_texts_whatever_their_lengths(any_embedder: Embedder) -> None:
    many = [f"{'word ' * (index * 7 % 50)}number {index}" for index in range(120)]
    together = any_embedder.embed(many)
    assert sum(any_embedder.count_tokens(many)) > BATCH_TOKENS["float32"]  # several batches
    alone = np.concatenate([any_embedder.embed([text]) for text in many[:20]])
    assert np.allclose(np.sum(together[:20] * alone, axis=1), 1.0, atol=2e-3)


def test_the_same_text_has_the_same_vector(any_embedder: Embedder) -> None:
    assert np.array_equal(any_embedder.embed(TEXTS), any_embedder.embed(TEXTS))


def test_different_texts_have_different_vectors(any_embedder: Embedder) -> None:
    rows = any_embedder.embed(TEXTS)
    assert np.all((rows @ rows.T)[~np.eye(len(TEXTS), dtype=bool)] < 0.999)


def test_token_counts_grow_with_the_text(any_embedder: Embedder) -> None:
    empty, one, two = any_embedder.count_tokens(["", "rain", "rain rain"])
    assert 0 <= empty < one < two
    assert any_embedder.count_tokens(["rain " * 400])[0] > any_embedder.max_tokens


def test_what_is_within_max_tokens_is_read_whole(in_float32: Embedder) -> None:
    """The last word of a text of exactly `max_tokens` changes its vector; one later does not."""
    special_tokens = in_float32.count_tokens([""])[0]
    full = ["rain"] * (in_float32.max_tokens - special_tokens)
    assert in_float32.count_tokens([" ".join(full)]) == [in_float32.max_tokens]
    base, last_changed, beyond = in_float32.embed(
        [" ".join(full), " ".join([*full[:-1], "war"]), " ".join([*full, "war"])]
    )
    assert base @ beyond > 0.99999
    assert base @ last_changed < 0.9999


def test_several_threads_get_what_one_gets(any_embedder: Embedder) -> None:
    expected = any_embedder.embed(TEXTS)
    with ThreadPoolExecutor(4) as threads:
        for rows in threads.map(lambda _: any_embedder.embed(TEXTS), range(8)):
            assert np.allclose(rows, expected, atol=1e-6)


def test_number_formats_agree(embedder: Embedder, in_float32: Embedder) -> None:
    cosines = np.sum(embedder.embed(TEXTS) * in_float32.embed(TEXTS), axis=1)
    assert np.all(cosines > 0.999)


def test_the_number_format_is_known_without_a_model(
    embedder: SentenceTransformerEmbedder, tiny_model: Path
) -> None:
    assert number_format("all-MiniLM-L6-v2", "auto") == embedder.precision
    assert number_format("all-MiniLM-L6-v2", "bfloat16") == "bfloat16"
    assert number_format("all-MiniLM-L6-v2", "float32") == "float32"
    assert number_format(str(tiny_model), "bfloat16") == "float32"  # no transformer


def test_two_ways_of_reading_one_model_agree(
    tiny_embedder: Embedder, averaged_words: Embedder
) -> None:
    assert averaged_words.model_id == tiny_embedder.model_id
    assert np.allclose(averaged_words.embed(TEXTS), tiny_embedder.embed(TEXTS), atol=1e-6)
    assert averaged_words.count_tokens(TEXTS) == tiny_embedder.count_tokens(TEXTS)


def test_meaning_is_nearer_than_words(embedder: Embedder) -> None:
    question, answer, other = embedder.embed(
        [
            "How many people died in the crash?",
            "Four passengers were killed when the train left the rails.",
            "How many people like the new train?",
        ]
    )
    assert question @ answer > question @ other


def test_the_model_id_follows_the_weights(
    tiny_embedder: Embedder, other_tiny_embedder: Embedder, tiny_model: Path, tmp_path: Path
) -> None:
    moved = SentenceTransformerEmbedder(str(shutil.copytree(tiny_model, tmp_path / "tiny")))
    assert moved.model_id == tiny_embedder.model_id
    assert other_tiny_embedder.model_id != tiny_embedder.model_id


def test_an_unknown_model_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"bge-small.*neither all-MiniLM-L6-v2 nor"):
        SentenceTransformerEmbedder("bge-small")
    (tmp_path / "modules.json").write_text("[]", encoding="utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickled")
    with pytest.raises(SettingsError, match=r"no \.safetensors file"):
        SentenceTransformerEmbedder(str(tmp_path))


def test_a_folder_without_tokenizer_is_a_settings_error(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "tiny")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(SettingsError, match=r"no tokenizer\.json"):
        SentenceTransformerEmbedder(str(folder)).count_tokens(["x"])


def test_counting_tokens_does_not_load_torch() -> None:
    program = """
        import sys
        from index.embed import SentenceTransformerEmbedder
        embedder = SentenceTransformerEmbedder("all-MiniLM-L6-v2")
        assert embedder.count_tokens(["two words"]) == [4]
        assert embedder.dimension == 384
        assert "torch" not in sys.modules
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    assert done.returncode == 0
