"""The figures that later work is held against, at default settings.

    python benchmarks/baseline.py                   both sets, all questions
    python benchmarks/baseline.py --limit 40        a first impression

realtimeqa_2025h2 gives retrieval, answers, citations and refusals, also with the evidence removed;
multihoprag_a gives retrieval. Libraries are kept in `runs/cache` and used again, reports are
written to `runs/baseline`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from evaluation_data import RUNS, data_folder
from rich.console import Console

from eval.models import EvaluationProgress
from eval.report import render_table
from eval.run import run_evaluation

ANSWERED = "realtimeqa_2025h2"
SEARCHED = "multihoprag_a"


def main() -> None:
    parser = argparse.ArgumentParser(description="Baseline figures at default settings.")
    parser.add_argument("--out", type=Path, default=RUNS / "baseline", help="where reports go")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--limit", type=int, default=None, help="questions of each set")
    parser.add_argument("--only", choices=(ANSWERED, SEARCHED), default=None, help="one set only")
    chosen = parser.parse_args()
    names = [chosen.only] if chosen.only else [SEARCHED, ANSWERED]
    folders = {name: data_folder(name) for name in names}
    console = Console()
    for name, folder in folders.items():
        with console.status(name) as status:

            def tell(progress: EvaluationProgress, name: str = name) -> None:
                status.update(f"{name}: {progress.stage}, {progress.done:,} of {progress.total:,}")

            report = run_evaluation(
                folder,
                out=chosen.out / name,
                cache=chosen.cache,
                limit=chosen.limit,
                retrieval_only=name == SEARCHED,
                evidence_removed=name == ANSWERED,
                on_progress=tell,
            )
        console.print(render_table(report))
        console.print(f"Report: {chosen.out / name / 'report.html'}\n")


if __name__ == "__main__":
    main()
