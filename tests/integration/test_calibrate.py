"""A threshold chosen for a real library by the bundled questions, and written into its settings."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eval.calibrate import Calibration, calibrate
from eval.run import run_evaluation
from index.errors import LibraryNotFound, UsageError
from pincite.cli import app
from rag import open_assistant
from rag.settings import load_settings

ROOT = Path(__file__).parents[2]
DATA = ROOT / "eval" / "data"
LIMIT = 40
HIGH = 0.15  # a threshold that refuses too much


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrate") / "library"
    with open_assistant(folder) as assistant:
        assistant.add(ROOT / "examples" / "articles")
    return folder


@pytest.fixture(scope="module")
def found(library: Path) -> Calibration:
    return calibrate(DATA, library=library, limit=LIMIT, abstention_threshold=HIGH)


def pincite(*arguments: str | Path) -> Result:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(
        app, ["eval", "calibrate", *map(str, arguments)]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_rates_at_the_present_threshold_are_those_of_a_run(
    library: Path, found: Calibration
) -> None:
    figures = run_evaluation(
        DATA, library=library, limit=LIMIT, abstention_threshold=HIGH
    ).scores.overall
    assert found.current == HIGH
    assert found.failed == 0
    asked = found.now.wrong_refusals.n + found.now.wrong_answers.n
    assert found.answerable == pytest.approx(found.now.wrong_refusals.n / asked)
    assert 0.0 < found.probability < 1.0
    assert found.now.wrong_refusals == figures["wrong_refusals"]
    assert found.now.wrong_answers.n == figures["right_refusals"].n
    assert found.now.wrong_answers.value == pytest.approx(1 - figures["right_refusals"].value)


def test_with_the_threshold_chosen_a_run_makes_fewer_errors(
    library: Path, found: Calibration
) -> None:
    figures = run_evaluation(
        DATA, library=library, limit=LIMIT, abstention_threshold=found.threshold
    ).scores.overall
    chosen = figures["wrong_refusals"].value + 1 - figures["right_refusals"].value
    assert chosen < found.now.wrong_refusals.value + found.now.wrong_answers.value - 0.05
    assert found.expected.wrong_refusals.n == found.now.wrong_refusals.n
    assert found.expected.wrong_answers.n == found.now.wrong_answers.n


def test_the_terminal_writes_the_threshold_with_what_was_measured(
    library: Path, found: Calibration
) -> None:
    file = library / "settings.toml"
    file.write_text("passages = 10  # as it was\n", encoding="utf-8")
    try:
        shown = pincite(DATA, "--library", library, "--limit", str(LIMIT), "--dry-run")
        assert f"abstention_threshold = {found.threshold}" in shown.output
        assert "Nothing was written." in shown.output
        assert f"The probability is {found.probability:.3f} on average" in shown.output
        assert file.read_text(encoding="utf-8") == "passages = 10  # as it was\n"

        options = ("--limit", str(LIMIT), "--max-wrong-refusals", "0", "--json")
        result = pincite(DATA, "--library", library, *options)
        row = json.loads(result.stdout)
        threshold = row["calibration"]["threshold"]
        assert (result.exit_code, row["written"]) == (0, True)
        assert threshold <= found.threshold
        text = file.read_text(encoding="utf-8")
        assert text.startswith("passages = 10  # as it was\n")
        assert load_settings(library, {}, environment={}).abstention_threshold == threshold
        for said in (
            f"# measured: {date.today().isoformat()}, pincite-examples, ",
            f"% of {found.expected.wrong_refusals.n} answerable refused, ",
            f"% of {found.expected.wrong_answers.n} unanswerable answered",
        ):
            assert said in text

        # A value of one's own was not measured.
        command = ["settings", "abstention_threshold", "0.2", "--library", str(library)]
        CliRunner().invoke(app, command)
        assert file.read_text(encoding="utf-8") == (
            "passages = 10  # as it was\nabstention_threshold = 0.2\n"
        )
    finally:
        file.unlink()


def test_what_cannot_be_calibrated_is_said(library: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 10 of each"):
        calibrate(DATA, library=library, limit=12)
    with pytest.raises(UsageError, match="from 0 to 1"):
        calibrate(DATA, library=library, max_wrong_refusals=5.0)
    with pytest.raises(LibraryNotFound):
        calibrate(DATA, library=tmp_path / "nowhere")
    assert pincite(DATA, "--library", library, "--limit", "12").exit_code == 2
