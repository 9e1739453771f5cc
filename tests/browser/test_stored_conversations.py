"""Conversations that the library keeps: listed, opened, gone on with, renamed and deleted."""

from __future__ import annotations

import json
import re
from threading import Event

import pytest

from rag.export import answer_to_page
from rag.models import AnswerReady
from rag.render import to_json, to_markdown

pytestmark = pytest.mark.browser

FERRY = "The green ferry Quillon sails at noon.\n"
HARBOUR = "The harbour of Tessel Bay closes in winter.\n"
WHEN = "When does the ferry Quillon sail?"
CLOSES = "When does the harbour of Tessel Bay close?"


@pytest.fixture
def site(tmp_path, tiny_model, serving):
    """A library of two notes, of which every question finds something."""
    from rag import open_assistant

    files = {"ferry.txt": FERRY, "harbour.txt": HARBOUR}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 0.0}
    with open_assistant(tmp_path / "library", **options) as assistant:
        assistant.add(*(tmp_path / name for name in files))
        with serving(assistant) as site:
            yield site


def stored_ids(site) -> list[str]:
    return [entry.id for entry in site.assistant.conversations.newest_first()]


def wait_stored(page) -> None:
    page.wait_for_function("location.search.includes('conversation=')")


def test_what_is_asked_is_stored_listed_and_there_after_a_reload(site, visit, ask) -> None:
    page = visit(site)
    assert page.locator(".past-row").count() == 0
    ask(page, WHEN)
    wait_stored(page)
    (stored,) = stored_ids(site)
    assert page.url.endswith(f"?conversation={stored}")
    page.wait_for_selector(".past-row")
    assert "1 question" in page.inner_text(".past-row")
    shown = page.inner_text(".claims")
    page.reload()
    page.wait_for_selector(".exchange")
    assert page.inner_text(".question") == WHEN
    assert page.inner_text(".claims") == shown
    assert page.locator("#welcome").is_hidden()
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source mark.cited")
    ask(page, "and the harbour?")
    page.wait_for_function("document.querySelector('.past-row').innerText.includes('2 questions')")
    assert stored_ids(site) == [stored]
    assert [one.number for one in site.assistant.conversations.answers(stored)] == [1, 2]


