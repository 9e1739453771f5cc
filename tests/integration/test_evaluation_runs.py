"""Runs begun on the page: one at a time, whoever looks, and the same files as in a terminal."""

from __future__ import annotations

import csv
import json
import re
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from eval.datasets import load_dataset
from eval.journal import JOURNAL
from eval.run import run_evaluation
from eval.stored import read_report, read_run
from index.errors import UsageError
from pincite.api.service import SHARES, Shares
from pincite.api.visitors import VISITOR, Visitor
from pincite.fair import FairQueue
from pincite.ui.evaluation_handlers import EvaluationHandlers
from pincite.ui.evaluation_report_view import render_comparison, render_report
from pincite.ui.evaluation_run import BUNDLED, QUESTIONS, Plan, Standing
from pincite.ui.evaluation_runs import PLAN, Runs
from pincite.ui.evaluation_stored import named, stored_runs
from pincite.ui.evaluation_view import (
    render_progress,
    render_run_buttons,
    render_stored,
    render_what,
)
from rag import Assistant, open_assistant
from rag.settings import SETTINGS_FILE
from rag.settings_file import write_settings
from tests.made_runs import ALL, HOSTILE, WRITTEN, hostile_report, report

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"
ASKED = ("Who won the cup?", "Who bought the crane?", "How much does it lift?", "Who was first?")
FILE = "cranes.csv"


@pytest.fixture
def opened(tmp_path: Path, tiny_model: Path):
    """A library of one sentence, which is never refused: a tiny model finds it barely likely."""
    (tmp_path / "library").mkdir()
    write_settings(tmp_path / "library" / SETTINGS_FILE, {"abstention_threshold": "0.0"})
    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant:
        (tmp_path / "crane.txt").write_text("Tessel Bay bought the crane.", encoding="utf-8")
        assistant.add(tmp_path / "crane.txt")
        yield assistant


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / FILE
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("question", "answers", "answerable", "relevant"))
        for question in ASKED:
            rows.writerow(
                (
                    question,
                    "Tessel Bay" if "crane" in question else "",
                    "crane" in question,
                    "crane.txt",
                )
            )
    return path


def ended(runs: Runs, *, seconds: float = 120.0) -> Standing:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (standing := runs.standing) is not None and standing.ended:
            return standing
        time.sleep(0.02)
    raise AssertionError(runs.standing)


