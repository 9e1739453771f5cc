"""A run that is ended at any moment is gone on with: nothing asked twice, the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path

import pytest

from eval.journal import JOURNAL
from eval.models import EvaluationProgress, Report
from eval.run import run_evaluation
from rag.assistant import Assistant

ROOT = Path(__file__).resolve().parents[2]
DATASET = ROOT / "eval" / "data"
KILLS = 10
LIMIT = 12
PARALLEL = 2
FINAL = ("outcomes.jsonl", "scores.json")

# Starts a run in a process of its own, kills it at random moments of its asking, and lets the last
# one end. Each is forked off a process that has imported everything and used nothing: so a start
# takes little, and the kills fall into the asking. Every question is written down before it is
# asked.
PROGRAM = """
    import os, random, signal, sys, time
    from pathlib import Path
    import chromadb, sentence_transformers
    from eval.run import run_evaluation
    from rag.assistant import Assistant

    def run(pipe):
        ask, log = Assistant.ask, Path(asked).open("a", encoding="utf-8")

        def noted(self, question, *, exclude=(), **options):
            log.write(f"{'withheld' if exclude else 'all'} {question}\\n")
            log.flush()
            return ask(self, question, exclude=exclude, **options)

        def tell(event):
            if event.stage == "asking" and event.notice is None:
                os.write(pipe, b".")

        Assistant.ask = noted
        run_evaluation(
            "eval/data", out=out, cache=cache, limit=int(limit), evidence_removed=True,
            parallel=int(parallel), on_progress=tell,
        )

    out, cache, asked, limit, parallel, seconds = sys.argv[1:]
    chance = random.Random(int(parallel))
    for kills_left in reversed(range(KILLS + 1)):
        heard, pipe = os.pipe()
        child = os.fork()
        if not child:
            run(pipe)
            os._exit(0)
        os.close(pipe)
        os.read(heard, 1)
        if kills_left:
            time.sleep(chance.uniform(0, float(seconds) / KILLS / 2))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(heard)
        print("ended" if status == 0 else "killed" if status == signal.SIGKILL else status)
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def run(out: Path, cache: Path, **options) -> Report:
    return run_evaluation(DATASET, out=out, cache=cache, limit=LIMIT, **options)


@pytest.fixture(scope="module")
def undisturbed(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    run(folder, cache)
    return folder


def interrupted_after(wanted: int, out: Path, cache: Path, **options) -> None:
    def listen(event: EvaluationProgress) -> None:
        if event.done == wanted and event.stage == "asking":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(out, cache, on_progress=listen, **options)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question that the assistant is asked from now on."""
    seen: list[str] = []
    ask = Assistant.ask

    def noted(self: Assistant, question: str, **options):
        seen.append(question)
        return ask(self, question, **options)

    monkeypatch.setattr(Assistant, "ask", noted)
    return seen


def same_bytes(one: Path, other: Path) -> bool:
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in FINAL)


@pytest.mark.parametrize("parallel", [1, 3])
def test_an_interrupted_run_goes_on_and_asks_nothing_twice(
    parallel: int, cache: Path, undisturbed: Path, tmp_path: Path, asked: list[str]
) -> None:
    interrupted_after(5, tmp_path, cache, parallel=parallel)
    assert not (tmp_path / "scores.json").exists()
    events: list[EvaluationProgress] = []

    report = run(tmp_path, cache, parallel=parallel, on_progress=events.append)

    assert len(asked) == len(set(asked)) == LIMIT
    assert same_bytes(tmp_path, undisturbed)
    assert not (tmp_path / JOURNAL).exists()
    assert report.latency["ask"].n == LIMIT
    (notice,) = [event.notice for event in events if event.notice]
    assert "taken over" in notice
    progress = [event.done for event in events if event.stage == "asking" and not event.notice]
    assert 5 <= progress[0] < LIMIT
    assert progress == sorted(progress)


def test_a_run_with_other_settings_begins_anew_and_says_so(
    cache: Path, tmp_path: Path, asked: list[str]
) -> None:
    interrupted_after(3, tmp_path, cache)
    (tmp_path / "report.json").write_text("{}", encoding="utf-8")
    del asked[:]
    notices: list[str | None] = []

    report = run(
        tmp_path,
        cache,
        abstention_threshold=1.0,
        on_progress=lambda event: notices.append(event.notice),
    )

    assert len(asked) == LIMIT
    assert report.scores.counts["refusals"] == LIMIT
    anew, replaced = filter(None, notices)
    assert "another run (settings, settings_fingerprint)" in anew
    assert "finished run: this one will take its place" in replaced


def test_a_question_that_failed_is_an_outcome_that_is_kept(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Assistant, question: str, **options):
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Assistant, "ask", fail)
        interrupted_after(2, tmp_path, cache)

    report = run(tmp_path, cache)

    assert [one.error for one in report.outcomes[:2]] == ["OSError: the disk is gone"] * 2
    assert report.scores.counts["errors"] == 2


def test_a_run_killed_ten_times_equals_one_that_was_left_alone(cache: Path, tmp_path: Path) -> None:
    whole, killed, asked = tmp_path / "whole", tmp_path / "killed", tmp_path / "asked.txt"
    begun = time.monotonic()
    report = run(whole, cache, evidence_removed=True)
    seconds = time.monotonic() - begun
    program = textwrap.dedent(PROGRAM).replace("KILLS", str(KILLS))
    arguments = map(str, (killed, cache, asked, LIMIT, PARALLEL, seconds))

    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert ran.stdout.split() == ["killed"] * KILLS + ["ended"]
    assert same_bytes(whole, killed)
    # Only what was being asked at the moment of a kill is asked once more.
    times = Counter(asked.read_text(encoding="utf-8").splitlines())
    assert len(times) == report.scores.counts["asked"]
    assert 0 <= times.total() - len(times) <= KILLS * PARALLEL


def test_control_c_says_how_far_it_came_and_that_it_can_go_on(
    cache: Path, undisturbed: Path, tmp_path: Path, heeds_control_c: None
) -> None:
    (library,) = cache.glob("*/library")
    arguments = ["eval", "run", str(DATASET), "--library", str(library), "--out", str(tmp_path)]
    program = [sys.executable, "-c", "from pincite.cli import main; main()", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        journal = tmp_path / JOURNAL
        while process.poll() is None and (
            not journal.exists() or journal.read_bytes().count(b"\n") < 4
        ):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        written, said = process.communicate()

    assert process.returncode == 130
    assert written == ""
    assert "of 75 done: the same command goes on from there" in " ".join(said.split())
    rows = journal.read_text(encoding="ascii").splitlines()
    assert json.loads(rows[0])["schema"] == "pincite.journal/1"
    assert len(rows) >= 4