def test_conversations_are_opened_from_the_list_and_by_going_back(site, visit, ask) -> None:
    page = visit(site)
    ask(page, WHEN)
    wait_stored(page)
    first = page.url
    page.click("[data-past=anew]")
    page.wait_for_selector(".exchange", state="detached")
    assert "conversation" not in page.url
    ask(page, CLOSES)
    wait_stored(page)
    page.wait_for_function("document.querySelectorAll('.past-row').length === 2")
    row = page.locator(".past-row").nth(1)
    row.get_by_role("button", name=WHEN, exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelector('.question').innerText === '{WHEN}'")
    assert page.url == first
    assert page.locator(".past-open[aria-current]").inner_text() == WHEN
    page.go_back()
    page.wait_for_function(f"document.querySelector('.question').innerText === '{CLOSES}'")


def test_a_conversation_is_renamed_and_after_a_second_step_deleted(site, visit, ask) -> None:
    page = visit(site)
    ask(page, WHEN)
    page.wait_for_selector(".past-row")
    page.locator("[data-past=rename]").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("The ferry")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="The ferry", exact=True).wait_for()
    assert site.assistant.conversations.newest_first()[0].title == "The ferry"
    page.wait_for_function("document.activeElement.matches('.past-open')")
    page.locator("[data-past=delete]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.locator(".past-sure").is_hidden()
    assert stored_ids(site)
    page.keyboard.press("Enter")
    page.click("[data-past=yes]")
    page.wait_for_selector(".past-row", state="detached")
    page.wait_for_selector(".exchange", state="detached")
    assert stored_ids(site) == []
    assert "conversation" not in page.url


def test_what_became_of_a_source_is_shown(site, visit, ask) -> None:
    page = visit(site)
    ask(page, WHEN)
    wait_stored(page)
    assert page.locator(".since").count() == 0
    cited = {one.document_id for one in site.assistant.ask(WHEN).sources}
    site.assistant.remove(*cited)
    page.reload()
    page.wait_for_selector(".exchange")
    notes = page.locator(".since").all_text_contents()
    assert set(notes) == {"This document was removed since"}
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source .removed")


def test_an_answer_that_cannot_be_stored_is_shown_with_a_sentence(site, visit, ask) -> None:
    (site.assistant.library_path / "conversations.sqlite3").write_bytes(b"rubbish" * 9_000)
    page = visit(site)
    page.wait_for_selector("#past .notice")
    assert "is damaged" in page.inner_text("#past")
    ask(page, WHEN)
    page.wait_for_selector(".exchange .notice.trouble")
    said = page.inner_text(".exchange .notice.trouble")
    assert re.match(r"This answer is not stored: The file of stored conversations .*damaged", said)
    assert page.locator(".claim").count() > 0


def test_an_answer_to_a_conversation_deleted_elsewhere_is_not_stored(site, visit, ask) -> None:
    page = visit(site)
    ask(page, WHEN)
    wait_stored(page)
    site.assistant.conversations.delete(stored_ids(site)[0])
    ask(page, CLOSES)
    page.locator(".notice", has_text="deleted meanwhile").wait_for()
    assert stored_ids(site) == []


def test_an_address_of_no_conversation_says_so_and_begins_anew(site, context) -> None:
    page = context.new_page()
    page.goto(f"{site.address}/?conversation=none")
    page.wait_for_selector("#remark .notice")
    assert "No stored conversation has the id 'none'" in page.inner_text("#remark")
    page.locator("#welcome").wait_for(state="visible")
    page.wait_for_function("!location.search.includes('conversation')")


def questions(site) -> list[str]:
    (stored,) = stored_ids(site)
    return [one.answer.question.text for one in site.assistant.conversations.answers(stored)]


def test_an_edited_question_replaces_what_came_after_it(site, visit, ask) -> None:
    page = visit(site)
    for question in (WHEN, CLOSES, "and the ferry?"):
        ask(page, question)
    page.wait_for_function("document.querySelector('.past-row').innerText.includes('3 questions')")
    page.locator("[data-question-edit=open]").nth(1).focus()
    page.keyboard.press("Enter")
    editor = page.locator(".editor:visible")
    assert editor.locator("textarea").input_value() == CLOSES
    assert "this question and the one after it" in editor.inner_text()
    page.keyboard.press("Escape")
    assert editor.count() == 0
    page.keyboard.press("Enter")
    page.keyboard.press("Control+A")
    page.keyboard.type("Which harbour closes?")
    page.keyboard.press("Enter")
    page.wait_for_selector('.exchange[data-exchange="2"]', state="detached")
    page.wait_for_function("document.querySelector('.past-row').innerText.includes('2 questions')")
    assert page.locator(".question").all_text_contents() == [WHEN, "Which harbour closes?"]
    assert questions(site) == [WHEN, "Which harbour closes?"]


def test_an_edited_question_that_cannot_be_asked_replaces_nothing(site, visit, ask) -> None:
    page = visit(site)
    ask(page, WHEN)
    page.click("[data-question-edit=open]")
    page.fill(".editor textarea", "")
    page.click("[data-question-edit=ask]")
    page.wait_for_selector("#remark .notice")
    assert page.locator(".claim").count() > 0
    ask(page, CLOSES)
    assert questions(site) == [WHEN, CLOSES]


def test_the_last_question_is_asked_again_of_the_library_as_it_is_now(
    site, visit, ask, tmp_path
) -> None:
    page = visit(site)
    ask(page, WHEN)
    ask(page, CLOSES)
    assert page.locator("[data-again]").count() == 1
    (tmp_path / "ice.txt").write_text("The harbour of Tessel Bay closes on 3 December.\n")
    site.assistant.add(tmp_path / "ice.txt")
    page.click("[data-again]")
    page.locator(".claims", has_text="3 December").wait_for()
    page.wait_for_selector(".exchange[data-exchange='1'][aria-busy=false]")
    assert page.locator(".question").all_text_contents() == [WHEN, CLOSES]
    page.wait_for_function("document.querySelector('.past-row').innerText.includes('2 questions')")
    assert questions(site) == [WHEN, CLOSES]


@pytest.mark.parametrize("by", ["button", "keyboard"])
def test_an_answer_is_stopped_and_what_was_found_stays(
    site, visit, ask, monkeypatch, by: str
) -> None:
    page = visit(site)
    ask(page, WHEN)
    wait_stored(page)
    held = Event()
    stream = site.assistant.stream

    def held_stream(question, **options):
        for event in stream(question, **options):
            if isinstance(event, AnswerReady):
                held.wait(60)
            yield event

    monkeypatch.setattr(site.assistant, "stream", held_stream)
    page.fill("#question textarea", CLOSES)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".exchange[aria-busy=true] .claim")
    assert page.locator("#ask").is_hidden()
    if by == "button":
        page.click("#stop")
    else:
        page.keyboard.press("Escape")
    page.locator(".status", has_text="Stopped · ").wait_for()
    held.set()
    assert page.locator("#stop").is_hidden()
    page.wait_for_function("document.activeElement.matches('#question textarea')")
    last = page.locator(".exchange").last
    assert last.locator(".claim").count() > 0
    assert last.locator(".card").count() > 0
    last.locator(".claims .marker").first.click()
    page.wait_for_selector("#source mark.cited")
    assert questions(site) == [WHEN]
    monkeypatch.undo()
    page.click("[data-again]")
    page.wait_for_selector(".exchange[data-exchange='1'] .exports")
    page.wait_for_function("document.querySelector('.past-row').innerText.includes('2 questions')")
    assert questions(site) == [WHEN, CLOSES]


