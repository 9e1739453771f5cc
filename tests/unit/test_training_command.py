"""`make train-evidence` says what is wrong, and does nothing twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from tests.training_groups import write_records
from training.average import main as average
from training.recipe import Recipe, rate_share
from training.run_folder import RECIPE, WEIGHTS, add_to_curve, keep_recipe
from training.train_evidence import main


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("PINCITE_DATA", str(folder))
    return folder


def test_without_data_it_says_what_to_set_and_leaves_nothing(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(SystemExit, match="set PINCITE_DATA to the folder of the open data"):
        main(["--out", str(out)])
    assert not out.exists()


def test_a_finished_run_is_not_trained_again(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_records(data)
    out = tmp_path / "run"
    keep_recipe(out, Recipe())
    (out / WEIGHTS).write_bytes(b"trained")
    main(["--out", str(out)])
    assert capsys.readouterr().out.startswith("This run is finished")
    assert sorted(path.name for path in out.iterdir()) == sorted([RECIPE, WEIGHTS])


def test_a_folder_of_another_run_is_left_alone(data: Path, tmp_path: Path) -> None:
    write_records(data)
    out = tmp_path / "run"
    keep_recipe(out, Recipe(seed=1))
    with pytest.raises(SystemExit, match=r"seed 1,.*now seed 2,.*another folder with --out"):
        main(["--out", str(out), "--seed", "2"])
    keep_recipe(out, Recipe(seed=1))  # the same is no other


@pytest.mark.parametrize("name", ["rate", "epochs", "share", "batch", "decay", "dropout"])
def test_every_setting_makes_another_run(name: str, tmp_path: Path) -> None:
    keep_recipe(tmp_path, Recipe())
    with pytest.raises(SystemExit, match=name):
        keep_recipe(tmp_path, replace(Recipe(), **{name: 0.123}))


@pytest.mark.parametrize(
    "arguments",
    [["--share", "0"], ["--share", "1.5"], ["--epochs", "0"], ["--rate", "0"], ["--every", "0"]],
)
def test_senseless_numbers_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert "must be above 0" in capsys.readouterr().err


def test_other_first_weights_make_another_run(data: Path, tmp_path: Path) -> None:
    write_records(data)
    out, first = tmp_path / "run", tmp_path / "first.safetensors"
    keep_recipe(out, Recipe())
    first.write_bytes(b"earlier")
    with pytest.raises(
        SystemExit, match=f"first none; now .*first {sha256(b'earlier').hexdigest()[:12]}\\)"
    ):
        main(["--out", str(out), "--first", str(first)])


def test_a_run_that_knew_fewer_settings_goes_on(tmp_path: Path) -> None:
    keep_recipe(tmp_path, Recipe())
    kept = json.loads((tmp_path / RECIPE).read_text())
    del kept["first"]
    (tmp_path / RECIPE).write_text(json.dumps(kept))
    keep_recipe(tmp_path, Recipe())
    with pytest.raises(SystemExit, match="first none; now"):
        keep_recipe(tmp_path, replace(Recipe(), first="0" * 64))


@pytest.mark.parametrize(
    ("count", "told"), [(1, "give the weights of two runs or more"), (2, "cannot be read")]
)
def test_what_cannot_be_averaged_is_told(
    count: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "no.safetensors", tmp_path / "mean.safetensors"
    path.write_bytes(b"no weights")
    with pytest.raises(SystemExit) as ended:
        average([*[str(path)] * count, "--out", str(out)])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("command", [main, average])
def test_weights_that_are_not_there_are_named(
    command: Callable[[list[str]], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.safetensors")
    with pytest.raises(SystemExit) as ended:
        command([missing] if command is average else ["--first", missing])
    assert f"{missing} is not a file" in f"{ended.value}{capsys.readouterr().err}"


def test_a_share_that_leaves_nothing_is_refused(data: Path, tmp_path: Path) -> None:
    write_records(data).write_text("")
    out = tmp_path / "run"
    keep_recipe(out, Recipe())
    (out / "neighbours.json").write_text("{}")
    with pytest.raises(SystemExit, match="leave no question to learn from"):
        main(["--out", str(out)])


def test_the_curve_is_appended_to_and_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_to_curve(tmp_path, {"step": 1, "loss_answers": 0.123456})
    add_to_curve(tmp_path, {"step": 2})
    line = '{"step": 1, "loss_answers": 0.1235}\n{"step": 2}\n'
    assert (tmp_path / "log.jsonl").read_text() == capsys.readouterr().out == line


@pytest.mark.parametrize("steps", [1, 2, 7, 2898])
def test_the_rate_rises_falls_and_stays_within_bounds(steps: int) -> None:
    shares = [rate_share(step, steps) for step in range(1, steps + 1)]
    peak = shares.index(max(shares))
    assert shares[peak] == 1.0
    assert shares[: peak + 1] == sorted(shares[: peak + 1])
    assert shares[peak:] == sorted(shares[peak:], reverse=True)
    assert min(shares) >= 0.0


def test_every_option_is_documented_with_its_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    offered = dict(re.findall(r"(--[a-z]+) [A-Z]+ [^()]*\(default: ([^)]+)\)", told))
    page = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(--[a-z]+)` \| `?([^|`]+)`? \|", page, re.MULTILINE)
    assert {name: default.lower() for name, default in offered.items()} == {
        name: default.strip() for name, default in rows
    }
    assert len(offered) == 7
