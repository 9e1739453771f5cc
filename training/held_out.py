"""How far the model has come: figures on groups it does not learn from."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score  # sentence-transformers brings it
from tokenizers import Tokenizer

from eval.metrics.answers import token_f1
from rag.network import EvidenceNetwork, collate
from rag.pairs import tokenise
from rag.spans import best_span
from training.data import Group
from training.examples import Example, draw

_SEED = 1  # the same examples each time, whatever the run's seed
_BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What the model made of an example: its three logits, best sentence and answer's text."""

    example: Example
    logits: NDArray[np.float32]
    sentence: int | None
    span: str


def figures(
    network: EvidenceNetwork, groups: Sequence[Group], *, tokenizer: Tokenizer, device: str
) -> dict[str, float]:
    """All between 0 and 1; one that nothing is known for is left out.

    `auc_answers`: area under the curve of what answers against what does not. `auc_near`: the
    same without passages that words found, the easiest ones. `auc_supports`: true claims against
    false ones. `sentence_first`: the share of answers whose sentence scores highest in its passage,
    where that has several. `span_f1`: token F1 of the answer's span.
    """
    rng = random.Random(_SEED)
    examples = [example for group in groups for example in draw(group, groups, rng)]
    network.eval()
    judged = list(_judged(network, examples, tokenizer, device))
    answering = [entry for entry in judged if entry.example.answers is not None]
    near = [entry for entry in answering if entry.example.relevant is not False]
    claims = [entry for entry in judged if entry.example.supports is not None]
    first = [
        float(entry.sentence == entry.example.sentence)
        for entry in judged
        if entry.sentence is not None
    ]
    overlaps = [
        token_f1(entry.span, [gold])
        for entry in judged
        if (gold := _answer(entry.example)) is not None
    ]
    found = {
        "auc_answers": _auc([entry.example.answers for entry in answering], _column(answering, 0)),
        "auc_near": _auc([entry.example.answers for entry in near], _column(near, 0)),
        "auc_supports": _auc([entry.example.supports for entry in claims], _column(claims, 2)),
        "sentence_first": fmean(first) if first else None,
        "span_f1": fmean(overlaps) if overlaps else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _judged(
    network: EvidenceNetwork, examples: Sequence[Example], tokenizer: Tokenizer, device: str
) -> Iterator[_Judged]:
    ordered = sorted(examples, key=lambda example: len(example.pair.passage))
    for start in range(0, len(ordered), _BATCH):
        batch = ordered[start : start + _BATCH]
        tokens = tokenise([example.pair for example in batch], tokenizer)
        with torch.inference_mode(), torch.autocast(device, torch.bfloat16):
            output = network(collate(tokens, device=device))
        passages = output.passages.cpu().numpy()
        sentences = output.sentences.cpu().numpy()
        starts, ends = output.starts.cpu().numpy(), output.ends.cpu().numpy()
        for row, (example, pair) in enumerate(zip(batch, tokens, strict=True)):
            count = pair.sentence_count
            has_choice = example.answers and example.sentence is not None and count > 1
            span = best_span(starts[row], ends[row], pair)
            yield _Judged(
                example=example,
                logits=passages[row],
                sentence=int(sentences[row, :count].argmax()) if has_choice else None,
                span=example.pair.passage[span.span.start : span.span.end] if span else "",
            )


def _answer(example: Example) -> str | None:
    span = example.answer
    return None if span is None else example.pair.passage[span.start : span.end]


def _column(judged: Sequence[_Judged], index: int) -> list[float]:
    return [float(entry.logits[index]) for entry in judged]


def _auc(known: Sequence[bool | None], scores: Sequence[float]) -> float | None:
    return float(roc_auc_score(known, scores)) if len(set(known)) == 2 else None
