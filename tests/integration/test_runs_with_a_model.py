"""Runs in which a language model at a real server writes: its tokens, its cost, its failures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.models import Report
from eval.report import report_row
from eval.run import run_evaluation

from .misbehaving_server import MisbehavingServer

DOCUMENT = {
    "id": "quay",
    "title": "A crane for Tessel Bay",
    "text": "Tessel Bay has bought a crane that lifts ninety tonnes. The port paid for it in June.",
}
QUESTIONS = [
    {
        "id": "lift",
        "question": "How much does the crane of Tessel Bay lift?",
        "answers": ["ninety tonnes"],
        "answerable": True,
    },
    {
        "id": "when",
        "question": "When did the port pay for the crane?",
        "answers": ["June"],
        "answerable": True,
    },
]
PRICES = {"llm_price_input": 1.0, "llm_price_output": 5.0}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    for name, rows in (("corpus", [DOCUMENT]), ("queries", QUESTIONS)):
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def run(dataset: Path, behaviour: str, out: Path | None = None) -> Report:
    with MisbehavingServer(behaviour) as server:
        return run_evaluation(
            dataset,
            out=out,
            cache=dataset / "cache",
            abstention_threshold=0.0,
            llm_base_url=server.base_url.replace("//", "//ann:hush@"),
            llm_timeout=20.0,
            **PRICES,
        )


def test_a_run_says_what_the_tokens_that_the_server_told_cost(
    dataset: Path, tmp_path: Path
) -> None:
    run(dataset, "well", tmp_path)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))

    each = (80 * 1.0 + 9 * 5.0) / 1e6
    assert report["cost"]["total"] == pytest.approx(2 * each)
    assert report["cost"]["each"] == {
        "value": pytest.approx(each),
        "low": pytest.approx(each),
        "high": pytest.approx(each),
        "n": 2,
    }
    assert report["manifest"]["settings"]["llm_price_output"] == 5.0
    for name in ("report.md", "report.html"):
        assert "That cost 0.00025 USD" in (tmp_path / name).read_text(encoding="utf-8")
    assert all("hush" not in path.read_text() for path in tmp_path.glob("*.*"))


@pytest.mark.parametrize("behaviour", ["without_usage", "internal_error"])
def test_a_server_that_tells_no_tokens_gives_no_cost(dataset: Path, behaviour: str) -> None:
    report = run(dataset, behaviour)
    assert report_row(report)["cost"] is None
    assert report.scores.counts["errors"] == 0
