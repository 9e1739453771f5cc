"""The Python API as documented, and from several threads at once."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from llama_index.core.schema import MetadataMode

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


EXAMPLES = {
    "llamaindex_program.py": "[1] Plainfacts Desk: ",
    "llamaindex_pipeline.py": "It begins: ",
    "llamaindex_own_model.py": "Written by copyist; refused:\n  The containers were painted pink",
}
# Whatever such a program would ask of another machine goes to a port where nobody answers.
NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")


def test_every_example_is_run() -> None:
    assert sorted(EXAMPLES) == [path.name for path in sorted((ROOT / "examples").glob("llama*.py"))]


@pytest.mark.parametrize(("name", "words"), EXAMPLES.items())
def test_an_example_runs_offline(
    name: str, words: str, example_library: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(example_library, tmp_path / "library")
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / name],
        env={**os.environ, **NOWHERE, "PINCITE_LIBRARY": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert words in done.stdout


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


def test_the_parts_of_a_compound_question_are_answered_or_refused_each(
    assistant: rag.Assistant,
) -> None:
    known = "How many people cross the harbour on a working day"
    unknown = "who is the mayor of Tessel Bay's harbour council?"
    answer = assistant.ask(f"{known}, and {unknown}")
    assert "18,000" in answer.text
    assert answer.unanswered == (unknown,)
    assert not answer.abstained
    assert {"search", "read", "evidence"} <= set(answer.trace.milliseconds)
    assert assistant.ask(f"{unknown} And who painted the Velmora lighthouse in Orlan?").abstained


def test_both_parts_of_a_compound_question_are_cited(assistant: rag.Assistant) -> None:
    answer = assistant.ask(
        "How many shells did North Korea send to Russia and what does Pyongyang want in return?"
    )
    assert answer.unanswered == ()
    assert "over one million" in answer.claims[0].text
    assert any("food" in claim.text for claim in answer.claims)
    for claim in answer.claims:
        assert claim.text in [citation.quote for citation in claim.citations]


def test_different_numbers_stand_side_by_side(assistant: rag.Assistant) -> None:
    answer = assistant.ask("How many shells did North Korea send?")
    (difference,) = answer.disagreements
    assert difference.point == "shells: about 500,000, then over one million"
    for side in difference.sides:
        text = assistant.document(side.document_id).text
        assert text[side.start : side.end] == side.quote


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
    assert "outlet No Such Paper" in answer.abstained_because
    assert "there are Civic Signal, " in answer.abstained_because


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


# LlamaIndex's retriever and query engine.
def test_a_retriever_keeps_to_its_limit_and_filters(assistant: rag.Assistant) -> None:
    chosen = rag.Filters(outlets=("The Harbour Ledger",))
    nodes = assistant.as_retriever(limit=2, filters=chosen).retrieve(HOME_QUESTION)
    assert 1 <= len(nodes) <= 2
    assert {node.node.metadata["outlet"] for node in nodes} == {"The Harbour Ledger"}
    for node in nodes:
        text = assistant.document(node.node.metadata["document_id"]).text
        assert text[node.node.start_char_idx : node.node.end_char_idx] == node.node.text
        assert isinstance(node.score, float)


def test_the_day_of_asking_reaches_retriever_and_query_engine(assistant: rag.Assistant) -> None:
    asked = "What did the leaders do this month?"
    for day in (date(2023, 9, 20), date(2023, 12, 20)):
        nodes = assistant.as_retriever(limit=8, asked_on=day).retrieve(asked)
        hits = assistant.search(asked, limit=8, asked_on=day)
        assert [node.node.node_id for node in nodes] == [hit.passage.id for hit in hits]
        response = assistant.as_query_engine(asked_on=day).query(asked)
        assert response.metadata["answer"].question.asked_on == day


def test_source_nodes_carry_all_of_the_citation_and_its_claims(assistant: rag.Assistant) -> None:
    engine = assistant.as_query_engine(filters=rag.Filters(published_until=date(2023, 12, 31)))
    response = engine.query("Who denied the arms deal?")
    answer = response.metadata["answer"]
    assert answer.claims
    assert str(response) == answer.text
    assert "[1]" in str(response)
    assert len(response.source_nodes) == len(answer.sources)
    for number, (found, source) in enumerate(
        zip(response.source_nodes, answer.sources, strict=True), start=1
    ):
        told = found.node.metadata
        claims = [claim for claim in answer.claims if source in claim.citations]
        assert found.score is None
        assert (found.node.text, told["marker"]) == (source.quote, number)
        assert (found.node.start_char_idx, found.node.end_char_idx) == (source.start, source.end)
        for field in ("document_id", "title", "outlet", "source", "page"):
            assert told[field] == getattr(source, field)
        assert told["published_at"] == (source.published_at and source.published_at.isoformat())
        assert [entry["text"] for entry in told["claims"]] == [claim.text for claim in claims]
        assert {entry["speaker"] for entry in told["claims"]} == {c.speaker for c in claims}
        assert "document_id" not in found.node.get_content(MetadataMode.LLM)


def test_a_refusal_has_no_source_nodes(assistant: rag.Assistant) -> None:
    response = assistant.as_query_engine().query("What is the GDP of Japan?")
    assert response.source_nodes == []
    assert str(response) == response.metadata["answer"].abstained_because


def test_asynchronous_retrieval_and_queries_do_not_block_the_loop(
    assistant: rag.Assistant, run_async
) -> None:
    async def ticks_while(coroutine) -> tuple[int, object]:
        working = asyncio.ensure_future(coroutine)
        ticks = 0
        while not working.done():
            await asyncio.sleep(0.005)
            ticks += 1
        return ticks, await working

    ticks, nodes = run_async(ticks_while(assistant.as_retriever(limit=3).aretrieve(HOME_QUESTION)))
    assert ticks > 2
    assert len(nodes) == 3
    ticks, response = run_async(ticks_while(assistant.as_query_engine().aquery(HOME_QUESTION)))
    assert ticks > 2
    assert response.source_nodes


def test_the_public_names_are_these_and_pincite_gives_the_same() -> None:
    import pincite

    assert sorted(rag.__all__) == rag.__all__
    assert set(rag.__all__) <= set(dir(pincite))
    assert all(hasattr(rag, name) for name in rag.__all__)
