"""Real parts for every test: the shipped embedding model, and a tiny one where meaning is moot."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from index.embed import SentenceTransformerEmbedder
from rag.reader import EvidenceReader

from .averaged_words import AveragedWords

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# How long an example takes tells how busy the machine is.
settings.register_profile(
    "untimed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")

REPOSITORY = Path(__file__).parent.parent
TINY_WIDTH = 32
TINY_VOCABULARY = 300
TINY_POSITIONS = 128  # tokens that the tiny cross-encoder reads


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    """The real all-MiniLM-L6-v2."""
    return SentenceTransformerEmbedder("all-MiniLM-L6-v2")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real sentence-transformers model of 39 KB: seeded random word vectors."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    save_tiny_model(folder, seed=1)
    return folder


@pytest.fixture(scope="session")
def tiny_embedder(tiny_model: Path) -> SentenceTransformerEmbedder:
    """Fast, deterministic and without any sense: for tests of plumbing."""
    return SentenceTransformerEmbedder(str(tiny_model))


@pytest.fixture(scope="session")
def averaged_words(tiny_model: Path) -> AveragedWords:
    """The model of `tiny_embedder`, read by other means."""
    return AveragedWords(tiny_model)


@pytest.fixture(scope="session")
def other_tiny_embedder(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEmbedder:
    """Another model than `tiny_embedder`, with other vectors of another width."""
    folder = tmp_path_factory.mktemp("models") / "other"
    save_tiny_model(folder, seed=2, width=TINY_WIDTH // 2)
    return SentenceTransformerEmbedder(str(folder))


@pytest.fixture(scope="session")
def evidence_reader() -> EvidenceReader:
    """The model that ships, in the number format that is fast here."""
    return EvidenceReader()


@pytest.fixture(scope="session")
def tiny_cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real cross-encoder of 80 KB: a BERT with seeded random weights."""
    folder = tmp_path_factory.mktemp("models") / "tiny-cross-encoder"
    save_tiny_cross_encoder(folder, seed=1)
    return folder


@pytest.fixture
def heeds_control_c() -> Iterator[None]:
    """Tests started in the background ignore Ctrl-C, and so would every program they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def run_async() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Runs a coroutine to its end, in a thread: the browser's driver keeps a loop in this one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield lambda coroutine: pool.submit(asyncio.run, coroutine).result(timeout=300)


def save_tiny_model(folder: Path, *, seed: int, width: int = TINY_WIDTH) -> None:
    """Averaged vectors of word pieces, which are learnt from the example articles' Markdown."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    torch.manual_seed(seed)
    model = SentenceTransformer(
        modules=[StaticEmbedding(word_pieces(["[UNK]"]), embedding_dim=width)], device="cpu"
    )
    model.save(str(folder), create_model_card=False)


def save_tiny_cross_encoder(folder: Path, *, seed: int, outputs: int = 1) -> None:
    """A BERT for pairs of texts; its weights are large, so that every word changes its score."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = word_pieces(special)
    torch.manual_seed(seed)
    model = BertForSequenceClassification(
        BertConfig(
            vocab_size=pieces.get_vocab_size(),
            hidden_size=TINY_WIDTH,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=TINY_WIDTH,
            max_position_embeddings=TINY_POSITIONS,
            initializer_range=0.5,
            num_labels=outputs,
        )
    )
    model.save_pretrained(str(folder))
    BertTokenizerFast(tokenizer_object=pieces).save_pretrained(str(folder))


def word_pieces(special: list[str]) -> Tokenizer:
    """A tokenizer of `TINY_VOCABULARY` pieces: letters, and the words that are most frequent.

    The trainers of tokenizers find other pieces in each process, and every score would differ.
    """
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer

    normalizer, pre_tokenizer = BertNormalizer(), BertPreTokenizer()
    count: Counter[str] = Counter()
    for path in sorted((REPOSITORY / "examples" / "articles").glob("*.md")):
        text = normalizer.normalize_str(path.read_text(encoding="utf-8"))
        count.update(word for word, _ in pre_tokenizer.pre_tokenize_str(text))
    letters = sorted(set("".join(count)))
    frequent = sorted(count, key=lambda word: (-count[word], word))
    pieces = dict.fromkeys([*special, *letters, *(f"##{one}" for one in letters), *frequent])
    vocabulary = {piece: number for number, piece in enumerate(pieces) if number < TINY_VOCABULARY}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer
