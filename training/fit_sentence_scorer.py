"""Fit the weights of the sentence scorer in `rag/evidence.py` on the open training pairs.

    python -m training.fit_sentence_scorer [--groups N] [--seed N]

Reads `train/train_open.jsonl` below `$PINCITE_DATA` (else `../shared/data`). Each gold window is
split into sentences; those that hold the answer's span are positive. The first passages found by
BM25 that lack the answer, and the same windows without their answer sentence, are negative.
Prints the weights in the order of `rag.features.FEATURES`, and out-of-fold figures by question.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder, SentenceTransformerEmbedder
from rag.features import FEATURES, features, rarities, read_question, split
from rag.words import content_stems

FOLDS = 5
NEGATIVE_KINDS = frozenset({"bm25", "removed", "samedoc", "unans"})


@dataclass(frozen=True, slots=True)
class Group:
    """A question's sentences, shape (n, features), with 1 for those that answer."""

    rows: NDArray[np.float64]
    labels: NDArray[np.int64]


def main() -> None:
    arguments = _arguments()
    path = Path(os.environ.get("PINCITE_DATA", "../shared/data")) / "train" / "train_open.jsonl"
    if not path.is_file():
        raise SystemExit(f"{path} is missing: set PINCITE_DATA to the folder of the open data.")
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    frequency = _frequency(records)
    random.Random(arguments.seed).shuffle(records)
    embedder = SentenceTransformerEmbedder("all-MiniLM-L6-v2")
    groups = list(_groups(records[: arguments.groups], frequency, embedder))
    rows = np.concatenate([group.rows for group in groups])
    labels = np.concatenate([group.labels for group in groups])
    print(f"{len(groups)} questions, {len(labels)} sentences, {labels.sum()} of them answer")
    _report_out_of_fold(groups)
    model = _fitted(rows, labels)
    for name, weight in zip(FEATURES, model.coef_[0], strict=True):
        print(f"{name:14s} {weight:+.3f}")
    print(f"{'bias':14s} {model.intercept_[0]:+.3f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--groups", type=int, default=1_500, help="questions to fit on")
    parser.add_argument("--seed", type=int, default=7, help="which questions are drawn")
    return parser.parse_args()


def _frequency(records: list[dict[str, Any]]) -> tuple[Counter[str], int]:
    """In how many passages each stem occurs, and how many passages there are."""
    passages = {item["p"] for record in records for item in record["items"]}
    counts: Counter[str] = Counter()
    for passage in passages:
        counts.update(content_stems(passage))
    return counts, len(passages)


def _groups(
    records: list[dict[str, Any]], frequency: tuple[Counter[str], int], embedder: Embedder
) -> Iterator[Group]:
    counts, passages = frequency
    for record in records:
        items = [item for item in record["items"] if _is_gold(item) or item["k"] in NEGATIVE_KINDS]
        if not items:
            continue
        stems = {stem: counts[stem] for stem in content_stems(record["q"])}
        rarity = rarities(stems, passages=passages)
        asked = read_question(record["q"], embedder=embedder, rarity=rarity)
        texts = [f"{item['t']}\n{item['p']}" if item["t"] else item["p"] for item in items]
        rows, labels = [], []
        for item, text, tokens in zip(items, texts, embedder.embed_tokens(texts), strict=True):
            found = split(item["p"])
            offset = len(text) - len(item["p"])
            rows.append(features(asked, found, tokens, title=item["t"] or "", offset=offset))
            labels += [
                int(_is_gold(item) and entry.span.start <= item["s"] < entry.span.end)
                for entry in found
            ]
        yield Group(rows=np.concatenate(rows), labels=np.asarray(labels))


def _is_gold(item: dict[str, Any]) -> bool:
    return item["k"] == "gold" and item.get("s") is not None


def _fitted(rows: NDArray[np.float64], labels: NDArray[np.int64]) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10.0, max_iter=1_000).fit(rows, labels)


def _report_out_of_fold(groups: list[Group]) -> None:
    """Ranking within a question and separation over all, by models that never saw the question."""
    from sklearn.metrics import roc_auc_score

    scores = [np.zeros(len(group.labels)) for group in groups]
    first = answerable = 0
    for fold in range(FOLDS):
        kept = [group for number, group in enumerate(groups) if number % FOLDS != fold]
        model = _fitted(
            np.concatenate([group.rows for group in kept]),
            np.concatenate([group.labels for group in kept]),
        )
        for number in range(fold, len(groups), FOLDS):
            scores[number] = model.predict_proba(groups[number].rows)[:, 1]
    for group, values in zip(groups, scores, strict=True):
        if group.labels.any():
            answerable += 1
            first += int(group.labels[int(np.argmax(values))])
    labels = np.concatenate([group.labels for group in groups])
    area = roc_auc_score(labels, np.concatenate(scores))
    print(f"out of fold: answer sentence first {first / answerable:.3f} (n={answerable}), ", end="")
    print(f"AUC over sentences {area:.3f} (n={len(labels)})")


if __name__ == "__main__":
    main()
