"""Set-up says what to do when it cannot go on, and mends what an interruption left."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the scripts in a folder without `.venv`, importable by name."""
    copy = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(copy)
    yield copy
    for name in ("advice", "installer", "setup"):
        sys.modules.pop(name, None)


@pytest.fixture
def advice(scripts: Path) -> ModuleType:
    return importlib.import_module("advice")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (
            "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by "
            "'NewConnectionError('<HTTPConnection>: Failed to establish a new connection: "
            "[Errno 111] Connection refused')': /simple/torch/\n"
            "ERROR: No matching distribution found for torch==2.13.0",
            "No package index answered: check the network connection",
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement numpy==2.99\n"
            "ERROR: No matching distribution found for numpy==2.99",
            "The package index has no build of some package for this machine",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on "
            "device",
            "The disk is too full: ",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "A file that was downloaded is not the pinned one, and was not installed",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: "
            "'/some/.venv/lib'",
            "A folder cannot be written",
        ),
        ("Traceback (most recent call last):", "pip failed. Run the same command again"),
    ],
)
def test_what_pip_says_becomes_a_sentence(advice: ModuleType, output: str, sentence: str) -> None:
    told = advice.explain(output)
    assert told.startswith(sentence)
    assert any(word in told for word in ("same command again", "ask whoever runs"))


def test_a_half_installed_package_is_forgotten_and_a_whole_one_is_kept(scripts: Path) -> None:
    site = scripts.parent / ".venv" / "lib" / "python3.11" / "site-packages"
    for name, files in {
        "whole-1.0.dist-info": ("METADATA", "RECORD", "INSTALLER"),
        "cut_off-1.0.dist-info": ("METADATA", "RECORD"),
        "~replaced": ("module.py",),
    }.items():
        (site / name).mkdir(parents=True)
        for file in files:
            (site / name / file).touch()
    importlib.import_module("installer").sweep()
    assert [path.name for path in site.iterdir()] == ["whole-1.0.dist-info"]


def test_a_step_is_done_until_its_inputs_change(scripts: Path) -> None:
    setup = importlib.import_module("setup")
    runs: list[str] = []

    def step(inputs: str) -> object:
        return setup.Step(name="x", label="x", inputs=inputs, run=lambda: runs.append(inputs))

    python = scripts.parent / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    for inputs in ("one", "one", "two", "two"):
        setup._run([step(inputs)])
    assert runs == ["one", "two"]


def test_an_unfinished_step_is_run_again(scripts: Path) -> None:
    setup = importlib.import_module("setup")
    runs: list[str] = []

    def fail() -> None:
        runs.append("failed")
        raise setup.SetupFailure("no")

    python = scripts.parent / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    with pytest.raises(setup.SetupFailure):
        setup._run([setup.Step(name="x", label="x", inputs="", run=fail)])
    setup._run([setup.Step(name="x", label="x", inputs="", run=lambda: runs.append("ran"))])
    assert runs == ["failed", "ran"]


@pytest.mark.parametrize(
    ("version", "said"), [("3.10", "is 3.10."), ("3.15", "is 3.15."), (None, "is not there.")]
)
def test_an_unsuitable_python_is_refused_with_what_to_install(
    scripts: Path, tmp_path: Path, version: str | None, said: str
) -> None:
    python = tmp_path / "some-python"
    if version:
        numbers = version.replace(".", ", ")
        pretend = f"import sys; sys.version_info = ({numbers}, 0); exec(sys.argv[1])"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{pretend}" "$2"\n')
        python.chmod(0o755)
    done = subprocess.run(
        ["sh", scripts / "setup.sh"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHON": str(python)},
    )
    assert done.returncode == 1
    assert f"Pincite needs Python 3.11, 3.12, 3.13 or 3.14, but {python} {said}" in done.stderr
    assert "run the same command again" in done.stderr
    assert not (tmp_path / ".venv").exists()