class Gate:
    """Holds every question from the second on until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, free: int = 1) -> None:
        self.asked: list[str] = []
        self.reached = threading.Event()
        self.open = threading.Event()
        ask = Assistant.ask

        def held(assistant, question, **options):
            if len(self.asked) == free:
                self.reached.set()
                assert self.open.wait(60)
            self.asked.append(question)
            return ask(assistant, question, **options)

        monkeypatch.setattr(Assistant, "ask", held)


def test_a_run_writes_what_the_terminal_writes(opened, questions: Path, tmp_path: Path) -> None:
    runs = Runs(opened)
    runs.begin(Plan(questions=FILE), questions)
    standing = ended(runs)
    assert standing.finished
    assert [one.query.question for one in standing.outcomes] == list(ASKED)
    (stored,) = stored_runs(runs.folder)
    assert (stored.dataset, stored.questions, stored.asked) == ("cranes", 4, None)
    assert stored.figures["wrong_refusals"].n == 1
    again = tmp_path / "again"
    kept = stored.folder / QUESTIONS / FILE
    opened.close()
    run_evaluation(kept, library=opened.library_path, out=again, **opened.options)
    for name in ("outcomes.jsonl", "scores.json"):
        assert (again / name).read_bytes() == (stored.folder / name).read_bytes()


def test_one_run_at_a_time_and_its_file_stays_with_it(opened, questions, monkeypatch) -> None:
    gate, runs = Gate(monkeypatch), Runs(opened)
    runs.begin(Plan(questions=FILE), questions)
    assert gate.reached.wait(60)
    with pytest.raises(UsageError, match="under way already"):
        runs.begin(Plan(questions=None))
    (stored,) = stored_runs(runs.folder)
    with pytest.raises(UsageError, match="stop it first"):
        runs.delete(stored.folder)
    with pytest.raises(UsageError, match="under way already"):
        runs.go_on(stored.folder)
    questions.unlink()
    gate.open.set()
    assert ended(runs).finished


def test_a_stopped_run_is_kept_and_gone_on_with_asking_nothing_twice(
    opened, questions, monkeypatch
) -> None:
    gate, runs = Gate(monkeypatch), Runs(opened)
    runs.begin(Plan(questions=FILE), questions)
    assert gate.reached.wait(60)
    runs.stop()
    assert runs.standing is not None
    assert runs.standing.stopping
    gate.open.set()
    standing = ended(runs)
    assert not standing.finished
    assert standing.trouble is None
    assert len(standing.outcomes) == len(gate.asked) == 2
    (stored,) = stored_runs(runs.folder)
    assert stored.asked == 2
    later = Runs(opened)  # as after a new start of the page
    later.go_on(named(later.folder, stored.name))
    assert ended(later).finished
    assert gate.asked == list(ASKED)
    assert [one.asked for one in stored_runs(later.folder)] == [None]


def test_a_visitor_waits_for_one_question_of_a_run_at_most(opened, questions, monkeypatch) -> None:
    gate, runs, turns = Gate(monkeypatch), Runs(opened), FairQueue(at_once=1)
    runs.begin(Plan(questions=FILE), questions, turns=turns)
    assert gate.reached.wait(60)
    with turns.place("visitor") as place:
        assert not place.ready(0.1)
        gate.open.set()
        assert place.ready(60)
        time.sleep(0.3)  # a question takes less
        assert len(gate.asked) == 2
    assert ended(runs).finished
    assert gate.asked == list(ASKED)
    assert not turns._running


def test_a_run_that_waits_for_its_turn_can_be_stopped(opened, questions) -> None:
    runs, turns = Runs(opened), FairQueue(at_once=1)
    with turns.place("visitor") as place:
        assert place.ready(10)
        runs.begin(Plan(questions=FILE), questions, turns=turns)
        while not turns._queues:
            time.sleep(0.02)
        runs.stop()
        assert ended(runs, seconds=10).trouble is None
        assert not turns._queues
    assert not turns._running


def request(user: str | None) -> Any:
    """An event's request as the server makes it."""
    scope = {VISITOR: Visitor(name="somebody", user=user), SHARES: Shares()}
    return SimpleNamespace(request=SimpleNamespace(scope=scope))


def test_who_did_not_sign_in_from_elsewhere_can_only_read_runs(opened, questions) -> None:
    runs = Runs(opened)
    runs.begin(Plan(questions=FILE), questions)
    assert ended(runs).finished
    (stored,) = stored_runs(runs.folder)
    handlers = EvaluationHandlers(opened, runs, public_only=True)
    one = SimpleNamespace(name=stored.name, names=[stored.name], what="bundled", limit="1")
    stranger = request(None)
    before = runs.standing
    said = [
        handlers.start(None, one, stranger),
        handlers.resume(one, stranger),
        handlers.stop(stranger),
        handlers.delete(one, stranger)[3],
    ]
    assert all("runs can be read here" in sentence for sentence in said)
    assert runs.standing is before
    assert [kept.name for kept in stored_runs(runs.folder)] == [stored.name]
    assert "Tessel Bay" in handlers.open(one)
    assert "1 run deleted" in handlers.delete(one, request("anna"))[3]


