"""What a page's reader can get wrong: a sentence on the page, and the library as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag import open_assistant
from tests.integration.misbehaving_server import MisbehavingServer

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).parents[2]
FERRY = "The ferry to Aldermoor will run every hour from May.\n"
QUESTION = "How often will the ferry to Aldermoor run?"
KEY = "secret-key-of-the-test"
BAD_FILES = {
    "empty.txt": (b"", "save or download it again"),
    "broken.pdf": (b"%PDF-1.7\nno object follows\n%%EOF", "it is damaged or incomplete"),
    "binary.txt": (bytes(range(256)) * 20, "is a binary file of no format that Pincite reads"),
}


def test_files_that_are_no_documents_are_told_apart_and_change_nothing(
    empty_site, visit, ask, tmp_path: Path
) -> None:
    ferry = tmp_path / "ferry.txt"
    ferry.write_text(FERRY)
    empty_site.assistant.add(ferry)
    before = empty_site.assistant.documents()
    for name, (data, _) in BAD_FILES.items():
        (tmp_path / name).write_bytes(data)
    page = visit(empty_site)
    chosen = [str(tmp_path / name) for name in BAD_FILES]
    page.set_input_files("#library-column input[type=file]", chosen)
    page.wait_for_selector("#report [data-dismiss]")
    for name, (_, words) in BAD_FILES.items():
        reason = page.locator(".file-row", has_text=name).locator(".reason").inner_text()
        assert reason.startswith(f"{name} ")
        assert words in reason
        assert reason.endswith(".")
    assert empty_site.assistant.documents() == before
    assert empty_site.assistant.verify().problems == ()
    ask(page, QUESTION)
    assert page.locator(".exchange .trouble").count() == 0


def test_a_wrong_key_becomes_a_notice_without_the_key(
    tmp_path: Path, serving, visit, ask, tiny_model: Path
) -> None:
    (tmp_path / "ferry.txt").write_text(FERRY)
    with MisbehavingServer("wrong_key") as server:
        options = {
            "embedding_model": str(tiny_model),
            "abstention_threshold": 0.0,
            "llm_base_url": server.base_url,
            "llm_api_key": KEY,
        }
        with open_assistant(tmp_path / "library", **options) as assistant:
            assistant.add(tmp_path / "ferry.txt")
            with serving(assistant) as site:
                page = visit(site)
                ask(page, QUESTION)
                told = page.inner_text(".exchange .notice")
                quotes = page.locator(".card blockquote").all_text_contents()
                everything = page.content()
    assert f"at {server.base_url} refused the key (status 401): set PINCITE_LLM_API_KEY" in told
    assert told.endswith("The answer is made of quotes instead.")
    assert quotes == [FERRY.strip()]
    assert len(server.requests) == 1
    assert KEY not in everything


def test_a_library_in_use_keeps_a_second_page_from_starting(tmp_path: Path) -> None:
    with open_assistant(tmp_path / "library"):
        assert_never_served(tmp_path / "library", says=f"is in use by process {os.getpid()} ")


def test_a_page_does_not_start_with_another_embedding_model(
    tmp_path: Path, tiny_model: Path
) -> None:
    open_assistant(tmp_path / "library", embedding_model=str(tiny_model)).close()
    assert_never_served(tmp_path / "library", says="but the settings name all-MiniLM-L6-v2")


def test_a_page_does_not_start_where_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("A file stands here.")
    assert_never_served(tmp_path / "note.txt" / "library", says="cannot be made (Not a directory)")


def assert_never_served(library: Path, *, says: str) -> None:
    """`pincite serve` ends by itself with one sentence, and says nothing of a page."""
    kept = {name: value for name, value in os.environ.items() if "PINCITE" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "pincite", "serve", "--library", str(library)],
        env={**kept, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
