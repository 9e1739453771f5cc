"""What evidence relies on, asked of every model there is that reads passages."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rag.evidence_weights
from index.errors import ModelError, SettingsError, WeightsAltered, WeightsMissing
from index.models import Span
from index.sentences import sentences
from rag.cross_encoder import CrossEncoderReader
from rag.network import WORD_EMBEDDINGS
from rag.pairs import Pair
from rag.reader import EvidenceReader, Reader, Reading
from tests.conftest import save_tiny_cross_encoder
from tests.training_groups import tiny_network

READERS = ("evidence_reader", "in_float32", "cross_encoder")
PASSAGE = (
    "Skerrow lies on a grey firth. Its lighthouse was lit by Maud Tarrant in 1904. Seals rest."
)


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    found: Reader = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def in_float32() -> EvidenceReader:
    return EvidenceReader(precision="float32", threads=1)


@pytest.fixture(scope="session")
def cross_encoder(tiny_cross_encoder: Path) -> CrossEncoderReader:
    return CrossEncoderReader(str(tiny_cross_encoder), precision="float32", threads=1)


@pytest.fixture(params=["evidence_reader", "in_float32"])
def own_model(request: pytest.FixtureRequest) -> EvidenceReader:
    found: EvidenceReader = request.getfixturevalue(request.param)
    return found


def pair(
    passage: str = PASSAGE, *, question: str = "Who lit the lighthouse?", title: str = "Skerrow"
) -> Pair:
    return Pair(
        question=question, title=title, passage=passage, sentences=list(sentences(passage, "en"))
    )


def several() -> list[Pair]:
    """Short and long in turn, so that no order by length is theirs, and a few batches of them."""
    return [
        pair(
            " ".join(f"Keeper {number} of {index} trimmed wick {number}." for number in range(many))
        )
        for index in range(30)
        for many in [1 + index * 11 % 27]
    ]


def close(first: Reading, second: Reading, *, within: float) -> bool:
    numbers = [(one.answers, one.relevant, one.supports or 0.0) for one in (first, second)]
    return np.allclose(*numbers, rtol=0, atol=within) and np.allclose(
        first.sentences, second.sentences, rtol=0, atol=within
    )


def rounding(reader: Reader) -> float:
    """By how much a logit may change with what is read in the same batch."""
    exact = isinstance(reader, CrossEncoderReader) or reader._format == "float32"
    return 1e-3 if exact else 0.2


def test_no_pairs_make_no_readings(reader: Reader) -> None:
    assert reader.read([]) == []


def test_every_pair_has_a_reading_and_every_sentence_a_score(reader: Reader) -> None:
    pairs = several()
    readings = reader.read(pairs)
    assert [len(found.sentences) for found in readings] == [len(one.sentences) for one in pairs]
    for found in readings:
        assert found.sentences.dtype == np.float64
        assert np.isfinite([found.answers, found.relevant, *found.sentences]).all()


def test_a_pair_is_read_the_same_alone_and_among_others(reader: Reader) -> None:
    pairs = several()
    together = reader.read(pairs)
    for number in (0, 1, 7, 13, 29):
        (alone,) = reader.read([pairs[number]])
        assert close(together[number], alone, within=rounding(reader))


def test_readings_stay_with_their_pairs_whatever_the_order(reader: Reader) -> None:
    pairs = several()
    backwards = reader.read(pairs[::-1])[::-1]
    assert all(
        close(one, other, within=rounding(reader))
        for one, other in zip(reader.read(pairs), backwards, strict=True)
    )


def test_reading_twice_gives_the_same(reader: Reader) -> None:
    first, second = reader.read(several()), reader.read(several())
    assert all(close(one, other, within=0.0) for one, other in zip(first, second, strict=True))
    assert [one.span for one in first] == [one.span for one in second]


def test_two_threads_get_what_one_gets(reader: Reader) -> None:
    pairs = several()[:12]
    expected = reader.read(pairs)
    with ThreadPoolExecutor(2) as threads:
        for readings in threads.map(lambda _: reader.read(pairs), range(4)):
            assert all(
                close(one, other, within=1e-5)
                for one, other in zip(readings, expected, strict=True)
            )


def test_two_threads_may_load_a_model_at_once(tiny_cross_encoder: Path) -> None:
    for new in (EvidenceReader(threads=1), CrossEncoderReader(str(tiny_cross_encoder), threads=1)):
        with ThreadPoolExecutor(2) as threads:
            first, second = threads.map(new.read, [[pair()]] * 2)
        assert close(first[0], second[0], within=1e-5)


def test_question_passage_and_title_all_count(reader: Reader) -> None:
    base, *others = reader.read(
        [
            pair(),
            pair(question="Where do seals rest?"),
            pair(title="The price of bread"),
            pair(PASSAGE.replace("Maud Tarrant", "the harbour board")),
        ]
    )
    assert all(abs(base.answers - other.answers) > 1e-3 for other in others)


@pytest.mark.parametrize("passage", ["", " ", "\n\t "])
def test_an_empty_passage_has_a_reading_without_sentences_and_span(
    reader: Reader, passage: str
) -> None:
    (found,) = reader.read([pair(passage)])
    assert np.isfinite(found.answers)
    assert found.sentences.shape == (0,)
    assert found.span is None


def test_a_passage_without_sentences_is_read_all_the_same(reader: Reader) -> None:
    bare = replace(pair(), sentences=())
    without, with_sentences = reader.read([bare, pair()])
    assert without.sentences.shape == (0,)
    assert without.answers == pytest.approx(with_sentences.answers, abs=rounding(reader))


def test_readings_without_sentences_stand_between_those_with(reader: Reader) -> None:
    pairs = [pair(""), pair(), replace(pair(), sentences=()), pair("Seals rest. Gulls do not.")]
    assert [len(found.sentences) for found in reader.read(pairs)] == [0, 3, 0, 2]


@pytest.mark.parametrize(
    "long",
    [
        pair("The keeper wound the clock again. " * 200),
        pair(question="Who lit the lighthouse, and why? " * 100),
        pair(title="On the lighthouses of the northern firths " * 100),
        pair("wick" * 3_000),
        pair("The keeper " + "slowly " * 900 + "slept. He woke."),
    ],
    ids=["passage", "question", "title", "word", "sentence"],
)
def test_what_is_too_long_to_be_read_still_has_a_score_for_every_sentence(
    reader: Reader, long: Pair
) -> None:
    (found,) = reader.read([long])
    assert len(found.sentences) == len(long.sentences) > 0
    assert np.isfinite([found.answers, *found.sentences]).all()


@pytest.mark.parametrize(
    "text",
    [
        "灯台は1904年に点灯された。海豹が岩の上で休む。",
        "أضاءت مود المنارة عام 1904. تستريح الفقمات على الصخور.",
        "Маяк зажгла Мод. Тюлени отдыхают. 😀 e\u0301",
        "\u200b\u200b. \u0000\u0001. \ufffd",
    ],
    ids=["Japanese", "Arabic", "Russian", "invisible"],
)
def test_every_script_is_read(reader: Reader, text: str) -> None:
    one = pair(text, question=text, title=text)
    (found,) = reader.read([one])
    assert len(found.sentences) == len(one.sentences)
    assert np.isfinite([found.answers, *found.sentences]).all()
    if found.span is not None:
        assert 0 <= found.span.span.start < found.span.span.end <= len(text)


def test_sentences_the_model_did_not_reach_score_as_the_least_of_those_it_read(
    own_model: EvidenceReader,
) -> None:
    filler = " ".join(f"Clock {number} was wound in room {number}." for number in range(80))
    (found,) = own_model.read([pair(f"{PASSAGE} {filler}")])
    least = found.sentences.min()
    assert set(found.sentences[-20:]) == {least}
    assert len(set(found.sentences[:10])) > 5


def test_a_title_that_leaves_no_room_gives_sentences_the_score_of_their_passage(
    own_model: EvidenceReader,
) -> None:
    (found,) = own_model.read([pair(title="On the lighthouses of the northern firths " * 100)])
    assert found.sentences.tolist() == [found.answers] * 3
    assert found.span is None


def test_a_span_is_a_part_of_the_passage_that_holds_whole_words(own_model: EvidenceReader) -> None:
    for one, found in zip(several(), own_model.read(several()), strict=True):
        assert found.span is not None
        start, end = found.span.span
        assert 0 <= start < end <= len(one.passage)
        assert one.passage[start:end] == one.passage[start:end].strip()
        assert np.isfinite(found.span.margin)


def test_only_the_own_model_marks_spans_and_judges_claims(
    evidence_reader: EvidenceReader, cross_encoder: CrossEncoderReader
) -> None:
    (own,), (other,) = evidence_reader.read([pair()]), cross_encoder.read([pair()])
    assert own.span is not None
    assert own.supports is not None
    assert (other.span, other.supports) == (None, None)
    assert other.answers == other.relevant


def test_number_formats_agree(evidence_reader: Reader, in_float32: Reader) -> None:
    pairs = [pair(), *several()]
    for one, other in zip(evidence_reader.read(pairs), in_float32.read(pairs), strict=True):
        assert close(one, other, within=0.3)


CASES = [
    (
        "Who was the architect of the bridge?",
        "Emmel has one bridge. Its architect was Jonas Whitlow. The toll was raised in spring. "
        "Swallows live beneath it.",
        "Jonas Whitlow",
    ),
    (
        "When was the tram of Pellworth opened?",
        "Pellworth is built on two hills. The tram opened in 1926. It runs on steel rails. Bread "
        "is baked at both ends.",
        "1926",
    ),
    (
        "How many people died in the mine fire?",
        "A fire broke out in the mine at Hask on Tuesday. Fourteen miners were killed. The shaft "
        "will stay closed until spring. The foreman plays the organ.",
        "Fourteen",
    ),
    (
        "Where did Sela Brandt learn her craft?",
        "Sela Brandt painted doors. She learned the craft from her aunt in Corvane. Her last door "
        "is green. Visitors knock on it for luck.",
        "Corvane",
    ),
]


@pytest.mark.parametrize(("question", "passage", "answer"), CASES)
def test_the_own_model_knows_the_sentence_that_answers(
    own_model: EvidenceReader, question: str, passage: str, answer: str
) -> None:
    one = pair(passage, question=question, title="")
    (found,) = own_model.read([one])
    best, second = np.argsort(found.sentences)[:-3:-1]
    assert answer in passage[one.sentences[best].start : one.sentences[best].end]
    assert found.sentences[best] > found.sentences[second] + 1.0


@pytest.mark.parametrize(("question", "passage", "answer"), CASES)
def test_the_own_model_prefers_the_passage_that_answers_to_one_without_that_sentence(
    own_model: EvidenceReader, question: str, passage: str, answer: str
) -> None:
    kept = [part for part in passage.split(". ") if answer not in part]
    whole, less, other = own_model.read(
        [
            pair(passage, question=question, title=""),
            pair(". ".join(kept), question=question, title=""),
            pair(CASES[0][1] + " " + PASSAGE, question="What do owls eat?", title=""),
        ]
    )
    assert whole.answers > less.answers + 0.5
    assert whole.relevant > other.relevant + 1.0


def test_the_cross_encoder_scores_a_sentence_behind_the_one_before_it(
    cross_encoder: CrossEncoderReader,
) -> None:
    one = pair()
    first, second, third = one.sentences
    parts = [first, Span(first.start, second.end), Span(second.start, third.end)]
    alone = cross_encoder.read(
        [replace(one, title="", passage=PASSAGE[part.start : part.end]) for part in parts]
    )
    (found,) = cross_encoder.read([one])
    assert found.sentences == pytest.approx([entry.answers for entry in alone], abs=1e-4)


def test_the_model_id_follows_the_weights(
    evidence_reader: Reader, tiny_cross_encoder: Path, cross_encoder: Reader, tmp_path: Path
) -> None:
    moved = shutil.copytree(tiny_cross_encoder, tmp_path / "moved" / tiny_cross_encoder.name)
    assert CrossEncoderReader(str(moved)).model_id == cross_encoder.model_id
    save_tiny_cross_encoder(tmp_path / tiny_cross_encoder.name, seed=2)
    other = CrossEncoderReader(str(tmp_path / tiny_cross_encoder.name))
    assert other.model_id != cross_encoder.model_id
    assert evidence_reader.model_id.startswith("pincite-evidence@")
    shipped = rag.evidence_weights.WEIGHTS_FOLDER / rag.evidence_weights.WEIGHTS_FILE
    copied = shutil.copy(shipped, tmp_path / "pincite-evidence.safetensors")
    assert EvidenceReader(weights=Path(copied)).model_id == evidence_reader.model_id
    save_network(tmp_path / "pincite-evidence.safetensors")
    mine = EvidenceReader(weights=tmp_path / "pincite-evidence.safetensors")
    assert mine.model_id != evidence_reader.model_id


@pytest.mark.parametrize("folder", ["bge-reranker", "", "/no/such/folder"])
def test_an_unknown_folder_is_a_settings_error(folder: str) -> None:
    with pytest.raises(SettingsError, match=r"evidence_model is .*neither pincite-evidence nor"):
        CrossEncoderReader(folder)


def test_a_folder_without_safetensors_is_a_settings_error(
    tiny_cross_encoder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny_cross_encoder, tmp_path / "model")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(SettingsError, match=r"no \.safetensors file"):
        CrossEncoderReader(str(folder))


@pytest.mark.parametrize("architectures", [["BertModel"], [], None, "nonsense", [1]])
def test_a_model_that_is_no_cross_encoder_is_a_settings_error(
    tiny_cross_encoder: Path, tmp_path: Path, architectures: object
) -> None:
    """It would be given random weights for its score."""
    folder = shutil.copytree(tiny_cross_encoder, tmp_path / "model")
    values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(values | {"architectures": architectures}))
    with pytest.raises(SettingsError, match="ForSequenceClassification"):
        CrossEncoderReader(str(folder))


def test_a_cross_encoder_with_two_outputs_is_a_model_error(tmp_path: Path) -> None:
    save_tiny_cross_encoder(tmp_path / "two", seed=1, outputs=2)
    with pytest.raises(ModelError, match=r"two has 2 outputs; a cross-encoder with one"):
        CrossEncoderReader(str(tmp_path / "two")).read([pair()])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.safetensors", lambda content: b"no tensors at all"),
        ("model.safetensors", lambda content: content[: len(content) // 2]),
        ("config.json", lambda content: content.replace(b'"bert"', b'"other"')),
    ],
)
def test_a_damaged_cross_encoder_is_a_model_error(
    tiny_cross_encoder: Path, tmp_path: Path, name: str, damage: Callable[[bytes], bytes]
) -> None:
    folder = shutil.copytree(tiny_cross_encoder, tmp_path / "model")
    (folder / name).write_bytes(damage((folder / name).read_bytes()))
    with pytest.raises(ModelError, match=r"evidence model in .* cannot be loaded"):
        CrossEncoderReader(str(folder)).read([pair()])


def test_one_altered_byte_of_the_own_weights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = rag.evidence_weights.WEIGHTS_FOLDER / rag.evidence_weights.WEIGHTS_FILE
    content = bytearray(shipped.read_bytes())
    content[-1] ^= 1
    (tmp_path / shipped.name).write_bytes(content)
    monkeypatch.setattr(rag.evidence_weights, "WEIGHTS_FOLDER", tmp_path)
    with pytest.raises(WeightsAltered, match=r"evidence\.safetensors is not the one"):
        EvidenceReader().read([pair()])


def test_own_weights_that_are_not_there_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rag.evidence_weights, "WEIGHTS_FOLDER", tmp_path)
    with pytest.raises(WeightsMissing, match=r"evidence\.safetensors cannot be read"):
        EvidenceReader().read([pair()])


def test_weights_of_another_shape_are_a_model_error(tmp_path: Path) -> None:
    save_network(tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match=r"other\.safetensors are not those of an evidence model"):
        EvidenceReader(weights=tmp_path / "other.safetensors").read([pair()])


def test_weights_with_a_tensor_left_out_are_a_model_error(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    shipped = rag.evidence_weights.WEIGHTS_FOLDER / rag.evidence_weights.WEIGHTS_FILE
    tensors = load_file(shipped)
    del tensors["sentence_head.weight"]
    save_file(tensors, tmp_path / "less.safetensors")
    with pytest.raises(ModelError, match=r"sentence_head\.weight"):
        EvidenceReader(weights=tmp_path / "less.safetensors").read([pair()])


ALONE = """
import sys
reached = []

def guard(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        reached.append(event)
        raise PermissionError(event)

sys.addaudithook(guard)
from index.models import Span
from rag.cross_encoder import CrossEncoderReader
from rag.pairs import Pair
from rag.reader import EvidenceReader

readers = [EvidenceReader(threads=1), CrossEncoderReader(sys.argv[1], threads=1)]
assert all(reader.model_id for reader in readers)
assert "torch" not in sys.modules, "torch is loaded before anything is read"
pair = Pair(question="Who?", title="", passage="Maud lit it.", sentences=[Span(0, 12)])
for reader in readers:
    assert len(reader.read([pair])[0].sentences) == 1
assert not reached, reached
"""


def test_reading_asks_no_network_and_says_nothing(tiny_cross_encoder: Path) -> None:
    """In a process of its own, which no other test has told to be offline or silent."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tiny_cross_encoder)],
        env={"PATH": "/usr/bin", "HF_ENDPOINT": "http://127.0.0.1:9"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr == ""


def save_network(path: Path) -> None:
    """A network of the right names and other shapes."""
    from safetensors.torch import save_file

    tensors = dict(tiny_network().state_dict())
    del tensors[WORD_EMBEDDINGS]
    save_file(tensors, path)
