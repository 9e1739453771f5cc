"""Runs that were written are compared and held against demands: in Python and in the terminal."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eval.compare import compare
from eval.comparison_report import comparison_row
from eval.gate import judge, read_demand
from eval.run import run_evaluation
from eval.stored import StoredRun, read_run
from index.errors import UsageError
from pincite.cli import app
from rag import open_assistant

DATA = Path(__file__).parents[2] / "eval" / "data"
ARTICLES = Path(__file__).parents[2] / "examples" / "articles"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same questions twice: read with ten passages, and with one."""
    folder = tmp_path_factory.mktemp("runs")
    with open_assistant(folder / "library") as assistant:
        assistant.add(ARTICLES)
    for name, passages in (("ten", 10), ("one", 1)):
        run_evaluation(
            DATA, library=folder / "library", out=folder / name, limit=24, passages=passages
        )
    return folder


def pincite(*arguments: str | Path) -> Result:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["eval", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def said(*arguments: str | Path) -> str:
    return " ".join(pincite(*arguments).output.split())


def test_a_run_is_no_different_from_itself(runs: Path) -> None:
    found = compare(read_run(runs / "ten"), read_run(runs / "ten" / "report.json"))
    assert found.questions == 24
    assert found.changed == ()
    assert found.notes == ()
    assert found.overall
    for one in found.overall:
        assert (one.change.value, one.p, one.differing, one.is_better) == (0.0, 1.0, 0, None)


def test_figures_and_changed_answers_are_those_of_the_runs(runs: Path) -> None:
    before, after = read_run(runs / "ten"), read_run(runs / "one")
    found = compare(before, after)
    assert "The runs have different settings." in found.notes
    by_name = {one.figure: one for one in found.overall}
    for name in ("contained", "right_refusals", "ndcg@10"):
        assert by_name[name].before == pytest.approx(before.figures[name], abs=1e-6)
        assert by_name[name].after == pytest.approx(after.figures[name], abs=1e-6)
        assert by_name[name].change.value == pytest.approx(
            by_name[name].after - by_name[name].before
        )
    differing = {
        key for key, one in before.outcomes.items() if one.text != after.outcomes[key].text
    }
    assert {(one.id, one.condition) for one, _ in found.changed} == differing
    assert differing
    assert comparison_row(found) == comparison_row(compare(before, after))


def test_better_and_worse_know_which_way_is_up(runs: Path) -> None:
    before, after = read_run(runs / "ten"), read_run(runs / "one")
    backward = {one.figure: one for one in compare(after, before).overall}
    for one in compare(before, after).overall:
        assert backward[one.figure].p == one.p
        if one.is_better is not None:
            assert backward[one.figure].is_better is not one.is_better
            rises = one.after > one.before
            assert one.is_better is (rises != (one.figure in {"wrong_refusals", "errors"}))


def test_the_terminal_compares(runs: Path) -> None:
    output = said("compare", runs / "ten", runs / "one", "--changed", "1")
    assert "24 questions in both" in output
    assert "before " in output
    row = json.loads(pincite("compare", runs / "ten", runs / "one", "--json").output)
    assert row["schema"] == "pincite.comparison/1"
    assert len(row["changed"]) == len(
        compare(read_run(runs / "ten"), read_run(runs / "one")).changed
    )


def test_a_gate_passes_and_fails_by_its_exit_code(runs: Path, tmp_path: Path) -> None:
    ten, junit = runs / "ten", tmp_path / "gate.xml"
    value = read_run(ten).figures["contained"]
    passed = pincite("gate", ten, "--min", f"contained={value - 0.01}", "--junit", junit)
    assert passed.exit_code == 0
    assert ET.parse(junit).getroot().get("failures") == "0"
    failed = pincite(
        "gate", ten, "--min", f"contained={value + 0.01}", "--max", "errors=0", "--junit", junit
    )
    assert failed.exit_code == 1
    suite = ET.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "at least" in (suite.find("testcase/failure").get("message") or "")  # type: ignore[union-attr]
    rows = json.loads(pincite("gate", ten, "--max", "errors=0", "--json").output)
    assert rows["passed"] is True


def test_a_drop_is_held_against_another_run(runs: Path) -> None:
    ten, one = read_run(runs / "ten"), read_run(runs / "one")
    drop = max(ten.figures["recall@10"] - one.figures["recall@10"], 0.0)
    allowed = judge(one, [read_demand("max-drop", f"recall@10={drop}")], against=ten)
    assert [verdict.met for verdict in allowed] == [True]
    # Refusing more often is worse, though the figure rises.
    more = one.figures["wrong_refusals"] - ten.figures["wrong_refusals"]
    strict = read_demand("max-drop", f"wrong_refusals={more - 0.001}")
    assert [verdict.met for verdict in judge(one, [strict], against=ten)] == [False]


def test_what_cannot_be_compared_is_said(runs: Path, tmp_path: Path) -> None:
    ten = runs / "ten"
    assert "no run" in said("compare", tmp_path, ten)
    cut = shutil.copytree(ten, tmp_path / "cut")
    (cut / "outcomes.jsonl").write_text('{"query":')
    assert "cut short" in said("compare", cut, ten)
    for arguments, complaint in (
        (("--min", "beauty=1"), "no figure beauty"),
        (("--min", "contained"), "no demand"),
        (("--min", "contained=nan"), "no demand"),
        (("--max-drop", "contained=0.1"), "--against"),
        ((), "Nothing is demanded"),
        (("--max", "errors=0", "--junit", tmp_path / "no" / "x.xml"), "cannot be written"),
    ):
        result = pincite("gate", ten, *arguments)
        assert (result.exit_code, complaint in " ".join(result.output.split())) == (2, True)
    empty = StoredRun(folder=tmp_path, manifest={}, figures={}, outcomes={})
    with pytest.raises(UsageError, match="no question in common"):
        compare(read_run(ten), empty)


def test_a_figure_without_a_value_meets_no_demand(runs: Path) -> None:
    (verdict,) = judge(
        read_run(runs / "ten"), [read_demand("min", "right_refusals_evidence_removed=0")]
    )
    assert not verdict.met
    assert "no value" in verdict.reason
