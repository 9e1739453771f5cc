"""From a question to hits and evidence, in a small library and with the models that ship."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import rag
from index.build import ingest
from index.embed import Embedder
from index.library import Library, open_library
from index.models import Filters
from rag.cross_encoder import CrossEncoderReader
from rag.evidence import best_evidence
from rag.finder import Finder
from rag.models import Hit
from rag.opening import open_reader
from rag.pairs import Pair
from rag.question import understand
from rag.reader import EvidenceReader, Reader, Reading
from rag.settings import Settings
from rag.words import content_stems

DOCUMENTS = {
    "pit": (
        "Night at the pit\n\nFourteen miners were killed at Hask on Tuesday, the mayor said. "
        "Rescue teams reached the gallery at dawn. The shaft stays closed until spring."
    ),
    "stone": (
        "Hask remembers\n\nThe miners of Hask remember the dead. The names of the miners who were "
        "killed at Hask long ago stand on a stone. Many children polish it."
    ),
    "divers": (
        "Divers at work\n\nThe lake of Ordin is 214 metres deep, divers found on Monday. The water "
        "is cold. Trout are rare there."
    ),
    "lake": (
        "Lake Ordin\n\nLake Ordin is fed by snow. A road leads to Lake Ordin. Boats on Lake Ordin "
        "are rare. Deep snow lies on it."
    ),
    "readers": (
        "Dunmere reads\n\nThe council of Dunmere is going to vote on Thursday, said the mayor "
        "Tobias Renn. Readers have gathered names."
    ),
    "council": (
        "Council of Dunmere\n\nThe council of Dunmere has nine members. A vote of the council is "
        "public. The council of Dunmere will keep its books."
    ),
    "oven": (
        "The oldest oven\n\nIn Pellworth a loaf of bread costs four crowns since May. The baker "
        "rises at two."
    ),
    "bread": (
        "Bread of Pellworth\n\nThe bread of Pellworth is dark. Much bread is sold in Pellworth, at "
        "no cost to its good name. What does bread of Pellworth smell of?"
    ),
    "evening": (
        "An evening with Maud\n\nMaud Tarrant learnt the fiddle in Corvane. Her dog howls along. "
        "She sleeps by day."
    ),
    "light": "Skerrow light\n\nThe keeper Maud Tarrant plays the fiddle. Seals rest on the rocks.",
    "bell": "The Marrow Bell\n\nThe Marrow Bell is rung at noon. Its rope was sold to a circus.",
    "moth": "The Quillan moth\n\nIt feeds on thistles. Its wings turn blue when it is cold.",
}
# A question, the document that answers it, one that shares as many words with it or more, the
# answer.
NEAR_MISSES = [
    ("How many miners were killed at Hask?", "pit", "stone", "Fourteen"),
    ("How deep is Lake Ordin?", "divers", "lake", "214 metres"),
    ("When will the council of Dunmere vote?", "readers", "council", "Thursday"),
]
QUESTION = NEAR_MISSES[0][0]


class Listening:
    """The reader given to it, which reads; the pairs it was asked to read are kept."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.pairs: list[Pair] = []

    @property
    def model_id(self) -> str:
        return self._reader.model_id

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        self.pairs += pairs
        return self._reader.read(pairs)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A closed library; copy it before changing it."""
    folder = tmp_path_factory.mktemp("finder")
    (folder / "documents").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / "documents" / f"{name}.txt").write_text(text, encoding="utf-8")
    with open_library(folder / "library", embedder=embedder) as opened:
        report = ingest(opened, [folder / "documents"])
    assert report.count("added") == len(DOCUMENTS)
    return folder / "library"


@pytest.fixture
def path(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "library"))


@pytest.fixture
def library(path: Path, embedder: Embedder) -> Iterator[Library]:
    with open_library(path, embedder=embedder) as opened:
        yield opened


def finder(library: Library, reader: Reader, *, passages: int = 10) -> Finder:
    return Finder(library, settings=Settings(passages=passages), reader=reader)


def name(library: Library, hit: Hit) -> str:
    return Path(library.document(hit.passage.document_id).sources[0]).stem


def ranks(hits: Sequence[Hit]) -> list[int]:
    return [hit.rank for hit in hits]


@pytest.mark.parametrize(("question", "gold", "miss", "answer"), NEAR_MISSES)
def test_what_answers_comes_before_what_shares_more_words(
    library: Library, evidence_reader: Reader, question: str, gold: str, miss: str, answer: str
) -> None:
    asked = content_stems(question)
    assert len(asked & content_stems(DOCUMENTS[gold])) <= len(
        asked & content_stems(DOCUMENTS[miss])
    )
    found = finder(library, evidence_reader)
    hits = found.search(understand(question), limit=12)
    assert name(library, hits[0]) == gold
    assert miss in {name(library, hit) for hit in hits[1:]}
    candidates = found.candidates(understand(question))
    read = found.rank(understand(question), found.read(understand(question), candidates))
    assert answer in best_evidence(read)[0].text


def test_only_the_first_passages_are_read_and_the_others_follow_as_they_were_found(
    library: Library, evidence_reader: Reader
) -> None:
    reader = Listening(evidence_reader)
    asked = understand(QUESTION)
    hits = finder(library, reader, passages=3).search(asked, limit=9)
    found = finder(library, evidence_reader, passages=3)._retrieve(asked, limit=9, exclude=())
    assert len(hits) == len(found) == 9
    assert [pair.passage for pair in reader.pairs] == [hit.passage.text for hit in found[:3]]
    assert {pair.question for pair in reader.pairs} == {QUESTION}
    assert {hit.passage.id for hit in hits[:3]} == {hit.passage.id for hit in found[:3]}
    assert [hit.passage.id for hit in hits[3:]] == [hit.passage.id for hit in found[3:]]
    assert ranks(hits) == list(range(1, 10))
    assert {hit.stage for hit in hits[:3]} == {"reranked"}
    assert "reranked" not in {hit.stage for hit in hits[3:]}


def test_fewer_hits_than_are_read_are_the_best_of_those(
    library: Library, evidence_reader: Reader
) -> None:
    reader = Listening(evidence_reader)
    found = finder(library, reader, passages=6)
    (best,) = found.search(understand(QUESTION), limit=1)
    assert len(reader.pairs) == 6
    assert best == found.search(understand(QUESTION), limit=6)[0]
    assert len(found.candidates(understand(QUESTION))) == 6


def test_a_passage_that_is_withheld_is_neither_found_nor_read(
    library: Library, evidence_reader: Reader
) -> None:
    reader = Listening(evidence_reader)
    found = finder(library, reader)
    first = found.search(understand(QUESTION), limit=1)[0].passage
    reader.pairs.clear()
    hits = found.search(understand(QUESTION), limit=12, exclude={first.id})
    assert first.id not in {hit.passage.id for hit in hits}
    assert first.text not in {pair.passage for pair in reader.pairs}


def test_filters_hold_for_what_is_read(library: Library, evidence_reader: Reader) -> None:
    reader = Listening(evidence_reader)
    only = next(entry.id for entry in library.documents() if "moth" in entry.sources[0])
    asked = understand(QUESTION, filters=Filters(document_ids=(only,)))
    hits = finder(library, reader).search(asked, limit=12)
    assert {hit.passage.document_id for hit in hits} == {only}
    assert all("thistles" in pair.passage for pair in reader.pairs)


def test_a_document_removed_since_the_search_is_passed_over(
    library: Library, evidence_reader: Reader
) -> None:
    found = finder(library, evidence_reader)
    asked = understand(QUESTION)
    hits = found.candidates(asked)
    gone = hits[0].passage.document_id
    library.remove(gone)
    read = found.read(asked, hits)
    assert [entry.hit for entry in read] == [hit for hit in hits if hit.passage.document_id != gone]
    ranked = found.rank(asked, read)
    assert [entry.read.hit.rank for entry in ranked] == list(range(1, len(read) + 1))
    assert gone not in {entry.hit.passage.document_id for entry in best_evidence(ranked)}
    assert gone not in {hit.passage.document_id for hit in found.search(asked, limit=12)}


def test_an_empty_library_has_nothing_to_read(
    tmp_path: Path, embedder: Embedder, evidence_reader: Reader
) -> None:
    with open_library(tmp_path / "empty", embedder=embedder) as opened:
        found = finder(opened, evidence_reader)
        assert found.search(understand(QUESTION), limit=5) == ()
        assert found.rank(understand(QUESTION), []) == []


def test_the_reader_is_the_one_that_the_settings_name(tiny_cross_encoder: Path) -> None:
    own = open_reader(Settings())
    assert isinstance(own, EvidenceReader)
    assert own.model_id.startswith("pincite-evidence@")
    other = open_reader(Settings(evidence_model=str(tiny_cross_encoder)))
    assert isinstance(other, CrossEncoderReader)
    assert other.model_id.startswith("tiny-cross-encoder@")
    for reader in (
        open_reader(Settings(embedding_precision="float32", threads=1)),
        open_reader(
            Settings(
                embedding_precision="float32", threads=1, evidence_model=str(tiny_cross_encoder)
            )
        ),
    ):
        assert (reader._format, reader._threads) == ("float32", 1)


def test_a_cross_encoder_of_one_s_own_reads_and_is_named_in_the_trace(
    path: Path, tiny_cross_encoder: Path
) -> None:
    with rag.open_assistant(
        path, evidence_model=str(tiny_cross_encoder), abstention_threshold=0.0
    ) as opened:
        answer = opened.ask(QUESTION)
        hits = opened.search(QUESTION, limit=12)
    assert answer.trace.models["evidence"] == open_reader(opened.settings).model_id
    assert "read" in answer.trace.milliseconds
    assert answer.claims
    assert ranks(hits) == list(range(1, len(hits) + 1))
    with rag.open_assistant(path) as usual:
        own = usual.ask(QUESTION)
        assert [hit.score for hit in usual.search(QUESTION, limit=12)] != [
            hit.score for hit in hits
        ]
    assert own.trace.models["evidence"].startswith("pincite-evidence@")
    assert own.trace.settings_fingerprint != answer.trace.settings_fingerprint


def test_the_environment_names_the_evidence_model_too(
    path: Path, tiny_cross_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_EVIDENCE_MODEL", str(tiny_cross_encoder))
    with rag.open_assistant(path, abstention_threshold=0.0) as opened:
        assert opened.ask(QUESTION).trace.models["evidence"].startswith("tiny-cross-encoder@")


def test_an_unusable_evidence_model_leaves_the_library_closed_and_unmade(
    path: Path, tmp_path: Path
) -> None:
    for library in (path, tmp_path / "new"):
        with pytest.raises(rag.SettingsError, match="evidence_model"):
            rag.open_assistant(library, evidence_model="no-such-model")
    assert not (tmp_path / "new").exists()
    with rag.open_assistant(path) as opened:
        assert len(opened.documents()) == len(DOCUMENTS)


def test_warming_loads_the_reader(path: Path, tiny_cross_encoder: Path) -> None:
    for model in ("pincite-evidence", str(tiny_cross_encoder)):
        with rag.open_assistant(path, evidence_model=model) as opened:
            assert "_loaded" not in vars(opened._reader)
            opened.warm()
            assert "_loaded" in vars(opened._reader)


def test_answers_are_found_and_strangers_refused(path: Path) -> None:
    with rag.open_assistant(path, abstention_threshold=0.03) as opened:
        known = opened.ask("When will the council of Dunmere vote?")
        unknown = opened.ask("Which minister resigned over the airport tax?")
    assert "Thursday" in known.text
    assert unknown.abstained
    assert known.trace.answerable > 10 * unknown.trace.answerable
