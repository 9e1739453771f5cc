"""Plain alternatives over a real library: the same questions, each search by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.baselines import plain_alternative
from eval.compare import compare
from eval.models import EvaluationProgress
from eval.run import run_evaluation
from eval.stored import read_run
from index.errors import UsageError
from index.models import Filters
from pincite.cli import app
from rag import Assistant, open_assistant

ROOT = Path(__file__).parents[2]
DATA, ARTICLES = ROOT / "eval" / "data", ROOT / "examples" / "articles"
NAMES = ("bm25", "dense", "llamaindex")
EVERY = pytest.mark.parametrize("name", NAMES)
QUESTION = "Who runs the harbour in Vladivostok, and what did the Kremlin deny?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baselines") / "library"
    with open_assistant(folder) as assistant:
        assistant.add(ARTICLES)
    return folder


@pytest.fixture(scope="module")
def runs(library: Path) -> Path:
    folder = library.parent
    for name in (None, *NAMES):
        run_evaluation(
            DATA, library=library, out=folder / (name or "ours"), limit=24, baseline=name
        )
    return folder


@pytest.fixture
def assistant(library: Path):
    with open_assistant(library, create=False) as opened:
        yield opened


@EVERY
def test_its_order_is_that_of_one_search(assistant: Assistant, name) -> None:
    found = plain_alternative(name, assistant).search(QUESTION, limit=20)
    assert [hit.rank for hit in found] == list(range(1, len(found) + 1))
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    if name == "llamaindex":
        return
    alone = assistant.library.search_words if name == "bm25" else assistant.library.search_dense
    assert [hit.passage.id for hit in found] == [
        one.passage.id for one in alone(QUESTION, limit=20)
    ]


@EVERY
def test_every_chunk_stands_in_its_document_where_it_says(assistant: Assistant, name) -> None:
    found = plain_alternative(name, assistant).search(QUESTION, limit=50)
    assert len({hit.passage.document_id for hit in found}) > 3
    for hit in found:
        text = assistant.document(hit.passage.document_id).text
        assert text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_llamaindex_cuts_by_itself_and_reads_every_document(assistant: Assistant) -> None:
    found = plain_alternative("llamaindex", assistant).search(QUESTION, limit=1_000)
    documents = assistant.documents()
    assert {hit.passage.document_id for hit in found} == {one.id for one in documents}
    assert len(found) < sum(one.passages for one in documents)


@EVERY
def test_an_answer_is_a_short_exact_quote_of_what_it_found_first(
    assistant: Assistant, name
) -> None:
    alternative = plain_alternative(name, assistant)
    answer = alternative.ask(QUESTION)
    (first,) = alternative.search(QUESTION, limit=1)
    (claim,) = answer.claims
    (cited,) = claim.citations
    assert not answer.abstained
    assert len(claim.text.split()) <= 60
    assert assistant.document(cited.document_id).text[cited.start : cited.end] == claim.text
    assert cited.document_id == first.passage.document_id
    assert first.passage.start <= cited.start < cited.end <= first.passage.end


@EVERY
def test_who_never_refuses_loses_on_the_questions_without_an_answer(runs: Path, name) -> None:
    figures = read_run(runs / name).figures
    assert figures["right_refusals"] == figures["wrong_refusals"] == figures["errors"] == 0.0
    assert figures["quotes_exact"] == figures["citations_valid"] == 1.0
    assert 0.0 < figures["contained"] < 1.0
    assert read_run(runs / "ours").figures["right_refusals"] > 0.0


@EVERY
def test_a_comparison_says_that_another_way_of_answering_was_measured(runs: Path, name) -> None:
    found = compare(read_run(runs / name), read_run(runs / "ours"))
    assert found.questions == 24
    assert found.before.manifest["baseline"] == name
    assert found.after.manifest["baseline"] is None
    assert "The runs have different ways of answering." in found.notes
    assert f"plain {name}" in (runs / name / "report.md").read_text(encoding="utf-8")


@EVERY
def test_the_report_names_it_and_has_no_word_on_its_certainty(runs: Path, name) -> None:
    page = (runs / name / "report.html").read_text(encoding="utf-8")
    assert f"answered by plain {name}" in page.partition("</header>")[0]
    assert "How sure it was" not in page
    assert "How sure it was" in (runs / "ours" / "report.html").read_text(encoding="utf-8")
    assert json.loads((runs / name / "report.json").read_text())["confidence"] is None


def test_a_run_that_another_one_began_is_not_gone_on_with(library: Path, tmp_path: Path) -> None:
    def interrupt(event: EvaluationProgress) -> None:
        if event.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_evaluation(DATA, library=library, out=tmp_path, limit=4, on_progress=interrupt)
    notices: list[str | None] = []
    run_evaluation(
        DATA,
        library=library,
        out=tmp_path,
        limit=4,
        baseline="bm25",
        on_progress=lambda event: notices.append(event.notice),
    )

    (notice,) = filter(None, notices)
    assert "the beginning of another run (baseline)" in notice
    outcomes = (tmp_path / "outcomes.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(one)["probability"] for one in outcomes] == [1.0] * 4


def test_the_terminal_asks_a_plain_alternative(library: Path) -> None:
    options = ["--library", str(library), "--limit", "4", "--baseline", "bm25", "--json"]
    result = CliRunner().invoke(app, ["eval", "run", str(DATA), *options])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["manifest"]["baseline"] == "bm25"


def test_what_a_plain_alternative_cannot_do_is_said(library: Path, assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="never refuses"):
        run_evaluation(DATA, library=library, evidence_removed=True, baseline="dense")
    with pytest.raises(UsageError, match="without filters"):
        plain_alternative("bm25", assistant).ask(QUESTION, filters=Filters(outlets=("Wire",)))


def test_a_search_that_finds_nothing_answers_nothing(assistant: Assistant) -> None:
    answer = plain_alternative("bm25", assistant).ask("Zyzzyva quux?")
    assert answer.abstained
    assert answer.claims == ()
