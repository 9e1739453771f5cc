"""How soon the page is seen and can be used while its models load, and whether anything jumps.

    python benchmarks/opening.py [--times 8]

Each time `pincite serve` is started anew on a library of the example articles, and a browser
without a cache opens the page as soon as its port answers, asks a question at once, and waits for
the answer. Times count from the browser's request for the page; layout shift is the sum that the
browser keeps (0 is none, above 0.1 is called poor), of what nobody's key or click has caused.
Chromium, or Google Chrome, must be on the PATH.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from playwright.sync_api import Browser, Page, sync_playwright
from report import BROWSERS
from rich.console import Console
from shown import shown

from eval.metrics.statistics import figure
from rag import open_assistant

ARTICLES = Path(__file__).parents[1] / "examples" / "articles"
QUESTION = "What does North Korea want in return?"
SIZES = ((1_440, 900), (390, 844))
PATIENCE = 120_000  # milliseconds
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""
SHIFTED = "window.shifts.reduce((sum, value) => sum + value, 0)"
PAINTED = 'performance.getEntriesByName("first-contentful-paint")[0].startTime'
NOW = "performance.now()"


def main() -> None:
    parser = argparse.ArgumentParser(description="Opening the page of a server just started.")
    parser.add_argument("--times", type=int, default=8, help="started so often (default 8)")
    chosen = parser.parse_args()
    console = Console(width=120, highlight=False)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit(f"No Chromium found on the PATH (looked for {', '.join(BROWSERS)}).")
    seen: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        library = Path(folder) / "library"
        with open_assistant(library) as assistant:
            assistant.add(ARTICLES)
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        for number in range(chosen.times):
            width, height = SIZES[number % len(SIZES)]
            begun = monotonic()
            with _served(library) as address:
                seen.setdefault("server answers after, s", []).append(monotonic() - begun)
                for name, value in _opened(browser, address, width=width, height=height):
                    seen.setdefault(name, []).append(value)
        browser.close()
    for name, values in seen.items():
        console.print(f"{name}: {shown(figure(values), with_n=True)}, at most {max(values):.3f}")


@contextmanager
def _served(library: Path) -> Iterator[str]:
    """The address of a server of its own process, as soon as its port answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pincite", "serve"]
    options = ["--port", str(port), "--library", str(library)]
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as server:
        try:
            while True:
                if server.poll() is not None:
                    raise SystemExit("The server ended before it could be asked.")
                with socket.socket() as attempt:
                    if attempt.connect_ex(("127.0.0.1", port)) == 0:
                        break
                sleep(0.02)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _opened(
    browser: Browser, address: str, *, width: int, height: int
) -> Iterator[tuple[str, float]]:
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    page.wait_for_function("window.pincite !== undefined")
    usable = float(page.evaluate(NOW)) / 1_000
    yield "first seen after, s", float(page.evaluate(PAINTED)) / 1_000
    yield "can be asked after, s", usable
    yield from _asked(page)
    context.close()


def _asked(page: Page) -> Iterator[tuple[str, float]]:
    page.fill("#question textarea", QUESTION)
    page.press("#question textarea", "Enter")
    page.wait_for_selector('.exchange[data-exchange="0"]')
    yield "question shown after, s", float(page.evaluate(NOW)) / 1_000
    page.wait_for_selector('.exchange[data-exchange="0"][aria-busy="false"]')
    yield "answered after, s", float(page.evaluate(NOW)) / 1_000
    yield "layout shift", float(page.evaluate(SHIFTED))


if __name__ == "__main__":
    main()
