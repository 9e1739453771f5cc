"""What the check makes of sentences that the embedded language model wrote.

    python benchmarks/checked.py                   300 answers; writing them takes about 20 minutes
    python benchmarks/checked.py --sample FILE     also writes the sentences that are judged by hand

The embedded model answers questions of realtimeqa_2025h2: as they are, with every passage withheld
that gives the answer away, and questions that the articles do not answer. The threshold for
refusing is 0, so that it writes for each; an answer in which it says that it found none is not
counted. What it wrote is kept in `runs/checked`, so that a change of the check is measured in
seconds.

A sentence is right if what the model was given states it, whatever is true in the world; what the
question takes for granted is granted. Nobody can tell that without reading, so there are three
measures. By hand: three of eight sentences, judged by one reader from the list that `--sample`
writes, which does not say what the check made of them. `checked_labels.json` keeps the judgements
by a digest of question and sentence; "empty" is what says nothing, mostly that "the question asks
about" something. A model that writes otherwise, on another processor, finds fewer of them. By form:
sentences whose wording nearly settles it (`checked_sentences.Form`). Altered: sentences that are
right by their form, with one thing exchanged as training exchanges it (a name, a number, a word for
its opposite, a denial, a hedge).
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import get_args

import numpy as np
from checked_drafts import Condition, Written, drafts
from checked_sentences import Form, Label, Sentence, labels, sentences_of, write_sample
from evaluation_data import ROOT, RUNS, data_folder
from rich.console import Console
from rich.table import Table
from shown import shown

from eval.corpus import open_corpus
from eval.datasets import load_dataset
from eval.metrics.statistics import RESAMPLES
from eval.models import Figure, Interval
from rag.cite import check
from rag.models import Statement
from rag.reader import Reader
from rag.settings import Settings

SET = "realtimeqa_2025h2"
LABELS = Path(__file__).with_name("checked_labels.json")
# The forms of sentences that are right as far as their wording tells.
RIGHT: tuple[Form, ...] = ("copied", "answers")
# Attempts at altering a sentence; about half of them leave it true, and some give the same twice.
TRIES = 12
SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(description="The check, on what the embedded model wrote.")
    parser.add_argument("--answers", type=int, default=300, help="answers wanted (default 300)")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--sample", type=Path, default=None, help="file for what is to be judged")
    parser.add_argument("--threads", type=int, default=1, help="of the models (default 1)")
    chosen = parser.parse_args()
    console = Console()
    dataset = load_dataset(data_folder(SET))
    opened = open_corpus(
        dataset,
        cache=chosen.cache,
        threads=chosen.threads,
        writer="embedded",
        abstention_threshold=0.0,
    )
    with console.status("opening the library") as status, opened as (assistant, _, _):
        reader = assistant._reader  # the assistant answers; here its steps are measured
        found = drafts(
            assistant._library,
            assistant._finder,
            assistant.settings,
            queries=dataset.queries,
            folder=RUNS / "checked",
            on_draft=lambda number: status.update(f"{number:,} questions asked"),
        )
        answers = list(islice((one for one in found if one.makes_claims), chosen.answers))
        status.update("checking")
        written = [sentences_of(one, reader) for one in answers]
        altered = list(_altered(answers, written, reader))
    every = [entry for sentences in written for entry in sentences]
    if chosen.sample:
        write_sample(chosen.sample, every)
    usual = Settings().abstention_threshold
    console.print(
        f"{SET}: {len(answers)} answers, {len(every):,} sentences, {reader.model_id}. At the "
        f"default threshold {sum(one.answerable >= usual for one in answers)} would be written."
    )
    console.print(_table(every, altered))


def _altered(
    answers: Sequence[Written], written: Sequence[Sequence[Sentence]], reader: Reader
) -> Iterator[Sentence]:
    """Sentences that answer rightly, made wrong, as the check leaves them."""
    sys.path.append(str(ROOT))  # the training is not installed with the package
    from training.perturb import claim_about

    rng = random.Random(SEED)
    for number, (answer, sentences) in enumerate(zip(answers, written, strict=True)):
        elsewhere = " ".join(piece for entry in written[number - 1][:1] for piece in entry.given)
        made: dict[str, Sentence] = {}
        for entry in sentences:
            for _ in range(TRIES if entry.form in RIGHT else 0):
                claim = claim_about(
                    entry.text,
                    passage=" ".join(entry.given),
                    question="",
                    answer="",
                    elsewhere=elsewhere,
                    rng=rng,
                )
                if claim is not None and not claim[1]:
                    made[claim[0]] = entry
        statements = tuple(Statement(text=text, markers=made[text].markers) for text in made)
        draft = replace(answer.draft, statements=statements)
        # Without statements of its own a draft would be read again.
        checked = check(draft, answer.documents, reader=reader).claims if made else ()
        kept = {claim.text for claim in checked}
        yield from (replace(made[text], text=text, removed=text not in kept) for text in made)


def _table(every: Sequence[Sentence], altered: Sequence[Sentence]) -> Table:
    judged = labels(LABELS)
    sample = [entry for entry in every if entry.key in judged]
    table = Table(title="Sentences that the check removes (95 % interval by question)")
    for heading in ("", "sentences", "questions", "removed"):
        table.add_column(heading)
    groups = {
        **{
            f"by hand: {label}": [entry for entry in sample if judged[entry.key] == label]
            for label in get_args(Label)
        },
        **{
            f"by form: {form}": [entry for entry in every if entry.form == form]
            for form in get_args(Form)
        },
        f"altered, of {' and '.join(RIGHT)}": altered,
        **{
            condition: [entry for entry in every if entry.condition == condition]
            for condition in get_args(Condition)
        },
        "all": every,
    }
    for name, sentences in groups.items():
        questions = len({entry.query for entry in sentences})
        table.add_row(
            name, f"{len(sentences):,}", f"{questions:,}", shown(removed(sentences), places=2)
        )
    return table


def removed(sentences: Sequence[Sentence]) -> Figure:
    """The share of sentences that the check removed.

    The interval is a percentile bootstrap (Efron 1979) over questions: the sentences of an answer
    share its evidence.
    """
    by_query: dict[str, list[bool]] = {}
    for entry in sentences:
        by_query.setdefault(entry.query, []).append(entry.removed)
    if not by_query:
        return Figure(value=None, interval=None, n=0)
    counts = np.array([(sum(found), len(found)) for found in by_query.values()])
    drawn = np.random.default_rng(SEED).integers(0, len(counts), size=(RESAMPLES, len(counts)))
    totals = counts[drawn].sum(axis=1)
    low, high = np.quantile(totals[:, 0] / totals[:, 1], [0.025, 0.975])
    share = counts[:, 0].sum() / counts[:, 1].sum()
    return Figure(value=float(share), interval=Interval(low, high), n=len(sentences))


if __name__ == "__main__":
    main()
