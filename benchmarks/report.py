"""How large the HTML report of a run is, and how long Chromium takes to open it.

    python benchmarks/report.py [--questions 5000] [--times 5]

The run is made up of invented words, in the size and number of documents, sentences and citations
that real ones have; nothing is asked and no evaluation set is needed. Chromium, or Google Chrome,
must be on the PATH. Each time is that of a browser just started, from asking for the file to the
end of its load event; and the time until the first picture stands.
"""

from __future__ import annotations

import argparse
import platform
import random
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Playwright, sync_playwright
from rich.console import Console

from eval.html_report import to_page
from eval.metrics.statistics import RESAMPLES, figure
from eval.models import CitationOutcome, ClaimOutcome, Latency, Manifest, Outcome, Query, Report
from eval.score import score

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SYLLABLES = "ba do fe gri hal in ka lo mur nes or pel qui ros sta tev ul vin wex yor".split()
WORDS = 3_000
TYPES = ("fact", "who", "when", "number", "list", "unanswerable")
OPENED = """async () => {
  const [page] = performance.getEntriesByType("navigation");
  while (!page.loadEventEnd) await new Promise((done) => setTimeout(done, 10));
  const [first] = performance.getEntriesByName("first-contentful-paint");
  return [page.loadEventEnd, first ? first.startTime : NaN];
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Size of the HTML report and time to open it.")
    parser.add_argument("--questions", type=int, default=5_000, help="in the run (default 5000)")
    parser.add_argument("--times", type=int, default=5, help="opened so often (default 5)")
    chosen = parser.parse_args()
    console = Console()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"No Chromium found on the PATH (looked for {', '.join(BROWSERS)}).")
    run = made_up_run(chosen.questions)
    begun = perf_counter()
    page = to_page(run, written=datetime.now(UTC))
    took = perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "report.html"
        file.write_text(page, encoding="utf-8")
        opened = [_opened(playwright, browser, file) for _ in range(chosen.times)]
        console.print(f"{chosen.questions:,} questions: {file.stat().st_size / 1e6:.1f} MB")
    console.print(f"written in {took:.1f} s")
    for name, times in zip(("loaded", "first seen"), zip(*opened, strict=True), strict=True):
        found = figure([one / 1_000 for one in times])
        if found.value is None or found.interval is None:
            continue
        low, high = found.interval
        console.print(
            f"{name} after {found.value:.2f} s [{low:.2f}–{high:.2f}], "
            f"at most {max(times) / 1_000:.2f} s, n={found.n}"
        )


def _opened(playwright: Playwright, browser: str, file: Path) -> tuple[float, float]:
    """Milliseconds until the load event has ended, and until something was seen."""
    arguments = ["--no-sandbox", "--disable-gpu"]
    chromium = playwright.chromium.launch(executable_path=browser, args=arguments)
    try:
        page = chromium.new_page(viewport={"width": 1_440, "height": 900})
        page.goto(file.as_uri(), wait_until="load")
        loaded, seen = page.evaluate(OPENED)
        return float(loaded), float(seen)
    finally:
        chromium.close()


def made_up_run(questions: int) -> Report:
    """A run of so many questions in words that mean nothing; the same each time."""
    chance = random.Random(0)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(WORDS)]
    outcomes = tuple(_outcomes(questions, words, chance))
    return Report(
        manifest=_manifest(),
        scores=score(outcomes),
        latency={"ask": Latency(p50=250.0, p95=400.0, n=questions)},
        outcomes=outcomes,
    )


def _outcomes(questions: int, words: list[str], chance: random.Random) -> Iterator[Outcome]:
    def said(least: int, most: int) -> str:
        return " ".join(chance.choices(words, k=chance.randint(least, most)))

    def document() -> str:
        return f"{chance.choice(words)}-{chance.choice(words)}.html"

    for number in range(questions):
        kind = chance.choice(TYPES)
        answerable = kind != "unanswerable"
        ranked = tuple(document() for _ in range(10))
        evidence = said(12, 35)
        answer = " ".join(evidence.split()[2:4])
        abstained = chance.random() < (0.1 if answerable else 0.6)
        quotes = [chance.choice((evidence, said(12, 35))) for _ in range(chance.randint(1, 4))]
        yield Outcome(
            query=Query(
                id=f"question-{number}",
                question=f"{said(6, 18)}?",
                type=kind,
                answerable=answerable,
                answers=(answer,) if answerable else (),
                evidence=(evidence, said(12, 35)) if answerable else (),
                relevant=(chance.choice(ranked),) if answerable else (),
            ),
            ranked=ranked,
            abstained=abstained,
            abstained_because=said(12, 20) if abstained else None,
            probability=round(chance.random() * (0.2 if abstained else 1.0), 6),
            text="" if abstained else " ".join(quotes),
            claims=() if abstained else tuple(_claim(ranked, quote, chance) for quote in quotes),
        )


def _claim(ranked: tuple[str, ...], quote: str, chance: random.Random) -> ClaimOutcome:
    start = chance.randint(0, 5_000)
    cited = CitationOutcome(
        document=chance.choice(ranked[:3]),
        start=start,
        end=start + len(quote),
        quote=quote,
        exact=True,
    )
    return ClaimOutcome(text=quote, verdict="quoted", citations=(cited,))


def _manifest() -> Manifest:
    return Manifest(
        dataset="invented",
        dataset_fingerprint="0" * 64,
        corpus_fingerprint="0" * 64,
        library_fingerprint="0" * 64,
        documents=1_000,
        settings={},
        settings_fingerprint="0" * 16,
        models={"writer": "quotes"},
        version="0",
        code="0" * 16,
        python=platform.python_version(),
        machine=platform.machine(),
        seed=0,
        resamples=RESAMPLES,
        limit=None,
    )


if __name__ == "__main__":
    main()
