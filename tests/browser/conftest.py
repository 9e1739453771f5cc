"""Real Chromium against the real page, served in this process from a real library."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from pincite.ui.page import serve
from rag import Assistant, open_assistant
from tests.browser.looking import Look

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Milliseconds; the first question may have to wait for the models on a busy machine.
PATIENCE = 90_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pictures",
        type=Path,
        metavar="DIR",
        help="keep a picture of every state that test_accessibility_* looks at",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A page being served: the assistant behind it and where it is."""

    assistant: Assistant
    address: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(assistant: Assistant, *, host: str = "127.0.0.1") -> Iterator[Site]:
    port = free_port()
    page = serve(assistant, host=host, port=port, sign_in=host == "127.0.0.1")
    try:
        yield Site(assistant=assistant, address=f"http://127.0.0.1:{port}")
    finally:
        page.close(verbose=False)


@pytest.fixture(scope="session")
def articles_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example articles with the shipped model; tests leave its library as it is."""
    with open_assistant(tmp_path_factory.mktemp("page") / "library") as assistant:
        assistant.add(ARTICLES)
        with served(assistant) as site:
            yield site


@pytest.fixture(scope="session")
def refusing_site(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Site]:
    """The example articles with a threshold that no evidence reaches."""
    library = tmp_path_factory.mktemp("refusing") / "library"
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 1.0}
    with open_assistant(library, **options) as assistant:
        assistant.add(ARTICLES)
        with served(assistant) as site:
            yield site


@pytest.fixture
def empty_site(tmp_path: Path, tiny_model: Path) -> Iterator[Site]:
    """An empty library with the tiny model, for tests that write."""
    with (
        open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant,
        served(assistant) as site,
    ):
        yield site


@pytest.fixture(scope="session")
def serving() -> Callable[..., object]:
    """`served`, for tests that open an assistant of their own."""
    return served


@pytest.fixture(scope="session")
def pictures(pytestconfig: pytest.Config) -> Path | None:
    """Where pictures are kept, if they are wanted; see `make pictures`."""
    folder: Path | None = pytestconfig.getoption("--pictures", default=None)
    return folder


@pytest.fixture(scope="session")
def look(pictures: Path | None) -> Look:
    return Look(pictures)


@pytest.fixture
def unused_port() -> int:
    """A loopback port at which nothing answers."""
    return free_port()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        reason = f"no Chromium found (looked for {', '.join(CHROMIUM_NAMES)})"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A visitor. At the end: no script failed, and nothing but this machine was asked."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    faults: list[str] = []
    hosts: set[str] = set()
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    context.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or "local"))
    yield context
    context.close()
    assert faults == []
    assert hosts <= {"127.0.0.1", "local"}


@pytest.fixture
def visit(context: BrowserContext) -> Callable[[Site], Page]:
    """Opens the page in a new tab and waits until it can be used."""

    def open_page(site: Site) -> Page:
        page = context.new_page()
        page.goto(site.address)
        page.wait_for_selector("#question textarea")
        page.wait_for_function("window.pincite !== undefined")
        page.wait_for_selector(".past:not(.waiting)", state="attached")
        return page

    return open_page


@pytest.fixture
def ask() -> Callable[[Page, str], None]:
    """Types a question, presses Enter and waits for its answer."""

    def ask_and_wait(page: Page, question: str) -> None:
        asked = page.locator(".exchange").count()
        page.fill("#question textarea", question)
        page.press("#question textarea", "Enter")
        page.wait_for_selector(f'.exchange[data-exchange="{asked}"][aria-busy="false"]')

    return ask_and_wait
