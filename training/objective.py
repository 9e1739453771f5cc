"""What the evidence model is trained to do: the loss of a batch of examples."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from rag.network import JUDGEMENTS, NetworkOutput
from rag.pairs import Tokenised
from training.examples import Example

# The weights of the parts. Spans count little: their loss is large at first and would rule.
JUDGEMENT_WEIGHTS = (1.0, 0.5, 1.0)  # in the order of JUDGEMENTS
SENTENCES, FIRST, SPANS = 2.0, 0.5, 0.3


def loss(
    output: NetworkOutput, examples: Sequence[Example], tokens: Sequence[Tokenised]
) -> tuple[Tensor, dict[str, float]]:
    """The weighted sum of the parts, a scalar, and each weighted part for the curve.

    `answers`, `relevant`, `supports` and `sentences` are binary cross-entropies, of each judgement
    and of every sentence. `first` is the cross-entropy of the passage and of the sentence that
    answer, against all others of their group; `spans` that of the answer's first and last token,
    position 0 standing for none (Devlin et al. 2019). Each is a mean over what is known in the
    batch, and 0 where nothing is.
    """
    parts = {
        name: weight
        * _judgement(output.passages[:, index], [example.judgements[index] for example in examples])
        for index, (name, weight) in enumerate(zip(JUDGEMENTS, JUDGEMENT_WEIGHTS, strict=True))
    }
    parts["sentences"] = SENTENCES * _sentences(output.sentences, examples, tokens)
    parts["first"] = FIRST * _first(output, examples, tokens)
    parts["spans"] = SPANS * _spans(output, examples, tokens)
    total = torch.zeros((), device=output.passages.device)
    for part in parts.values():
        total = total + part
    return total, {name: float(part.detach()) for name, part in parts.items()}


def _judgement(logits: Tensor, known: Sequence[bool | None]) -> Tensor:
    """The mean over the rows (B,) that something is known of."""
    rows = [row for row, value in enumerate(known) if value is not None]
    if not rows:
        return logits.sum() * 0  # no loss, but a gradient of zeros
    targets = torch.tensor([float(bool(known[row])) for row in rows], device=logits.device)
    return binary_cross_entropy_with_logits(logits[rows], targets)


def _sentences(logits: Tensor, examples: Sequence[Example], tokens: Sequence[Tokenised]) -> Tensor:
    """The mean over the sentences (B, S) of passages where it is known which answers, if any."""
    targets = torch.zeros_like(logits)
    counted = torch.zeros_like(logits, dtype=torch.bool)
    for row, (example, pair) in enumerate(zip(examples, tokens, strict=True)):
        if example.sentence is None:
            continue
        counted[row, : pair.sentence_count] = True
        if 0 <= example.sentence < pair.sentence_count:
            targets[row, example.sentence] = 1.0
    if not counted.any():
        return logits.sum() * 0
    return binary_cross_entropy_with_logits(logits[counted], targets[counted])


def _first(
    output: NetworkOutput, examples: Sequence[Example], tokens: Sequence[Tokenised]
) -> Tensor:
    """Softmax over the passages of each group, and over all their sentences together."""
    groups: dict[int, list[int]] = {}
    for row, example in enumerate(examples):
        if example.group >= 0:
            groups.setdefault(example.group, []).append(row)
    counts = [pair.sentence_count for pair in tokens]
    found: list[Tensor] = []
    for rows in groups.values():
        golden = next((row for row in rows if examples[row].answers), None)
        if golden is None:
            continue
        if len(rows) > 1:
            target = torch.tensor(rows.index(golden), device=output.passages.device)
            found.append(cross_entropy(output.passages[rows, 0], target))
        place = examples[golden].sentence
        if place is not None and 0 <= place < counts[golden]:
            ordered = [golden, *(row for row in rows if row != golden)]
            logits = torch.cat([output.sentences[row, : counts[row]] for row in ordered])
            found.append(cross_entropy(logits, torch.tensor(place, device=logits.device)))
    return torch.stack(found).mean() if found else output.passages.sum() * 0


def _spans(
    output: NetworkOutput, examples: Sequence[Example], tokens: Sequence[Tokenised]
) -> Tensor:
    places = [answer_tokens(*pair) for pair in zip(examples, tokens, strict=True)]
    rows = [row for row, place in enumerate(places) if place is not None]
    if not rows:
        return output.starts[:, 0].sum() * 0
    targets = torch.tensor([places[row] for row in rows], device=output.starts.device)
    starts = cross_entropy(output.starts[rows], targets[:, 0])
    return starts + cross_entropy(output.ends[rows], targets[:, 1])


def answer_tokens(example: Example, tokens: Tokenised) -> tuple[int, int] | None:
    """The first and last token of the answer; (0, 0) for surely none, None where unknown."""
    if example.answer is None:
        return (0, 0) if example.answers is False else None
    inside = (tokens.starts >= 0) & (tokens.ends > example.answer.start)
    inside &= tokens.starts < example.answer.end
    places = inside.nonzero()[0]
    return (int(places[0]), int(places[-1])) if len(places) else None