def test_what_is_thought_of_an_answer_is_kept_and_shown_again(site, visit, ask) -> None:
    page = visit(site)
    ask(page, WHEN)
    page.wait_for_selector(".rating")
    assert page.locator("[data-note]").count() == 0
    page.locator("[data-rate=down]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-rate=down][aria-pressed=true]:focus")
    page.fill("[data-note]", '"The" <other> ferry')
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-rate=note]:focus")
    (kept,) = site.assistant.conversations.feedback()
    assert (kept.rating, kept.note) == ("down", '"The" <other> ferry')
    page.reload()
    page.wait_for_selector("[data-rate=down][aria-pressed=true]")
    assert page.input_value("[data-note]") == '"The" <other> ferry'
    page.click("[data-rate=down]")
    page.wait_for_selector("[data-note]", state="detached")
    assert site.assistant.conversations.feedback() == ()


def saved(page, button: str) -> tuple[str, str]:
    with page.expect_download() as download:
        page.click(button)
    path = download.value.path()
    return download.value.suggested_filename, path.read_text(encoding="utf-8")


def test_an_answer_and_the_whole_conversation_are_saved(site, visit, ask) -> None:
    page = visit(site)
    ask(page, WHEN)
    wait_stored(page)
    assert page.locator(".whole").count() == 0
    ask(page, CLOSES)
    page.wait_for_selector(".whole")
    (stored,) = site.assistant.conversations.newest_first()
    answers = site.assistant.conversations.answers(stored.id)
    first = answers[0].answer
    assert saved(page, "[data-exchange='0'] [data-save=markdown]") == (
        "answer.md",
        to_markdown(first),
    )
    assert saved(page, "[data-exchange='0'] [data-save=html]") == (
        "answer.html",
        answer_to_page(first),
    )
    name, text = saved(page, "[data-exchange='0'] [data-save=json]")
    assert (name, json.loads(text)) == ("answer.json", to_json(first))
    name, text = saved(page, ".whole [data-save=json]")
    assert name == "conversation.json"
    assert json.loads(text)["id"] == stored.id
    assert [row["answer"] for row in json.loads(text)["answers"]] == [
        to_json(entry.answer) for entry in answers
    ]
    name, text = saved(page, ".whole [data-save=html]")
    assert name == "conversation.html"
    assert text.count('<article class="pincite-answer">') == 2
    name, text = saved(page, ".whole [data-save=markdown]")
    assert (name, text.count("\n## ")) == ("conversation.md", 2)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_title_is_text_and_fits(site, visit, ask, width: int) -> None:
    page = visit(site)
    ask(page, WHEN)
    page.wait_for_selector(".past-row", state="attached")
    title = "<b onclick=hack()>Löwe</b> " + "Donaudampfschifffahrt" * 20
    site.assistant.conversations.rename(stored_ids(site)[0], title)
    page.set_viewport_size({"width": width, "height": 844})
    page.reload()
    page.wait_for_selector(".past-row", state="attached")
    if width < 760:
        page.click(".drawer")
    assert page.inner_text(".past-open") == title
    assert page.evaluate("document.documentElement.scrollWidth") == width
    row = page.locator(".past-row")
    assert row.evaluate("row => row.scrollWidth <= row.clientWidth")
