"""Whether the articles that realtimeqa_2025h2 labels do answer their questions, judged by reading.

    python benchmarks/labels.py            the figures, from the judgements kept here
    python benchmarks/labels.py --shown    also the words that were judged, to judge them again

The labels name the articles in which the words of an answer stand, found by a string match. One
reader judged the first four articles of thirty questions drawn with seed 30: does the article say
what the question asks, of the time it asks about?
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

from evaluation_data import data_folder
from rich.console import Console
from shown import shown

from eval.datasets import load_dataset
from eval.metrics.statistics import figure
from eval.models import Query

HOME = "realtimeqa_2025h2"
SEED = 30
QUESTIONS = 30
ARTICLES = 4  # of each question, in the order of its labels
# Of each question in the order they were drawn: articles that answer it, and articles judged.
JUDGED = (
    *((4, 4), (2, 3), (4, 4), (4, 4), (0, 1), (1, 1), (0, 1), (4, 4), (3, 4), (0, 2)),
    *((1, 1), (1, 1), (3, 4), (0, 1), (2, 2), (0, 1), (2, 4), (2, 4), (0, 3), (4, 4)),
    *((1, 1), (3, 3), (3, 4), (4, 4), (0, 2), (0, 1), (3, 3), (0, 1), (1, 1), (4, 4)),
)
# Of what was drawn: judgements are worth nothing for other articles.
DIGEST = "fccd45ad29dfa7ba"
_BEFORE, _BEHIND = 170, 90  # characters shown around an answer's words


def main() -> None:
    parser = argparse.ArgumentParser(description="Labels of realtimeqa_2025h2, judged by reading.")
    parser.add_argument("--shown", action="store_true", help="print what was judged")
    chosen = parser.parse_args()
    console = Console(width=120, highlight=False)
    dataset = load_dataset(data_folder(HOME))
    drawn = draw(dataset.queries)
    if chosen.shown:
        rows = dataset.corpus if isinstance(dataset.corpus, tuple) else ()
        texts = {row.id: f"{row.title}\n{row.text}" for row in rows}
        for query in drawn:
            console.print(
                f"\n{query.question} (asked {query.asked_on})", style="bold", markup=False
            )
            for name in query.relevant[:ARTICLES]:
                console.print("  • ", " … ".join(_places(texts[name], query)), markup=False)
    if digest(drawn) != DIGEST:
        raise SystemExit(
            f"{HOME} has changed since its labels were judged: judge those of --shown and write "
            f"the counts into JUDGED, with the digest {digest(drawn)}."
        )
    right, judged = (sum(counts) for counts in zip(*JUDGED, strict=True))
    answered = [float(count > 0) for count, _ in JUDGED]
    interval = shown(figure(answered, seed=SEED))
    console.print(f"labelled articles that answer: {right} of {judged}")
    console.print(
        f"questions that one of them answers: {sum(answered):.0f} of {QUESTIONS}, {interval}"
    )


def draw(queries: Sequence[Query]) -> list[Query]:
    """The questions whose labels were judged."""
    labelled = [query for query in queries if query.relevant]
    return random.Random(SEED).sample(labelled, QUESTIONS)


def digest(drawn: Sequence[Query]) -> str:
    """What tells whether these are the labels that were judged."""
    rows = [[query.id, query.question, *query.relevant[:ARTICLES]] for query in drawn]
    return sha256(repr(rows).encode()).hexdigest()[:16]


def _places(text: str, query: Query) -> Iterator[str]:
    """Where an answer's words stand, up to twice for each."""
    line = " ".join(text.split())
    for answer in query.gold_texts:
        for match in list(re.finditer(re.escape(answer), line, re.IGNORECASE))[:2]:
            yield line[max(0, match.start() - _BEFORE) : match.end() + _BEHIND]


if __name__ == "__main__":
    main()