def test_who_can_only_read_runs_is_shown_no_button_that_changes_them(opened, questions) -> None:
    runs = Runs(opened)
    (unfinished := runs.folder / "unfinished").mkdir(parents=True)
    (unfinished / PLAN).write_text("{}", encoding="utf-8")
    begun = [Standing(name="one"), Standing(name="one", ended=True)]
    for may, changing in ((True, 5), (False, 0)):
        drawn = [render_run_buttons(standing, may=may) for standing in begun]
        drawn.append(render_stored(stored_runs(runs.folder), running=None, may=may))
        found = [re.findall(r'data-run="(stop|resume|ask|yes)"', markup) for markup in drawn]
        assert sum(map(len, found)) == changing
        assert 'data-run="compare"' in drawn[-1]
        finished = Standing(name="one", ended=True, finished=True)
        assert 'data-run="open"' in render_run_buttons(finished, may=may)


def test_the_ways_to_begin_a_run_are_drawn_for_who_may(opened) -> None:
    handlers = EvaluationHandlers(opened, Runs(opened), public_only=True)
    drawn, told = handlers.show_beginning(request("anna"))
    assert (drawn["visible"], told) == (True, "")
    drawn, told = handlers.show_beginning(request(None))
    assert not drawn["visible"]
    assert "runs can be read here" in told


def test_what_became_of_runs_is_news_to_who_looks(opened, questions) -> None:
    runs = Runs(opened)
    seen = [runs.news]
    runs.begin(Plan(questions=FILE), questions)
    seen.append(runs.news)
    assert ended(runs).finished
    seen += [runs.news, runs.news]
    runs.delete(stored_runs(runs.folder)[0].folder)
    seen.append(runs.news)
    assert len(set(seen)) == 4
    assert seen[2] == seen[3]


def test_closing_the_library_ends_the_run_without_a_failed_question(
    opened, questions, monkeypatch
) -> None:
    gate, runs = Gate(monkeypatch), Runs(opened)
    runs.begin(Plan(questions=FILE), questions)
    assert gate.reached.wait(60)
    threading.Timer(0.3, gate.open.set).start()
    opened.close()
    assert ended(runs, seconds=1).trouble is None
    (stored,) = stored_runs(runs.folder)
    _, *rows = (stored.folder / JOURNAL).read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["outcome"]["error"] for row in rows] == [None, None]


def test_settings_saved_meanwhile_are_those_of_the_next_run(opened, questions, monkeypatch) -> None:
    gate, runs = Gate(monkeypatch), Runs(opened)
    runs.begin(Plan(questions=FILE), questions)
    assert gate.reached.wait(60)
    write_settings(opened.library_path / SETTINGS_FILE, {"abstention_threshold": "1.0"})
    opened.reload_settings()
    gate.open.set()
    ended(runs)
    stored = read_report(stored_runs(runs.folder)[0].folder)
    assert stored.manifest.settings["abstention_threshold"] != 1.0
    assert not stored.outcomes[1].abstained


def test_a_library_that_changes_meanwhile_is_noted(
    opened, questions, monkeypatch, tmp_path
) -> None:
    gate, runs = Gate(monkeypatch), Runs(opened)
    runs.begin(Plan(questions=FILE), questions)
    assert gate.reached.wait(60)
    (tmp_path / "ferry.txt").write_text("A ferry came.", encoding="utf-8")
    opened.add(tmp_path / "ferry.txt")
    gate.open.set()
    ended(runs)
    stored = read_report(stored_runs(runs.folder)[0].folder)
    assert any("while the questions were asked" in note for note in stored.manifest.notes)


