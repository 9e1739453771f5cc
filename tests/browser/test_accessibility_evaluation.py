"""axe-core finds nothing serious while the assistant is measured, and reports are read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from threading import Event

import pytest

from eval.run import run_evaluation
from pincite.ui.evaluation_run import BUNDLED
from pincite.ui.evaluation_runs import RUNS
from rag import Assistant, open_assistant

pytestmark = pytest.mark.browser

# Questions of a run that is only looked at, and those done before it is.
FEW = 12
WATCHED = 9


@pytest.fixture(scope="module")
def measured_site(tmp_path_factory: pytest.TempPathFactory, serving, pictures):
    """A library with two stored runs of the bundled questions: as shipped, and refusing more."""
    library = tmp_path_factory.mktemp("measured") / "library"
    runs = library / RUNS
    asked = FEW if pictures is None else None
    with open_assistant(library) as assistant:
        run_evaluation(BUNDLED, out=runs / "one", cache=runs / ".examples", limit=asked)
        run_evaluation(
            BUNDLED,
            out=runs / "two",
            cache=runs / ".examples",
            limit=asked,
            abstention_threshold=0.15,
        )
        with serving(assistant) as site:
            yield site


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """A run that begins waits for this after some questions, at most until the test is over."""
    over, asked, ask = Event(), count(1), Assistant.ask

    def held_ask(assistant, question, **options):
        if next(asked) > WATCHED:
            over.wait(60)
        return ask(assistant, question, **options)

    monkeypatch.setattr(Assistant, "ask", held_ask)
    yield over
    over.set()


@pytest.fixture
def evaluation(context):
    def opened(site):
        page = context.new_page()
        page.goto(f"{site.address}/evaluation")
        page.wait_for_selector("#evaluation-stored :is(.hint, .runs)")
        return page

    return opened


def test_nothing_was_measured_yet(articles_site, evaluation, look) -> None:
    look(evaluation(articles_site), "evaluation-empty", dark=True)


def test_stored_runs_are_read_and_compared(measured_site, evaluation, look) -> None:
    page = evaluation(measured_site)
    page.locator("button.run-title").last.click()
    page.wait_for_selector("h2.report-title")
    look(page, "evaluation-report", ready=lambda page: scrolled(page, ".report-view"), dark=True)
    plots = ".report-view section:has(.plots)"
    look(page, "evaluation-plots", ready=lambda page: scrolled(page, plots))
    page.locator("#all > details summary").first.click()
    look(page, "evaluation-question", ready=lambda page: scrolled(page, "#all > details"))
    for number in range(2):
        page.locator(".runs .pick-box").nth(number).check()
    page.click("[data-run=compare]")
    page.wait_for_selector(".comparison")
    page.locator(".comparison details summary").first.click()
    look(page, "evaluation-compare", ready=lambda page: scrolled(page, ".comparison"))
    page.click("#evaluation-stored [data-run=ask]")
    look(page, "evaluation-delete", ready=lambda page: scrolled(page, "#evaluation-stored"))


def test_a_run_is_watched_and_stopped(measured_site, evaluation, look, held) -> None:
    page = evaluation(measured_site)
    page.click(".start button[type=submit]")
    page.wait_for_function(
        "done => document.querySelector('.run-now progress')?.value === done", arg=WATCHED
    )
    look(page, "evaluation-running", ready=lambda page: scrolled(page, ".run-now"), dark=True)
    page.click("[data-run=stop]")
    held.set()
    page.wait_for_selector("#evaluation-buttons [data-run=resume]")
    look(page, "evaluation-stopped", ready=lambda page: scrolled(page, ".run-now"))


def test_who_may_only_read(measured_site, serving, evaluation, look) -> None:
    with serving(measured_site.assistant, host="0.0.0.0") as site:
        page = evaluation(site)
        page.wait_for_selector("#evaluation-readers .notice")
        look(page, "evaluation-read-only")


def scrolled(page, selector: str) -> None:
    page.locator(selector).first.evaluate("element => element.scrollIntoView()")
