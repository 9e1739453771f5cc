"""A whole evaluation: real library, real models, real files."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from lxml import html
from rich.console import Console

from eval.metrics.answers import holds
from eval.models import EvaluationProgress, Report
from eval.report import render_table
from eval.run import run_evaluation
from eval.score import MEANINGS
from index.errors import DatasetError, LibraryNotFound, UsageError
from rag.opening import open_assistant

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    {
        "id": "wire/1",
        "title": "Shells for technology",
        "source": "Meridian Wire",
        "published_at": "2023-09-12",
        "text": "Pyongyang has asked for submarine technology in exchange for shells, two "
        "diplomats said.\n\nThe shells left the port of Rajin in August.",
    },
    {
        "id": "wire/2",
        "title": "Ferry crews walk out",
        "source": "Saltmarsh Herald",
        "published_at": "2024-02-02",
        "text": "Ferry crews in Saltmarsh stopped work on Friday over night shifts.\n\nThe strike "
        "leaves nine islands without a link, the harbour master Ottoline Marsh said.",
    },
    {
        "id": "wire/3",
        "title": "A new crane",
        "source": "Tessel Bay Gazette",
        "published_at": None,
        "text": "Tessel Bay has bought a crane that lifts ninety tonnes.\n\nIt was paid for by the "
        "province, and will serve the timber quay.",
    },
]
QUESTIONS = [
    {
        "id": "q1",
        "question": "Which technology has Pyongyang asked for in exchange for shells?",
        "answers": ["submarine technology"],
        "relevant": ["wire/1"],
        "evidence": ["Pyongyang has asked for submarine technology in exchange for shells"],
        "type": "fact",
        "answerable": True,
    },
    {
        "id": "q2",
        "question": "Who is the harbour master in Saltmarsh?",
        "answers": ["Ottoline Marsh"],
        "differs": False,
        "relevant": ["wire/2", "nowhere"],
        "evidence": [],
        "type": "who",
        "answerable": True,
    },
    {
        "id": "q3",
        "question": "What is the gross domestic product of Japan?",
        "answers": [],
        "relevant": [],
        "evidence": [],
        "type": "unanswerable",
        "answerable": False,
    },
    {
        "id": "q4",
        "question": "Tessel Bay has bought a crane.",
        "answers": ["SUPPORT"],
        "relevant": ["wire/3"],
        "evidence": [],
        "type": "SUPPORT",
        "answerable": True,
    },
    {
        "id": "q5",
        "question": "crane " * 2_000,
        "answers": ["ninety tonnes"],
        "relevant": ["wire/3"],
        "evidence": [],
        "type": "too long",
        "answerable": True,
    },
]
FILES = ("outcomes.jsonl", "scores.json", "report.json", "report.md", "report.html")


def write_rows(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    write_rows(folder / "corpus.jsonl", DOCUMENTS)
    write_rows(folder / "queries.jsonl", QUESTIONS)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def first(dataset: Path, cache: Path, tmp_path_factory) -> Report:
    """A run that answers every question, well or badly, and again without the evidence."""
    return run_evaluation(
        dataset,
        out=tmp_path_factory.mktemp("first"),
        cache=cache,
        evidence_removed=True,
        abstention_threshold=0.0,
    )


def outcome(report: Report, name: str, condition: str = "as asked"):
    (found,) = [
        one for one in report.outcomes if (one.query.id, one.condition) == (name, condition)
    ]
    return found


def test_the_right_documents_are_found_and_counted_by_the_sets_own_names(first: Report) -> None:
    assert outcome(first, "q1").ranked[0] == "wire/1"
    assert outcome(first, "q2").ranked[0] == "wire/2"
    assert set(outcome(first, "q1").ranked) == {"wire/1", "wire/2", "wire/3"}
    figures = first.scores.by_type["fact"]
    assert figures["ndcg@10"].value == figures["recall@5"].value == 1.0


def test_an_answer_is_scored_by_its_words_and_its_quotes(first: Report) -> None:
    figures = first.scores.by_type["fact"]

    assert outcome(first, "q1").claims
    assert figures["contained"].value == 1.0
    assert figures["citations_valid"].value == figures["quotes_exact"].value == 1.0
    assert figures["attribution"].value == 1.0
    assert first.scores.counts["quotes_exact"] == first.scores.counts["quotes"] > 0
    assert first.scores.counts["markers_without_source"] == 0


def test_an_answer_is_compared_by_meaning_and_a_failure_with_nothing(first: Report) -> None:
    assert 0.3 < first.scores.by_type["fact"]["similarity"].value <= 1.0
    assert first.scores.by_type["too long"]["similarity"].value == 0.0
    assert "similarity" not in first.scores.by_type["unanswerable"]


def test_whether_sources_differ_is_scored_where_the_set_knows(first: Report) -> None:
    assert first.scores.overall["disagreement_invented"].n == 1
    assert first.scores.overall["disagreement_invented"].value == 0.0
    assert "disagreement_found" not in first.scores.overall


def test_a_relevant_document_that_is_not_there_is_a_miss_and_is_said(first: Report) -> None:
    assert first.scores.by_type["who"]["recall@10"].value == 0.5
    assert any("nowhere" in note for note in first.manifest.notes)


def test_a_question_that_fails_is_an_outcome_and_stops_nothing(first: Report) -> None:
    failed = outcome(first, "q5")

    assert failed.error is not None
    assert "QuestionError" in failed.error
    figures = first.scores.by_type["too long"]
    assert figures["errors"].value == 1.0
    assert figures["ndcg@10"].value == figures["contained"].value == 0.0


def test_a_verdict_on_a_claim_is_searched_for_and_not_answered(first: Report) -> None:
    claim = outcome(first, "q4")

    assert not claim.asked
    assert claim.ranked[0] == "wire/3"
    assert set(first.scores.by_type["SUPPORT"]) & {"contained", "wrong_refusals"} == set()


def test_without_the_evidence_no_quote_holds_the_gold_answer(first: Report) -> None:
    for name, gold in (("q1", "submarine technology"), ("q2", "Ottoline Marsh")):
        without = outcome(first, name, "evidence removed")
        assert without.withheld >= 1
        quotes = [quote.quote for claim in without.claims for quote in claim.citations]
        assert not any(holds(quote, gold) for quote in quotes)
    figure = first.scores.overall["right_refusals_evidence_removed"]
    assert figure.value == 0.0  # a threshold of 0 never refuses
    assert figure.n == 3


def test_a_threshold_that_always_refuses_is_right_and_wrong_everywhere(
    dataset: Path, cache: Path
) -> None:
    report = run_evaluation(dataset, cache=cache, abstention_threshold=1.0)

    assert report.scores.overall["right_refusals"].value == 1.0
    # The question that fails is no refusal.
    assert report.scores.overall["wrong_refusals"].value == pytest.approx(2 / 3)
    assert report.scores.overall["contained"].value == 0.0
    assert report.scores.counts["answers"] == 0


def test_the_same_run_writes_the_same_bytes_and_embeds_nothing_again(
    dataset: Path, cache: Path, first: Report, tmp_path: Path
) -> None:
    seen: list[EvaluationProgress] = []
    again = run_evaluation(
        dataset,
        out=tmp_path,
        cache=cache,
        evidence_removed=True,
        abstention_threshold=0.0,
        on_progress=seen.append,
    )

    assert first.folder is not None
    for name in ("outcomes.jsonl", "scores.json"):
        assert (tmp_path / name).read_bytes() == (first.folder / name).read_bytes()
    assert again.scores == first.scores
    assert replace(again.manifest, code=first.manifest.code) == first.manifest
    assert len(list(cache.iterdir())) == 1
    assert {event.stage for event in seen} == {"asking", "asking with the evidence removed"}
    assert seen[-1].done == seen[-1].total


def test_the_files_hold_every_question_and_what_ran(first: Report) -> None:
    assert first.folder is not None
    assert all((first.folder / name).is_file() for name in FILES)
    rows = [json.loads(line) for line in (first.folder / "outcomes.jsonl").open(encoding="utf-8")]
    report = json.loads((first.folder / "report.json").read_text(encoding="utf-8"))

    assert len(rows) == len(QUESTIONS) + 3
    assert rows[0]["query"]["id"] == "q1"
    assert rows[0]["figures"]["contained"] == 1.0
    assert report["scores"] == json.loads((first.folder / "scores.json").read_text())
    manifest = report["manifest"]
    assert len(manifest["dataset_fingerprint"]) == len(manifest["library_fingerprint"]) == 64
    assert manifest["settings"]["abstention_threshold"] == 0.0
    assert manifest["settings"]["embedding_precision"] in {"float32", "bfloat16"}  # never "auto"
    assert "llm_api_key" not in manifest["settings"]
    assert manifest["models"]["embedding"]
    assert manifest["machine"].startswith(platform.system())
    assert "torch 2." in manifest["machine"]
    assert report["confidence"]["answers"] == 3
    assert 0.0 <= report["confidence"]["risk_coverage_area"] <= 1.0
    timed = list(report["latency_milliseconds"])
    assert timed[:2] == ["search", "ask"]
    assert {"ask: search", "ask: read", "ask: write", "ask: check"} <= set(timed)
    assert report["latency_milliseconds"]["ask"]["n"] == 3  # neither the label nor the failure
    assert "latency" not in (first.folder / "scores.json").read_text()


def test_the_page_holds_every_question_and_leads_nowhere_else(first: Report) -> None:
    assert first.folder is not None
    page = html.fromstring((first.folder / "report.html").read_bytes())
    folds = page.xpath("//*[@id='all']/details")
    asked = [" ".join(fold.xpath("string(summary/span)").split()) for fold in folds]

    assert asked == [" ".join(one.query.question.split()) for one in first.outcomes]
    assert [fold.xpath("div/@id")[0] for fold in folds] == [f"q{n}" for n in range(1, 9)]
    assert page.xpath("string(//*[@id='q1']//mark[not(@class)])").lower() == "submarine technology"
    assert {link.removeprefix("#") for link in page.xpath("//@href")} <= set(page.xpath("//@id"))
    assert all(link.startswith("#") for link in page.xpath("//@href"))
    assert not page.xpath("//@src | //link | //img | //iframe | //object")
    figures = page.xpath("//table[@class='figures']/tbody/tr")
    assert [row.xpath("string(th)") for row in figures] == list(first.scores.overall)


def test_the_tables_show_every_figure_with_n(first: Report) -> None:
    written = StringIO()
    Console(width=200, file=written).print(render_table(first))
    shown = written.getvalue()
    assert first.folder is not None
    page = (first.folder / "report.md").read_text(encoding="utf-8")

    for name, figure in first.scores.overall.items():
        assert name in shown
        assert MEANINGS[name] in shown
        assert f"| {name} | {figure.value:.3f} |" in page
    assert "too long" in shown
    assert "quotes exact" in page


def test_a_terminal_of_80_columns_has_a_line_for_each_figure(first: Report) -> None:
    fact = first.scores.by_type["fact"]
    kinds = dict.fromkeys(["inference_query", "null_query", "c", "d", "last"], fact)
    report = replace(first, scores=replace(first.scores, by_type=kinds))
    written = StringIO()
    Console(width=80, file=written).print(render_table(report))
    lines = written.getvalue().splitlines()
    rows = [line.split("│")[1].strip() for line in lines if line.startswith("│")]
    compared = rows[len(first.scores.overall) :]

    assert rows[: len(first.scores.overall)] == list(first.scores.overall)
    assert len(compared) == 2 * len(set(compared))  # four types, then the fifth
    assert max(map(len, lines)) <= 80
    assert {"inference_", "query", "null_query", "last"} <= set(written.getvalue().split())
    assert "1.000 (1) │ 1.000 (1)" in " ".join(written.getvalue().split())


def test_a_cached_library_that_lost_documents_is_filled_again(
    dataset: Path, tmp_path: Path
) -> None:
    run_evaluation(dataset, cache=tmp_path, retrieval_only=True, limit=1)
    (folder,) = tmp_path.iterdir()
    with open_assistant(folder / "library", create=False) as assistant:
        assistant.remove(assistant.documents()[0].id)

    report = run_evaluation(dataset, cache=tmp_path, retrieval_only=True, limit=1)

    assert report.manifest.documents == len(DOCUMENTS)


def test_only_searching_asks_nothing(dataset: Path, cache: Path) -> None:
    report = run_evaluation(dataset, cache=cache, retrieval_only=True, evidence_removed=True)

    assert not any(one.asked or one.claims for one in report.outcomes)
    assert len(report.outcomes) == len(QUESTIONS)
    assert set(report.latency) == {"search"}
    assert "ndcg@10" in report.scores.overall
    assert set(report.scores.overall) & {"contained", "right_refusals"} == set()


def test_a_file_of_questions_is_asked_of_a_library_that_exists(tmp_path: Path) -> None:
    article = tmp_path / "shells.txt"
    article.write_text(DOCUMENTS[0]["text"], encoding="utf-8")
    with open_assistant(tmp_path / "library") as assistant:
        assistant.add(article)
        before = assistant.documents()
    questions = write_rows(tmp_path / "mine.jsonl", [QUESTIONS[0] | {"relevant": ["shells.txt"]}])

    report = run_evaluation(questions, library=tmp_path / "library", retrieval_only=True)

    assert report.scores.overall["hit@1"].value == 1.0
    assert report.folder is None
    with open_assistant(tmp_path / "library", create=False) as assistant:
        assert assistant.documents() == before


def test_a_squad_file_is_asked_of_its_own_paragraphs(tmp_path: Path) -> None:
    asked = {"id": "q", "question": QUESTIONS[0]["question"], "is_impossible": False}
    gold = [{"text": "submarine technology", "answer_start": 24}] * 2
    paragraphs = [
        {"context": DOCUMENTS[0]["text"], "qas": [asked | {"answers": gold}]},
        {"context": DOCUMENTS[2]["text"], "qas": []},
    ]
    squad = {"version": "v2.0", "data": [{"title": "Shells_at_sea", "paragraphs": paragraphs}]}
    (tmp_path / "dev.json").write_text(json.dumps(squad), encoding="utf-8")

    report = run_evaluation(tmp_path / "dev.json", abstention_threshold=0.0)

    assert report.scores.overall["hit@1"].value == 1.0
    assert report.scores.overall["contained"].value == 1.0
    assert outcome(report, "q").ranked == ("Shells_at_sea#1", "Shells_at_sea#2")


def test_a_beir_folder_is_searched(tmp_path: Path) -> None:
    write_rows(tmp_path / "corpus.jsonl", [{"_id": one["id"], **one} for one in DOCUMENTS])
    write_rows(tmp_path / "queries.jsonl", [{"_id": "q", "text": "a crane for the timber quay"}])
    (tmp_path / "qrels").mkdir()
    grades = "query-id\tcorpus-id\tscore\nq\twire/3\t2\nq\twire/1\t0\n"
    (tmp_path / "qrels" / "test.tsv").write_text(grades, encoding="utf-8")

    report = run_evaluation(tmp_path)

    assert report.scores.overall["mrr@10"].value == 1.0
    assert outcome(report, "q").query.relevant == ("wire/3",)
    assert set(report.latency) == {"search"}


def test_a_limit_takes_questions_from_the_whole_set(dataset: Path, cache: Path) -> None:
    report = run_evaluation(dataset, cache=cache, limit=2, retrieval_only=True)

    assert [one.query.id for one in report.outcomes] == ["q1", "q3"]
    assert report.manifest.limit == 2


@pytest.mark.parametrize(
    "name",
    [
        "baseline.py",
        "quality.py",
        "quotes_exact.py",
        "injections.py",
        "cleaning.py",
        "chunking.py",
        "harness.py",
    ],
)
def test_a_benchmark_without_its_data_says_where_it_looked(name: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / name)],
        env=os.environ | {"PINCITE_DATA": str(tmp_path / "nowhere")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert str(tmp_path / "nowhere") in ran.stderr
    assert "PINCITE_DATA" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_what_cannot_be_run_is_said(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        run_evaluation(dataset, limit=0)
    with pytest.raises(LibraryNotFound):
        run_evaluation(dataset, library=tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="--library"):
        run_evaluation(dataset / "queries.jsonl")
