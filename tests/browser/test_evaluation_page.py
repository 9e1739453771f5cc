"""The evaluation page in a real browser: begin, watch, stop, read, compare, delete."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from eval.run import run_evaluation
from pincite.ui.evaluation_runs import RUNS
from rag import open_assistant
from rag.settings import SETTINGS_FILE
from rag.settings_file import write_settings

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 844}
ARTICLES = Path(__file__).parents[2] / "examples" / "articles"


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("questions") / "asked <b>.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("question", "answers", "answerable"))
        rows.writerow(("What does North Korea want in <i>return</i>?", "food|oil", ""))
        rows.writerow(("Who won the cup?", "", "false"))
        rows.writerow(("When was the second launch?", "November", ""))
    return path


@pytest.fixture(scope="module")
def measured_site(tmp_path_factory, tiny_model, questions, serving):
    """A library with two stored runs, which differ in a setting."""
    library = tmp_path_factory.mktemp("measured") / "library"
    with open_assistant(library, embedding_model=str(tiny_model)) as assistant:
        assistant.add(ARTICLES)
        run_evaluation(questions, library=assistant, out=library / RUNS / "one")
        write_settings(library / SETTINGS_FILE, {"abstention_threshold": "1.0"})
        assistant.reload_settings()
        run_evaluation(questions, library=assistant, out=library / RUNS / "two")
        with serving(assistant) as site:
            yield site


@pytest.fixture
def evaluation(context, measured_site):
    page = context.new_page()
    page.goto(f"{measured_site.address}/evaluation")
    page.wait_for_selector(".runs li")
    return page


def test_a_report_is_read_within_the_page(evaluation) -> None:
    evaluation.locator("button.run-title").first.click()
    expect(evaluation.locator("h2.report-title")).to_be_focused()
    assert evaluation.locator("h1").count() == 1
    assert evaluation.locator(".report-view svg").count() > 3
    evaluation.locator(".report-view nav a", has_text="Every question").click()
    fold = evaluation.locator("#all > details").first
    fold.locator("summary").focus()
    evaluation.keyboard.press("Enter")
    expect(evaluation.locator("#q1")).to_be_visible()
    assert "<i>return</i>" in fold.inner_text()
    assert evaluation.url.endswith("/evaluation")


def test_the_same_report_can_be_opened_again(evaluation) -> None:
    opened = evaluation.locator("#evaluation-report [data-opened]")
    evaluation.locator("button.run-title").first.click()
    first = opened.get_attribute("data-opened")
    evaluation.locator("button.run-title").first.click()
    expect(opened).not_to_have_attribute("data-opened", str(first))
    expect(evaluation.locator("#report-column")).not_to_have_attribute("aria-busy", "true")
    expect(evaluation.locator("h2.report-title")).to_be_focused()


def test_questions_of_a_report_are_found_by_words_and_verdict(evaluation) -> None:
    evaluation.locator("button.run-title").first.click()
    evaluation.fill("#filter input[name=words]", "CUP who")
    expect(evaluation.locator("#filter output")).to_have_text("1 of 3 shown")
    link = evaluation.locator("#worst-questions a").first
    goal = link.get_attribute("href")
    link.click()  # which the filter hides
    expect(evaluation.locator(goal)).to_be_visible()
    expect(evaluation.locator("#filter output")).to_have_text("3 of 3 shown")


def test_a_report_is_saved_as_the_file_that_the_run_wrote(evaluation, measured_site) -> None:
    evaluation.locator("button.run-title").last.click()
    evaluation.locator("[data-run=save]").wait_for()
    with evaluation.expect_download() as saved:
        evaluation.click("[data-run=save]")
    written = measured_site.assistant.library_path / RUNS / "one" / "report.html"
    assert Path(saved.value.path()).read_bytes() == written.read_bytes()
    assert saved.value.suggested_filename == "report.html"


def test_two_runs_are_compared(evaluation) -> None:
    for number in range(2):
        evaluation.locator(".runs .pick-box").nth(number).check()
    evaluation.click("[data-run=compare]")
    evaluation.wait_for_selector(".comparison")
    shown = evaluation.locator(".comparison").inner_text()
    assert "The runs have different settings." in shown
    assert "wrong_refusals" in shown
    evaluation.locator(".comparison details summary").first.click()
    expect(evaluation.locator(".comparison details").first).to_contain_text("After: no answer")
    evaluation.locator(".runs .pick-box").first.uncheck()
    expect(evaluation.locator("[data-run=compare]")).to_be_disabled()


def test_a_narrow_screen_holds_the_report(evaluation) -> None:
    evaluation.set_viewport_size(NARROW)
    evaluation.locator("button.run-title").first.click()
    evaluation.wait_for_selector(".report-view nav")
    assert evaluation.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


def test_a_run_of_a_file_is_begun_watched_by_another_and_deleted(
    evaluation, context, measured_site, questions: Path, tmp_path: Path
) -> None:
    evaluation.check("input[value=file]")
    evaluation.click(".start button[type=submit]")
    expect(evaluation.locator("#evaluation-note")).to_contain_text("Choose a file")
    broken = tmp_path / "broken.csv"
    broken.write_text("question,answerable\nWho?,maybe\n", encoding="utf-8")
    chooser = "#runs-column input[type=file]"
    evaluation.set_input_files(chooser, broken)
    expect(evaluation.locator("#questions-chosen")).to_contain_text("broken.csv, row 2, field")
    evaluation.set_input_files(chooser, questions)
    expect(evaluation.locator("#questions-chosen")).to_contain_text("3 questions, 2 of them")
    evaluation.fill("input[name=limit]", "0")
    evaluation.click(".start button[type=submit]")
    expect(evaluation.locator("#evaluation-note")).to_contain_text("a whole number from 1")
    evaluation.fill("input[name=limit]", "")
    evaluation.click(".start button[type=submit]")
    evaluation.wait_for_selector(".run-now")
    evaluation.close()  # whoever leaves stops only looking
    other = context.new_page()
    other.goto(f"{measured_site.address}/evaluation")
    other.wait_for_selector("#evaluation-buttons [data-run=open]")
    expect(other.locator(".run-now")).to_contain_text("Finished: 3 questions asked")
    expect(other.locator(".runs > li")).to_have_count(3)
    other.locator(".runs .pick-box").first.check()
    other.click("#evaluation-stored [data-run=ask]")
    expect(other.locator("#evaluation-stored [data-run=no]")).to_be_focused()
    other.click("#evaluation-stored [data-run=yes]")
    expect(other.locator(".runs > li")).to_have_count(2)
    expect(other.locator("#evaluation-note")).to_contain_text("1 run deleted.")
    expect(other.locator(".run-now, #evaluation-buttons [data-run]")).to_have_count(0)


def test_questions_that_were_asked_become_a_table(evaluation, measured_site) -> None:
    evaluation.click("#evaluation-drafts")
    expect(evaluation.locator("#evaluation-note")).to_contain_text("none is stored")
    assistant = measured_site.assistant
    assistant.conversations.add(assistant.ask("Who won the cup?"))
    with evaluation.expect_download() as saved:
        evaluation.click("#evaluation-drafts")
    assert saved.value.suggested_filename == "asked.csv"
    assert "Who won the cup?" in Path(saved.value.path()).read_text(encoding="utf-8-sig")
    evaluation.click("#evaluation-rated")
    expect(evaluation.locator("#evaluation-note")).to_contain_text("no answer is rated")
    stored = assistant.conversations.newest_first()[0]
    assistant.conversations.rate(stored.id, 1, "down", note="the other cup")
    with evaluation.expect_download() as saved:
        evaluation.click("#evaluation-rated")
    assert saved.value.suggested_filename == "rated.csv"
    assert "the other cup" in Path(saved.value.path()).read_text(encoding="utf-8-sig")


def test_a_run_that_another_visitor_begins_is_noticed_and_watched(evaluation, context) -> None:
    other = context.new_page()
    other.goto(evaluation.url)
    other.wait_for_selector(".runs li")
    rows = evaluation.locator(".runs > li").count()
    other.fill("input[name=limit]", "3")
    other.click(".start button[type=submit]")
    expect(evaluation.locator("#evaluation-buttons [data-run=open]")).to_be_visible()
    expect(evaluation.locator(".run-now")).to_contain_text("Finished: 3 questions asked")
    expect(evaluation.locator(".runs > li")).to_have_count(rows + 1)
    other.locator(".runs .pick-box").first.check()
    other.click("#evaluation-stored [data-run=ask]")
    other.click("#evaluation-stored [data-run=yes]")
    expect(evaluation.locator(".runs > li")).to_have_count(rows)
    expect(evaluation.locator(".run-now")).to_have_count(0)


def test_who_may_only_read_runs_is_told_so_in_place_of_the_buttons(
    measured_site, serving, context
) -> None:
    with serving(measured_site.assistant, host="0.0.0.0") as site:
        page = context.new_page()
        page.goto(f"{site.address}/evaluation")
        expect(page.locator("#evaluation-readers .notice")).to_contain_text("can be read here")
        expect(page.locator(".runs > li")).to_have_count(2)
        assert page.locator(":is(#evaluation-what input, #questions-file, .start)").count() == 0
        page.locator(".runs .pick-box").first.check()
        page.locator(".runs .pick-box").nth(1).check()
        expect(page.locator("[data-run=compare]")).to_be_enabled()
        assert page.locator(":is([data-run=ask], [data-run=yes])").count() == 0
        page.locator("button.run-title").first.click()
        expect(page.locator("h2.report-title")).to_be_focused()


def test_a_page_whose_server_ended_stays_silent_until_something_is_pressed(
    measured_site, serving, context
) -> None:
    page = context.new_page()
    with serving(measured_site.assistant) as site:
        page.goto(f"{site.address}/evaluation")
        page.wait_for_selector(".runs li")
    for _ in range(2):  # what the first brings about is there when the second fails
        page.wait_for_event("requestfailed", lambda request: "component_server" in request.url)
    assert page.locator("[data-testid=toast-body]").count() == 0
