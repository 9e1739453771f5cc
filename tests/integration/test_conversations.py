"""The life of a stored answer while documents are changed, removed and read anew."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Unpack

import pytest

from index.embed import SentenceTransformerEmbedder
from rag import Answer, Assistant, Citation, Claim, LibraryDamaged, Question, open_assistant
from rag.cite import citation
from rag.conversations import CONVERSATIONS_FILE
from rag.removed import LEFT_OUT
from rag.render import to_markdown
from rag.settings import SettingOptions

FERRY = "The green ferry Quillon sails at noon."
HARBOUR = "The harbour of Tessel closes in winter."
FILES = {"ferry.txt": FERRY, "harbour.txt": HARBOUR}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    notes = tmp_path / "notes"
    notes.mkdir()
    for name, text in FILES.items():
        (notes / name).write_text(f"{text} It is known to all.\n", "utf-8")
    return notes


@pytest.fixture
def library(folder: Path, tmp_path: Path, tiny_model: Path) -> Path:
    with opened(tmp_path / "library", tiny_model) as assistant:
        assistant.add(folder)
    return tmp_path / "library"


@pytest.fixture
def assistant(library: Path, tiny_model: Path) -> Iterator[Assistant]:
    with opened(library, tiny_model) as assistant:
        yield assistant


@pytest.fixture
def dropping(library: Path, tiny_model: Path) -> Iterator[Assistant]:
    with opened(library, tiny_model, removed_quotes="drop") as assistant:
        yield assistant


def opened(library: Path, model: Path, **settings: Unpack[SettingOptions]) -> Assistant:
    return open_assistant(library, embedding_model=str(model), **settings)


def place(assistant: Assistant, file: Path) -> Citation:
    """The first sentence of a document as an answer cites it."""
    document = assistant.document(str(file))
    return citation(document, 0, len(FILES[file.name]))


def quoting(*places: Citation) -> Answer:
    claims = tuple(
        Claim(text=place.quote, citations=(place,), verdict="quoted") for place in places
    )
    question = Question(text="What is known?", standalone="What is known?", parts=())
    return Answer(question=question, claims=claims, sources=places)


def stored(assistant: Assistant) -> Answer:
    (found,) = assistant.conversations.newest_first()
    return assistant.conversations.answers(found.id)[0].answer


def words_on_disk(library: Path) -> str:
    files = (path for path in library.rglob("*") if path.is_file())
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


class TestStates:
    def test_an_answer_opened_later_shows_the_same_citations(
        self, library: Path, folder: Path, tiny_model: Path
    ) -> None:
        with opened(library, tiny_model) as assistant:
            answer = assistant.ask("When does the ferry sail?")
            assert answer.sources or answer.nearest
            assistant.conversations.add(answer)
        with opened(library, tiny_model) as assistant:
            assert stored(assistant) == answer
            states = assistant.citation_states(stored(assistant))
            assert set(states.values()) == {"same"}
            assert to_markdown(stored(assistant), states=states) == to_markdown(answer)

    def test_a_replaced_file_has_changed(self, assistant: Assistant, folder: Path) -> None:
        cited = place(assistant, folder / "ferry.txt")
        other = place(assistant, folder / "harbour.txt")
        (folder / "ferry.txt").write_text("The red ferry sails at six.", "utf-8")
        assistant.add(folder)
        assert assistant.citation_state(cited) == "changed"
        assert assistant.citation_state(other) == "same"

    def test_a_removed_document_is_removed_until_it_is_added_again(
        self, assistant: Assistant, folder: Path
    ) -> None:
        cited = place(assistant, folder / "ferry.txt")
        assistant.remove(cited.document_id)
        assert assistant.citation_state(cited) == "removed"
        assistant.add(folder)
        assert assistant.citation_state(cited) == "same"

    def test_a_document_with_several_sources_outlives_one_of_them(
        self, assistant: Assistant, folder: Path
    ) -> None:
        shutil.copy(folder / "ferry.txt", folder / "copy.txt")
        assistant.add(folder)
        cited = place(assistant, folder / "ferry.txt")
        (folder / "ferry.txt").write_text("The red ferry sails at six.", "utf-8")
        assistant.add(folder / "ferry.txt")
        assert assistant.citation_state(cited) == "same"
        assistant.remove(cited.document_id)
        assert assistant.citation_state(cited) == "changed"  # another came from its source

    def test_other_words_at_the_place_have_changed(
        self, assistant: Assistant, folder: Path
    ) -> None:
        cited = place(assistant, folder / "ferry.txt")
        assert assistant.citation_state(cited) == "same"
        with assistant._library.catalog.writing() as connection:  # as a new way of reading would
            connection.execute(
                "UPDATE documents SET text = ' ' || text WHERE id = ?", [cited.document_id]
            )
        assert assistant.citation_state(cited) == "changed"

    def test_rebuilding_changes_nothing(
        self,
        library: Path,
        folder: Path,
        tiny_model: Path,
        other_tiny_embedder: SentenceTransformerEmbedder,
    ) -> None:
        with opened(library, tiny_model) as assistant:
            answer = quoting(place(assistant, folder / "ferry.txt"))
            assistant.conversations.add(answer)
            assistant.rebuild()
            assert set(assistant.citation_states(stored(assistant)).values()) == {"same"}
        other = str(other_tiny_embedder._folder)
        with open_assistant(library, embedding_model=other, allow_model_change=True) as assistant:
            assistant.rebuild()
            assert stored(assistant) == answer
            assert set(assistant.citation_states(answer).values()) == {"same"}

    def test_many_citations_of_one_document_load_it_once(
        self, assistant: Assistant, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cited = place(assistant, folder / "ferry.txt")
        loads: list[str] = []
        catalog = assistant._library.catalog
        load = catalog.document
        monkeypatch.setattr(catalog, "document", lambda name: loads.append(name) or load(name))
        for _ in range(100):
            assert assistant.citation_state(cited) == "same"
        assert loads == [cited.document_id]


class TestDropping:
    def test_kept_quotes_stay_after_a_removal(self, assistant: Assistant, folder: Path) -> None:
        answer = quoting(place(assistant, folder / "ferry.txt"))
        assistant.conversations.add(answer)
        assistant.remove(answer.sources[0].document_id)
        assert stored(assistant) == answer
        assert FERRY in words_on_disk(assistant.library_path)

    def test_dropped_quotes_leave_the_disk_with_their_document(
        self, dropping: Assistant, folder: Path
    ) -> None:
        ferry, harbour = (place(dropping, folder / name) for name in FILES)
        dropping.conversations.add(quoting(ferry, harbour))
        assert FERRY in words_on_disk(dropping.library_path)
        dropping.remove(str(folder / "ferry.txt"))
        assert FERRY not in words_on_disk(dropping.library_path)
        answer = stored(dropping)
        assert [claim.text for claim in answer.claims] == [LEFT_OUT, HARBOUR]
        assert [source.quote for source in answer.sources] == [LEFT_OUT, HARBOUR]
        assert list(dropping.citation_states(answer).values()) == ["removed", "same"]

    def test_an_earlier_version_of_the_file_goes_with_it(
        self, dropping: Assistant, folder: Path
    ) -> None:
        dropping.conversations.add(quoting(place(dropping, folder / "ferry.txt")))
        (folder / "ferry.txt").write_text("The red ferry sails at six.", "utf-8")
        dropping.add(folder)
        assert stored(dropping).sources[0].quote == FERRY
        dropping.remove(str(folder / "ferry.txt"))
        assert FERRY not in words_on_disk(dropping.library_path)

    def test_quotes_of_documents_removed_before_are_left_out_where_shown(
        self, library: Path, folder: Path, tiny_model: Path
    ) -> None:
        with opened(library, tiny_model) as assistant:
            answer = quoting(place(assistant, folder / "ferry.txt"))
            assistant.conversations.add(answer)
            assistant.remove(answer.sources[0].document_id)
        with opened(library, tiny_model, removed_quotes="drop") as assistant:
            assert stored(assistant).claims[0].text == LEFT_OUT
            assert FERRY not in to_markdown(stored(assistant))
        with opened(library, tiny_model) as assistant:
            assert stored(assistant) == answer

    def test_an_answer_that_comes_after_the_removal_is_stored_without_the_quote(
        self, dropping: Assistant, folder: Path
    ) -> None:
        answer = quoting(place(dropping, folder / "ferry.txt"))
        dropping.remove(answer.sources[0].document_id)
        dropping.conversations.add(answer)
        assert FERRY not in words_on_disk(dropping.library_path)

    def test_words_erased_are_removed_even_if_the_document_comes_back(
        self, dropping: Assistant, folder: Path
    ) -> None:
        dropping.conversations.add(quoting(place(dropping, folder / "ferry.txt")))
        dropping.remove(str(folder / "ferry.txt"))
        dropping.add(folder)
        assert dropping.citation_state(stored(dropping).sources[0]) == "removed"

    def test_where_the_quotes_cannot_be_erased_nothing_is_removed(
        self, dropping: Assistant, folder: Path
    ) -> None:
        (dropping.library_path / CONVERSATIONS_FILE).write_bytes(b"rubbish" * 10_000)
        with pytest.raises(LibraryDamaged, match="stored conversations"):
            dropping.remove(str(folder / "ferry.txt"))
        assert len(dropping.documents()) == 2


def test_a_damaged_file_of_conversations_harms_nothing_else(
    assistant: Assistant, folder: Path
) -> None:
    (assistant.library_path / CONVERSATIONS_FILE).write_bytes(b"rubbish" * 10_000)
    with pytest.raises(LibraryDamaged, match="stored conversations"):
        assistant.conversations.newest_first()
    assert assistant.ask("When does the ferry sail?")
    assistant.remove(str(folder / "ferry.txt"))
    assistant.add(folder)
    assert assistant.verify().sound


# Says when it starts to write, and after each answer that it was stored.
PROGRAM = """
    import sys
    from pathlib import Path
    from rag.conversations import Conversations
    from rag.models import Answer, Question
    conversations = Conversations(Path(sys.argv[1]))
    print("writing", flush=True)
    name = None
    for number in range(100_000):
        text = f"{number} " + "word " * 2_000
        answer = Answer(question=Question(text=text, standalone=text, parts=(text,)))
        name = conversations.add(answer, conversation=name).conversation_id
        print(number, flush=True)
"""


@pytest.mark.parametrize("seed", range(5))
def test_a_kill_between_writes_leaves_a_readable_file(seed: int, tmp_path: Path) -> None:
    from rag.conversations import Conversations

    path = tmp_path / CONVERSATIONS_FILE
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    time.sleep(random.Random(seed).random())
    process.kill()
    told = process.communicate()[0].splitlines()
    conversations = Conversations(path)
    kept = [
        entry for found in conversations.newest_first() for entry in conversations.answers(found.id)
    ]
    assert len(told) <= len(kept) <= len(told) + 1
    assert not any(entry.unreadable for entry in kept)
    assert conversations.add(kept[0].answer if kept else _empty()).number == 1
    conversations.close()


def _empty() -> Answer:
    return Answer(question=Question(text="?", standalone="?", parts=()))
