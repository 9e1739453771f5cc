"""`pincite add` in the long run: progress, Ctrl-C and the report, with real processes."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from index.models import FileReport, IngestProgress, IngestReport
from pincite.cli import app
from pincite.cli.progress import progress_lines, stop_on_control_c
from pincite.cli.reporting import FILES_SHOWN, REASONS_SHOWN, print_report
from rag import open_assistant

ROOT = Path(__file__).parents[2]
MANY = 1_200
PATIENCE = 120.0

pytestmark = pytest.mark.usefixtures("heeds_control_c")


@pytest.fixture
def surroundings(tiny_model: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PINCITE_")}
    return kept | {"PYTHONPATH": str(ROOT), "PINCITE_EMBEDDING_MODEL": str(tiny_model)}


@pytest.fixture
def pincite(surroundings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Result:
        result = CliRunner(env=surroundings).invoke(app, list(map(str, arguments)))
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files whose adding takes long enough to be stopped in the middle."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(MANY):
        text = f"Report {number} from the valley.\n\n" + f"On day {number} it rained again. " * 60
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
    return folder


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "pincite", *map(str, arguments)]


@contextmanager
def adding(folder: Path, library: Path, surroundings: dict[str, str], *options: str) -> Iterator:
    """A process that has written some documents, and has most of them before it."""
    with subprocess.Popen(
        command("add", folder, "--library", library, *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings,
        text=True,
    ) as process:
        await_documents(library)
        yield process


def await_documents(library: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not (library / "originals").is_dir() or not any((library / "originals").iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_control_c_stops_in_good_order_and_the_same_command_goes_on(
    many: Path, tmp_path: Path, surroundings: dict[str, str], pincite
) -> None:
    library, options = tmp_path / "library", ("--json", "--report", str(tmp_path / "rows.csv"))
    with adding(many, library, surroundings, *options) as process:
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=PATIENCE)
    assert (process.returncode, stderr) == (130, "")
    report = json.loads(stdout)
    assert report["stopped"] is True
    assert {row["status"] for row in report["files"]} == {"added"}
    assert len(report["files"]) + report["left"] == MANY
    assert 0 < len(report["files"]) < MANY
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        assert [row["path"] for row in csv.DictReader(file)] == [
            row["path"] for row in report["files"]
        ]
    listed = json.loads(pincite("list", "--library", library, "--json").stdout)["documents"]
    assert len(listed) == len(report["files"])

    again = pincite("add", many, "--library", library, "--json")
    assert again.exit_code == 0
    statuses = [row["status"] for row in json.loads(again.stdout)["files"]]
    assert statuses.count("unchanged") == len(report["files"])
    assert statuses.count("added") == report["left"]
    undisturbed = tmp_path / "undisturbed"
    assert pincite("add", many, "--library", undisturbed).exit_code == 0
    model = surroundings["PINCITE_EMBEDDING_MODEL"]
    with (
        open_assistant(library, embedding_model=model) as one,
        open_assistant(undisturbed, embedding_model=model) as other,
    ):
        assert one.verify().problems == ()
        assert {row.id for row in one.documents()} == {row.id for row in other.documents()}


def test_a_second_control_c_ends_at_once() -> None:
    with stop_on_control_c() as should_stop:
        assert not should_stop()
        signal.raise_signal(signal.SIGINT)
        assert should_stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    with stop_on_control_c() as should_stop:
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert not should_stop()


def test_a_job_in_the_background_ignores_control_c(
    tmp_path: Path, surroundings: dict[str, str]
) -> None:
    folder = tmp_path / "few"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number}.txt").write_text(f"On day {number} it rained.", encoding="utf-8")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with adding(folder, tmp_path / "library", surroundings) as process:
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert stdout.startswith("200 files: 200 added (")


def test_a_terminal_shows_progress_and_how_far_it_came_when_it_was_stopped(
    many: Path, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    process, descriptor = pty.fork()
    if process == 0:
        shape = {"COLUMNS": "70", "LINES": "40", "TERM": "xterm-256color"}
        arguments = command("add", many, "--library", tmp_path / "library")
        os.execve(sys.executable, arguments, surroundings | shape)
    written = b""
    pressed = False
    while True:
        try:
            written += os.read(descriptor, 65_536)
        except OSError:
            break
        if not pressed and re.search(rb"[1-9]\d* of 1,200 files", written):
            os.write(descriptor, b"\x03")
            pressed = True
    os.close(descriptor)
    _, status = os.waitpid(process, 0)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.decode("utf-8")).replace("^C", "")
    lines = [line.rstrip() for line in re.split(r"[\r\n]+", plain) if line.strip()]
    assert os.waitstatus_to_exitcode(status) == 130, plain
    *progress, total, _, last = lines
    assert any("━ 0 of 1,200 files, 0 passages: 00" in line for line in progress)
    assert max(map(len, progress)) <= 70
    done = total.split()[0]
    assert total.startswith(f"{done} files: {done} added (")
    assert last == (
        f"Stopped: {done} of {MANY:,} files done. "
        "Run the same command again: what is in is not read again."
    )


def test_a_log_gets_a_line_now_and_then() -> None:
    shown = io.StringIO()
    listen = progress_lines(Console(file=shown), every=0.05)
    for number in range(3):
        event = IngestProgress(files_done=number, files_total=9, passages_done=10 * number)
        listen(event)
        listen(event)
        time.sleep(0.06)
    assert shown.getvalue().splitlines() == [
        "1 of 9 files, 10 passages",
        "2 of 9 files, 20 passages",
    ]


class TestReport:
    @pytest.fixture
    def notes(self, tmp_path: Path) -> Path:
        folder = tmp_path / "notes"
        folder.mkdir()
        (folder / "tea.txt").write_text("Tea costs three coins, says “the crier”.", "utf-8")
        (folder / "empty.txt").touch()
        return folder

    def test_a_json_file_holds_what_json_prints(self, notes: Path, pincite) -> None:
        result = pincite("add", notes, "--library", "library", "--report", "rows.json", "--json")
        assert result.exit_code == 0, result.output
        printed = json.loads(result.stdout)
        assert len(printed["files"]) == 2
        assert json.loads(Path("rows.json").read_text("utf-8")) == printed

    def test_a_csv_file_has_a_row_for_every_file(self, notes: Path, pincite) -> None:
        assert pincite("add", notes, "--library", "library", "--report", "rows.CSV").exit_code == 0
        empty, tea = csv.DictReader(Path("rows.CSV").read_text("utf-8").splitlines())
        assert (empty["path"], empty["status"]) == (str(notes / "empty.txt"), "skipped")
        assert "is empty" in empty["reason"]
        assert (tea["status"], tea["reason"]) == ("added", "")
        assert len(tea["document_id"]) == 32

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("there.csv", "There is a file there.csv already"),
            ("rows.txt", "JSON or CSV"),
            ("absent/rows.csv", "cannot be written"),
        ],
    )
    def test_a_file_that_cannot_be_written_is_said_before_anything_is_added(
        self, name: str, words: str, notes: Path, pincite
    ) -> None:
        Path("there.csv").write_text("kept", "utf-8")
        result = pincite("add", notes, "--library", "library", "--report", name)
        assert result.exit_code == 2
        assert words in result.stderr
        assert not Path("library").exists()
        assert Path("there.csv").read_text("utf-8") == "kept"

    def test_a_failed_run_leaves_no_report(self, pincite) -> None:
        result = pincite("add", "absent", "--library", "library", "--report", "rows.csv")
        assert result.exit_code == 2
        assert not Path("rows.csv").exists()

    def test_equal_reasons_are_said_once_and_long_lists_cut(self, tmp_path: Path) -> None:
        locked = [
            FileReport(
                path=f"/far/{number}.pdf", status="failed", reason=f"{number}.pdf is encrypted."
            )
            for number in range(FILES_SHOWN + 4)
        ]
        odd = [
            FileReport(
                path=f"/far/{number}.doc", status="skipped", reason=f"Reason number {number}."
            )
            for number in range(REASONS_SHOWN + 2)
        ]
        shown = io.StringIO()
        report = IngestReport(files=(*locked, *odd))
        print_report(Console(file=shown, width=80), report, library=tmp_path, documents=0)
        lines = shown.getvalue().splitlines()
        assert lines[:3] == [
            "Failed (14)",
            "  Each of 14 files is encrypted.",
            "    /far/0.pdf",
        ]
        assert "    and 4 more files; --report FILE keeps every row" in lines
        assert sum(line.startswith("    Reason number") for line in lines) == REASONS_SHOWN
        assert "  and 2 more files; --report FILE keeps every row" in lines