def test_a_file_that_cannot_be_asked_is_a_sentence_without_the_folder(opened, tmp_path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("question,answerable\nWho?,maybe\n", encoding="utf-8")
    runs = Runs(opened)
    runs.begin(Plan(questions="broken.csv"), broken)
    trouble = ended(runs).trouble
    assert trouble is not None
    assert trouble.startswith("broken.csv, row 2, field 'answerable'")


def test_runs_are_deleted_whole_and_names_are_those_listed(opened, questions) -> None:
    runs = Runs(opened)
    runs.begin(Plan(questions=FILE), questions)
    ended(runs)
    (stored,) = stored_runs(runs.folder)
    for name in ("..", "", ".examples", f"../runs/{stored.name}"):
        with pytest.raises(UsageError, match="not there any more"):
            named(runs.folder, name)
    runs.delete(named(runs.folder, stored.name))
    assert stored_runs(runs.folder) == []
    assert opened.documents()


def test_a_run_of_the_terminal_is_listed_and_a_broken_one_says_so(opened, questions) -> None:
    folder = Runs(opened).folder
    run_evaluation(questions, library=opened, out=folder / "mine", limit=2)
    (folder / "broken").mkdir()
    (folder / "broken" / "report.json").write_text("{", encoding="utf-8")
    (folder / "notes").mkdir()  # a person's own
    found = {one.name: one for one in stored_runs(folder)}
    assert set(found) == {"mine", "broken"}
    assert found["mine"].questions == 2
    assert found["broken"].trouble is not None
    (folder / "mine" / JOURNAL).write_text("{}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="begun in a terminal"):
        Runs(opened).go_on(folder / "mine")
    assert not (folder / "mine" / PLAN).exists()


def test_the_bundled_questions_are_asked_with_the_settings_of_this_library(
    tmp_path: Path, tiny_model: Path
) -> None:
    with open_assistant(
        tmp_path / "l", embedding_model=str(tiny_model), abstention_threshold=1.0
    ) as assistant:
        runs = Runs(assistant)
        runs.begin(Plan(questions=None, limit=3))
        assert ended(runs).finished
        (stored,) = stored_runs(runs.folder)
        found = read_report(stored.folder)
        assert assistant.documents() == ()
    assert all(one.abstained for one in found.outcomes)
    assert found.manifest.settings["embedding_model"] == str(tiny_model)
    assert found.manifest.documents == len(list(ARTICLES.iterdir()))
    assert load_dataset(BUNDLED).name == stored.dataset


def test_whatever_a_run_holds_is_shown_as_text() -> None:
    shown = render_report(hostile_report(), written=WRITTEN, name=HOSTILE)
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<h1" not in shown
    assert shown.count("<svg") > 0
    standing = Standing(name=HOSTILE, outcomes=hostile_report().outcomes, trouble=HOSTILE)
    for markup in (
        render_progress(standing),
        render_run_buttons(Standing(name=HOSTILE, ended=True), may=True),
    ):
        assert "<script" not in markup
        assert "<img" not in markup


def test_a_report_too_long_for_the_page_has_its_figures_there() -> None:
    shown = render_report(report(*ALL * 200), written=WRITTEN, name="long")
    assert "the saved report has them all" in shown
    assert "wrong_refusals" in shown
    assert "<details" not in shown


def test_two_runs_compared_show_figures_and_both_answers(opened, questions) -> None:
    from eval.compare import compare

    folder = Runs(opened).folder
    run_evaluation(questions, library=opened, out=folder / "one")
    write_settings(opened.library_path / SETTINGS_FILE, {"abstention_threshold": "1.0"})
    opened.reload_settings()
    run_evaluation(questions, library=opened, out=folder / "two")
    found = compare(read_run(folder / "one"), read_run(folder / "two"))
    shown = render_comparison(found, before=WRITTEN, after=WRITTEN)
    assert "The runs have different settings." in shown
    assert str(folder) not in shown
    assert "wrong_refusals" in shown
    assert "within chance" in shown
    assert "<em>After:</em> <span>no answer</span>" in shown


def test_nothing_bundled_is_offered_where_it_cannot_be_asked() -> None:
    assert "bundled" not in render_what(bundled=False)
    assert render_what(bundled=True).count("checked") == 1
    assert "No run is stored" in render_stored([], running=None, may=True)


def test_a_folder_is_no_file_of_questions(tmp_path: Path) -> None:
    """What it names could be any file of the machine."""
    (tmp_path / "dataset.json").write_text('{"queries": ["/etc/hostname"]}')
    with open_assistant(tmp_path / "library") as assistant:
        handlers = EvaluationHandlers(assistant, Runs(assistant), public_only=False)
        chosen, said = handlers.choose(str(tmp_path))
    assert chosen is None
    assert "choose one file" in said
