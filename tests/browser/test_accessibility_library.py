"""axe-core finds nothing serious while documents are added, found, gathered and removed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from rag import DocumentBytes, open_assistant
from tests.browser.conftest import ARTICLES
from tests.browser.looking import open_library

pytestmark = pytest.mark.browser

REPORTS = 600


@pytest.fixture(scope="module")
def shelf_site(tmp_path_factory: pytest.TempPathFactory, serving):
    """The example articles with the shipped models, some of them tagged, for tests that write."""
    articles = [
        DocumentBytes(name=path.name, data=path.read_bytes()) for path in sorted(ARTICLES.iterdir())
    ]
    with open_assistant(tmp_path_factory.mktemp("shelf") / "library") as assistant:
        assistant.add(*articles[:5], tags=["korea"])
        assistant.add(*articles[5:])
        with serving(assistant) as site:
            yield site


def chosen(page, *paths: Path) -> None:
    page.set_input_files("#library-column input[type=file]", [str(path) for path in paths])


def at_the_end(page) -> None:
    open_library(page)
    page.locator("#health").scroll_into_view_if_needed()


def test_documents_are_listed_found_and_filtered(shelf_site, visit, look) -> None:
    page = visit(shelf_site)
    look(page, "library", ready=open_library)
    page.fill("#find input", "korea")
    page.wait_for_selector("#only", state="visible")
    page.click("#filters summary")
    look(page, "library-filter", ready=open_library)


def test_what_is_known_of_a_document(shelf_site, visit, look) -> None:
    page = visit(shelf_site)
    page.click("table.documents button.open")
    page.click("[data-show=about]")
    page.click("[data-show=passages]")
    look(page, "source-about")


def test_documents_are_selected_and_their_tools_are_open(shelf_site, visit, look) -> None:
    page = visit(shelf_site)
    open_library(page)
    page.click("#collections summary")
    page.locator("table.documents .pick-box").first.check()
    page.locator("table.documents .pick-box").nth(1).check()
    page.fill(".tag-name", "moon shots")
    look(page, "library-selected", ready=open_library)
    page.click("#collections summary")
    page.click("[data-remove=ask]")
    look(page, "library-remove", ready=open_library)
    page.click("[data-remove=yes]")
    page.wait_for_selector("#report [data-undo]")
    look(page, "library-undo", ready=open_library)


def test_what_is_pasted_and_what_is_not_added(shelf_site, visit, look, tmp_path: Path) -> None:
    (tmp_path / "ferry.txt").write_text("The ferry to Aldermoor runs every hour.\n")
    (tmp_path / "blank.txt").write_text("")
    (tmp_path / "annual report.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind")
    (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8\xff\xe0 a picture")
    page = visit(shelf_site)
    page.click("#paste summary")
    page.fill(".paste-title", "Minutes of the harbour board")
    page.fill(".paste-text", "The board met at noon and put the decision off.")
    look(page, "library-paste", ready=open_library)
    page.click("#paste summary")
    chosen(page, *sorted(tmp_path.iterdir()))
    page.wait_for_selector("#report [data-dismiss]", state="attached")
    look(page, "library-not-added", ready=open_library)


def test_a_damaged_library_is_checked(shelf_site, visit, look) -> None:
    with shelf_site.assistant.library.catalog.writing() as connection:
        connection.execute("INSERT INTO words(words) VALUES ('delete-all')")
    page = visit(shelf_site)
    page.click("#health summary")
    page.click("[data-health=check]")
    page.wait_for_selector("[data-health=repair]")
    look(page, "library-health", ready=at_the_end)
    shelf_site.assistant.rebuild()


def test_files_are_being_added(shelf_site, visit, look, tmp_path: Path) -> None:
    archive = tmp_path / "weather reports.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for number in range(REPORTS):
            target.writestr(f"{number:03}.txt", f"On day {number} it rained again. " * 60)
    (tmp_path / "ferry times.txt").write_text("The ferry to Aldermoor runs at noon.\n")
    page = visit(shelf_site)
    chosen(page, archive, tmp_path / "ferry times.txt")
    page.wait_for_function("/[1-9]\\d* passages/.test(document.querySelector('.pace')?.innerText)")
    look(page, "library-adding", ready=open_library)
    page.click("[data-stop]")
    page.wait_for_selector("[data-resume]")
    look(page, "library-stopped", ready=open_library)
