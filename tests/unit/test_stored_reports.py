"""A report that was written is read again as it was, and labels as people write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from eval.labels import Label, read_labels
from eval.models import Query
from eval.report import report_row, to_markdown, write_report, write_report_files
from eval.stored import read_report
from index.errors import DatasetError, UsageError
from tests.made_runs import ALL, hostile_report, outcome, report

DATED = outcome(
    "dated", query=Query(id="dated", question="Who won this week?", asked_on=date(2024, 2, 28))
)


@pytest.mark.parametrize("made", [report(*ALL, DATED), hostile_report(), report()])
def test_a_report_is_read_as_it_was_written(made, tmp_path: Path) -> None:
    write_report(made, tmp_path)
    found = read_report(tmp_path / "report.json")

    assert found.outcomes == made.outcomes
    assert found.manifest == made.manifest
    assert report_row(found) == report_row(made)
    assert to_markdown(found) == to_markdown(made)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.json*")}
    write_report_files(found, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.json*")} == before


@pytest.mark.parametrize("text", ["", "{}", '{"scores": {}, "manifest": {}}', "[1"])
def test_what_is_no_run_is_said(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no run"):
        read_report(tmp_path)
    write_report(report(*ALL), tmp_path)
    (tmp_path / "report.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="Run it again"):
        read_report(tmp_path)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "id,human,answer\nq1,right,It lifts.\nq2,Wrong,\nq3,,\n",
        "human;id;answer;note\nright;q1;It lifts.;\nWRONG;q2;;so\n",
        '{"id": "q1", "human": "right", "answer": "It lifts."}\n{"id": "q2", "human": "wrong"}\n'
        '{"id": "q3", "human": null}\n',
    ],
)
def test_labels_are_a_table_or_json_lines(text: str, tmp_path: Path) -> None:
    assert read_labels(written(tmp_path / "labels", text)) == {
        "q1": Label(right=True, answer="It lifts."),
        "q2": Label(right=False),
    }


def test_a_label_is_about_the_answer_that_was_read() -> None:
    assert Label(right=True).is_about("anything")
    assert Label(right=True, answer="It  lifts.\n").is_about("It lifts.")
    assert not Label(right=True, answer="It lifts.").is_about("It sinks.")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("id,human\nq1,right\nq1,wrong\n", "row 3, field 'id': 'q1' is labelled twice"),
        ("id,human\nq1,maybe\n", "row 2, field 'human': is 'maybe'; expected right or wrong"),
        ("id,human\nq1,\n", "no row says right or wrong"),
        ("human\nright\n", "row 2, field 'id': is missing"),
        ("", "no row says right or wrong"),
    ],
)
def test_labels_that_cannot_be_read_are_named(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as refused:
        read_labels(written(tmp_path / "labels.csv", text))
    assert complaint in str(refused.value)
