"""How many quotes stand exactly where their citation says, over real news pages.

    python benchmarks/quotes_exact.py --answers 200

Asks the questions of realtimeqa_2025h2 until so many answers have come. The threshold for refusing
is set to 0 so that every question is answered, well or badly: what is measured is that no quote
and no marker is ever wrong. Exits with 1 if one is.
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


def main() -> None:
    parser = argparse.ArgumentParser(description="Exactness of quotes over realtimeqa_2025h2.")
    parser.add_argument("--answers", type=int, default=200, help="answers wanted (default 200)")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    chosen = parser.parse_args()
    dataset = load_dataset(data_folder("realtimeqa_2025h2"))
    console = Console()
    answered: list[Outcome] = []
    failed: list[Outcome] = []
    with (
        console.status("building the library") as status,
        open_corpus(dataset, cache=chosen.cache, abstention_threshold=0.0) as (assistant, names, _),
    ):
        observer = Observer(assistant, names)
        for query in dataset.queries:
            if len(answered) >= chosen.answers:
                break
            outcome = observer.observe_answer(query)
            if outcome.error:
                failed.append(outcome)
            elif outcome.claims:
                answered.append(outcome)
            status.update(f"{len(answered):,} of {chosen.answers:,} answers")
    raise SystemExit(report(answered, failed, wanted=chosen.answers, console=console))


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
