"""How many quotes stand exactly where their citation says, over every set with questions.

    python benchmarks/quotes_exact.py                  1,000 answers
    python benchmarks/quotes_exact.py --answers 50     a first impression

Asks as many questions of each set, evenly drawn. The threshold for refusing is set to 0 so that
every question is answered, well or badly: what is measured is that no quote and no marker is ever
wrong. Exits with 1 if one is.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from evaluation_data import RUNS, data_folder
from rich.console import Console

from eval.corpus import open_corpus
from eval.datasets import load_dataset
from eval.models import Outcome
from eval.observe import Observer

SETS = ("realtimeqa_2025h2", "multihoprag_a", "squad2_a", "timeqa_a", "ramdocs_a")


def main() -> None:
    parser = argparse.ArgumentParser(description="Exactness of quotes over every set.")
    parser.add_argument("--answers", type=int, default=1000, help="answers wanted (default 1000)")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    chosen = parser.parse_args()
    folders = {name: data_folder(name) for name in SETS}
    console = Console()
    answered: list[Outcome] = []
    failed: list[Outcome] = []
    for number, (name, folder) in enumerate(folders.items(), start=1):
        wanted = round(chosen.answers * number / len(SETS)) - len(answered)
        with console.status(name):
            outcomes = observe(folder, wanted=wanted, cache=chosen.cache)
        failed += [outcome for outcome in outcomes if outcome.error]
        answered += [outcome for outcome in outcomes if outcome.claims]
    raise SystemExit(report(answered, failed, wanted=chosen.answers, console=console))


def observe(folder: Path, *, wanted: int, cache: Path) -> list[Outcome]:
    """What came of questions evenly drawn from a set, until so many have been answered."""
    dataset = load_dataset(folder)
    outcomes: list[Outcome] = []
    with open_corpus(dataset, cache=cache, abstention_threshold=0.0) as (assistant, names, _):
        observer = Observer(assistant, names)
        step = max(1, len(dataset.queries) // max(1, wanted))
        for start in range(step):
            for query in dataset.queries[start::step]:
                if sum(bool(outcome.claims) for outcome in outcomes) >= wanted:
                    return outcomes
                outcomes.append(observer.observe_answer(query))
    return outcomes


def report(answered: list[Outcome], failed: list[Outcome], *, wanted: int, console: Console) -> int:
    """Prints the counts; 0 if every quote and marker is right and there were enough answers."""
    quotes = [
        citation for outcome in answered for claim in outcome.claims for citation in claim.citations
    ]
    wrong = [quote for quote in quotes if not quote.exact]
    uncited = sum(not claim.citations for outcome in answered for claim in outcome.claims)
    markers = sum(outcome.markers for outcome in answered)
    unresolved = sum(outcome.unresolved_markers for outcome in answered)
    share = f"{1 - len(wrong) / len(quotes):.2%}" if quotes else "none"
    console.print(f"answers                  {len(answered):>6,} of {wanted:,} wanted")
    console.print(f"quotes                   {len(quotes):>6,}, exact at their offsets: {share}")
    console.print(f"claims without a quote   {uncited:>6,}")
    console.print(f"markers                  {markers:>6,}, without a source: {unresolved:,}")
    console.print(f"questions that failed    {len(failed):>6,}")
    for quote in wrong[:5]:
        console.print(
            f"  not found at {quote.start}–{quote.end} of {quote.document}: {quote.quote}"
        )
    for outcome in failed[:5]:
        console.print(f"  {outcome.query.id}: {outcome.error}")
    is_right = not (wrong or uncited or unresolved or failed) and len(answered) >= wanted
    return 0 if is_right else 1


if __name__ == "__main__":
    main()
