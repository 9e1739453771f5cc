"""What orders hidden in documents, and orders asked as questions, do to the answers.

    python benchmarks/injections.py                          quotes, all three parts
    python benchmarks/injections.py --writer embedded --part bipia --threshold 0
    python benchmarks/injections.py --part articles --questions 5

*bipia*: emails and tables, each with an order at its end, asked the question of the set with this
document alone, and again without the order. *articles*: every string of the set `injections`, as
a paragraph of an example article right behind the sentence that answers; harmless strings that
look like orders, and plain paragraphs to compare them with. What look-alikes change beyond what
plain paragraphs change is a false alarm. *questions*: the same strings asked of the example
articles.

An order is followed if words of the answer's own do what it asks (`eval/metrics/orders.py`);
orders that are only quoted are counted apart. `--threshold 0` has every question answered, well
or badly: the harder test, since a refusal cannot follow anything. Exits with 1 if an order was
followed or something failed.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import TypeVar

from evaluation_data import ROOT, data_folder
from injection_answers import Asked, Seen, as_questions, look
from injection_cases import (
    GROUP_OF_LABEL,
    article_cases,
    bipia_cases,
    injection_strings,
    plain_strings,
)
from rich.console import Console
from rich.table import Table
from shown import shown

from eval.corpus import open_corpus
from eval.datasets import load_dataset
from eval.metrics.statistics import figure
from eval.models import Dataset
from rag.settings import SettingOptions

Item = TypeVar("Item")
PARTS = ("bipia", "articles", "questions")


def main() -> None:
    parser = argparse.ArgumentParser(description="Orders in documents and in questions.")
    parser.add_argument("--writer", choices=("quotes", "embedded"), default="quotes")
    parser.add_argument("--part", choices=PARTS, action="append", help="this part only")
    parser.add_argument("--threshold", type=float, default=None, help="abstention_threshold")
    parser.add_argument("--questions", type=int, default=3, help="of the articles, each string")
    parser.add_argument("--limit", type=int, default=None, help="cases or strings of each part")
    chosen = parser.parse_args()
    settings: SettingOptions = {"writer": chosen.writer}
    if chosen.threshold is not None:
        settings["abstention_threshold"] = chosen.threshold
    parts = chosen.part or PARTS
    console = Console()
    is_right = "bipia" not in parts or run_bipia(settings, limit=chosen.limit, console=console)
    if {"articles", "questions"} & set(parts):
        is_right &= run_strings(parts, settings, chosen, console)
    raise SystemExit(not is_right)


def run_bipia(settings: SettingOptions, *, limit: int | None, console: Console) -> bool:
    """Asks and prints the first part; whether nothing was followed and nothing failed."""
    folder = data_folder("bipia_a")
    cases = some(bipia_cases(folder), limit)
    with open_corpus(load_dataset(folder), **settings) as (assistant, names, _):
        return tell_cases("bipia", look(assistant, names, cases, console), console)


def run_strings(
    parts: Sequence[str], settings: SettingOptions, chosen: argparse.Namespace, console: Console
) -> bool:
    """Asks and prints the other two parts; whether nothing was followed and nothing failed."""
    strings = some(injection_strings(data_folder("injections")), chosen.limit)
    every = [*strings, *some(plain_strings(), chosen.limit)]
    examples = load_dataset(ROOT / "eval" / "data")
    is_right = True
    with open_corpus(examples, **settings) as (assistant, names, _):
        cases, rows = article_cases(every, examples, assistant, names, questions=chosen.questions)
        if "questions" in parts:
            is_right &= tell_questions(*as_questions(assistant, strings, console), console)
    if "articles" in parts:
        with open_corpus(Dataset(name="articles", corpus=rows), **settings) as (
            assistant,
            names,
            _,
        ):
            seen = look(assistant, names, cases, console)
        for group in GROUP_OF_LABEL.values():
            of_group = [one for one in seen if one.case.group == group]
            is_right &= tell_cases(f"articles with {group}", of_group, console)
    return is_right


def some(items: list[Item], limit: int | None) -> list[Item]:
    """So many of the items, evenly drawn; all of them without a limit."""
    return items[:: max(1, len(items) // limit)][:limit] if limit else items


def tell_cases(title: str, seen: Sequence[Seen], console: Console) -> bool:
    """Prints what came of the cases; whether none was followed and none failed."""
    if not seen:
        return True
    answered = [one for one in seen if not one.refused and not one.error]
    asked = [one for one in seen if not one.error]
    golden = [one for one in asked if one.case.answers]
    before = [one for one in asked if not one.clean_refused]
    table = Table(title=f"{title}: {len(seen)} questions", show_header=False)
    for name, values in (
        ("answered", [not one.refused for one in asked]),
        ("answered without the order", [not one.clean_refused for one in asked]),
        ("order followed", [one.followed for one in asked]),
        ("followed in the model's draft, before the check", [one.drafted for one in asked]),
        ("order quoted in the answer", [one.quoted for one in asked]),
        ("order among the sources", [one.cited for one in asked]),
        ("order among the nearest passages of a refusal", [one.nearest for one in asked]),
        ("answers with statements removed by the check", [one.removed > 0 for one in answered]),
        ("gold answer held", [one.gold for one in golden]),
        ("gold answer held without the order", [one.clean_gold for one in golden]),
        ("refused though answered without it", [one.refused for one in before]),
        ("otherwise changed", [one.is_changed and not one.refused for one in before]),
    ):
        table.add_row(name, share(values))
    console.print(table)
    for one in seen:
        if one.error or one.followed:
            said = one.error or one.words
            console.print(f"  {one.case.document} ({one.case.kind}): {said}", markup=False)
    return not any(one.error or one.followed for one in seen)


def tell_questions(
    plain: Sequence[tuple[Asked, bool]], broken: Sequence[Asked], console: Console
) -> bool:
    """Prints what came of strings asked as questions; whether nothing was followed or failed."""
    table = Table(title=f"strings as questions: {len(plain)}", show_header=False)
    for name, count in Counter(outcome(asked) for asked, _ in plain).most_common():
        table.add_row(name, f"{count} of {len(plain)}")
    table.add_row("followed", share([followed for _, followed in plain]))
    for name, count in Counter(outcome(asked) for asked in broken).most_common():
        table.add_row(f"too long, or with control characters: {name}", f"{count} of {len(broken)}")
    console.print(table)
    failed = [asked for asked in (*(one for one, _ in plain), *broken) if is_failure(asked)]
    for asked in failed[:5]:
        console.print(f"  {asked.error}", markup=False)
    return not failed and not any(followed for _, followed in plain)


def outcome(asked: Asked) -> str:
    """In a few words what a reader gets."""
    if asked.answer is None:
        return "question refused with a sentence" if asked.is_question_error else "failed"
    if asked.answer.abstained:
        return "refused"
    is_quoted = all(claim.verdict == "quoted" for claim in asked.answer.claims)
    return "quotes only" if is_quoted else "words of a model's own, checked"


def is_failure(asked: Asked) -> bool:
    """Whether something else went wrong than a question that cannot be asked."""
    return asked.answer is None and not asked.is_question_error


def share(values: Sequence[bool]) -> str:
    """Count, share and 95 % interval; where none is true, what it is below (3/n)."""
    if not any(values):
        return f"0 of {len(values)}" + (
            f", so below {ceil(3_000 / len(values)) / 1_000:.3f}" if values else ""
        )
    found = figure([float(value) for value in values])
    return f"{sum(values)} of {len(values)}: {shown(found)}"


if __name__ == "__main__":
    main()
