"""The Python API as documented, and from several threads at once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rag

ROOT = Path(__file__).parents[2]
HOME_QUESTION = "what does North Korea want in return?"


@pytest.fixture(scope="session")
def example_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the example articles; open a copy of it to change it."""
    path = tmp_path_factory.mktemp("examples") / "library"
    with rag.open_assistant(path) as assistant:
        report = assistant.add(ROOT / "examples" / "articles")
    assert not report.failed
    return path


@pytest.fixture
def assistant(example_library: Path, tmp_path: Path):
    copy = shutil.copytree(example_library, tmp_path / "library")
    with rag.open_assistant(copy) as opened:
        yield opened


def test_the_documentation_runs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    program = "\n\n".join(re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Han River Dispatch" in done.stdout


def test_the_llamaindex_program_runs(example_library: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(example_library, tmp_path / "library")
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "llamaindex_program.py"],
        env={**os.environ, "PINCITE_LIBRARY": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "[1]" in done.stdout


def test_every_quote_stands_at_its_offsets(assistant: rag.Assistant) -> None:
    answer = assistant.ask(HOME_QUESTION)
    assert answer.claims
    for claim in answer.claims:
        assert claim.verdict == "quoted"
        assert claim.citations
    for source in answer.sources:
        assert (
            assistant.document(source.document_id).text[source.start : source.end] == source.quote
        )


def test_the_home_question_names_what_is_wanted(assistant: rag.Assistant) -> None:
    text = assistant.ask(HOME_QUESTION).text.lower()
    for point in ("submarine", "satellite", "missile", "food"):
        assert point in text


def test_what_the_documents_do_not_say_is_refused_with_the_nearest_passages(
    assistant: rag.Assistant,
) -> None:
    answer = assistant.ask("What is the GDP of Japan?")
    assert answer.abstained_because
    assert answer.claims == ()
    assert answer.nearest
    for place in answer.nearest:
        assert assistant.document(place.document_id).text[place.start : place.end] == place.quote


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    with rag.open_assistant(tmp_path / "empty") as opened:
        answer = opened.ask("anything at all?")
    assert answer.abstained_because
    assert "empty" in answer.abstained_because


def test_filters_that_nothing_passes_are_named(assistant: rag.Assistant) -> None:
    answer = assistant.ask(HOME_QUESTION, filters=rag.Filters(outlets=("No Such Paper",)))
    assert answer.abstained_because
    assert "filters" in answer.abstained_because


def test_without_filters_none_are_blamed(tmp_path: Path) -> None:
    (tmp_path / "only.txt").write_text("Who wants tea? Where is the sugar?", encoding="utf-8")
    with rag.open_assistant(tmp_path / "library") as opened:
        opened.add(tmp_path / "only.txt")
        reason = opened.ask("Who wants tea?").abstained_because
    assert reason is not None
    assert "filters" not in reason
    assert "Who wants tea?" in reason


def test_filters_limit_what_is_cited(example_library: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(example_library, tmp_path / "library")
    chosen = rag.Filters(outlets=("The Harbour Ledger",))
    with rag.open_assistant(copy, abstention_threshold=0.0) as opened:
        answer = opened.ask(HOME_QUESTION, filters=chosen)
    assert {source.outlet for source in answer.sources} == {"The Harbour Ledger"}


def test_a_withheld_passage_is_never_cited(assistant: rag.Assistant) -> None:
    first = assistant.search(HOME_QUESTION, limit=1)[0].passage
    answer = assistant.ask(HOME_QUESTION, exclude=[first.id])
    for source in answer.sources:
        inside = first.start <= source.start < first.end
        assert not (source.document_id == first.document_id and inside)


def test_a_stream_ends_with_its_only_answer_and_shows_its_stages(assistant: rag.Assistant) -> None:
    events = list(assistant.stream(HOME_QUESTION))
    answers = [event for event in events if isinstance(event, rag.AnswerReady)]
    assert events[-1:] == answers
    stages = [event.stage for event in events if isinstance(event, rag.StageStarted)]
    assert stages == ["searching", "reading", "writing", "checking"]
    claims = [event.claim for event in events if isinstance(event, rag.ClaimChecked)]
    assert tuple(claims) == answers[0].answer.claims


def test_a_bad_question_is_refused_before_the_stream_begins(assistant: rag.Assistant) -> None:
    with pytest.raises(rag.QuestionError):
        assistant.stream(" ")


def test_the_same_question_gets_the_same_answer(assistant: rag.Assistant) -> None:
    first, second = assistant.ask(HOME_QUESTION), assistant.ask(HOME_QUESTION)
    assert (first.claims, first.sources) == (second.claims, second.sources)


def test_several_threads_ask_while_another_adds(assistant: rag.Assistant, tmp_path: Path) -> None:
    expected = assistant.ask("Where did the ferry crews strike?").claims
    extra = tmp_path / "extra.txt"
    extra.write_text("The lighthouse keeper counted nine seals on the rocks at dawn.\n")
    with ThreadPoolExecutor(max_workers=4) as pool:
        adding = pool.submit(assistant.add, extra)
        asking = [pool.submit(assistant.ask, "Where did the ferry crews strike?") for _ in range(6)]
        assert all(job.result(timeout=120).claims == expected for job in asking)
        assert adding.result(timeout=120).count("added") == 1
    assert "nine seals" in assistant.ask("How many seals did the keeper count?").text


def test_removed_documents_are_not_cited_again(assistant: rag.Assistant) -> None:
    name = str(ROOT / "examples" / "articles" / "harbour-ledger-what-pyongyang-wants.txt")
    (removed,) = assistant.remove(name)
    answer = assistant.ask(HOME_QUESTION)
    assert all(source.document_id != removed for source in answer.sources)
    with pytest.raises(rag.UnknownDocument):
        assistant.document(removed)


def test_removing_an_unknown_document_removes_nothing(assistant: rag.Assistant) -> None:
    before = assistant.documents()
    with pytest.raises(rag.UnknownDocument):
        assistant.remove(before[0].id, "no-such-file.txt")
    assert assistant.documents() == before


@pytest.mark.parametrize("name", ["~$report.docx", "~nobody-of-that-name/a.txt", "a\0b"])
def test_names_that_are_no_paths_are_named_in_the_error(
    assistant: rag.Assistant, name: str
) -> None:
    with pytest.raises(rag.SourceNotFound, match="Nothing was added"):
        assistant.add(name)
    with pytest.raises(rag.UnknownDocument, match="No document has the id or source"):
        assistant.remove(name)


def test_a_library_of_another_model_says_so_and_can_be_rebuilt_for_it(
    example_library: Path, tmp_path: Path, tiny_model: Path
) -> None:
    copy = shutil.copytree(example_library, tmp_path / "library")
    with pytest.raises(rag.LibraryError, match="pincite rebuild"):
        rag.open_assistant(copy, embedding_model=str(tiny_model))
    with rag.open_assistant(
        copy, embedding_model=str(tiny_model), allow_model_change=True
    ) as opened:
        opened.rebuild()
        assert opened.verify().sound
    with rag.open_assistant(copy, embedding_model=str(tiny_model)) as opened:
        assert opened.search("satellite technology", limit=1)


def test_an_endpoint_that_is_down_degrades_to_quotes_with_a_notice(
    example_library: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(example_library, tmp_path / "library")
    with rag.open_assistant(copy) as opened:
        quotes = opened.ask(HOME_QUESTION)
    with rag.open_assistant(copy, llm_base_url="http://127.0.0.1:9/v1", llm_timeout=5.0) as opened:
        answer = opened.ask(HOME_QUESTION)
    assert answer.claims == quotes.claims
    assert any("127.0.0.1:9" in notice for notice in answer.notices)


def test_the_public_names_are_these_and_pincite_gives_the_same() -> None:
    import pincite

    assert sorted(rag.__all__) == rag.__all__
    assert set(rag.__all__) <= set(dir(pincite))
    assert all(hasattr(rag, name) for name in rag.__all__)
