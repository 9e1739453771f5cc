"""The loss rewards what is right, and what nobody knows counts for nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from index.models import Span
from rag.network import JUDGEMENTS, LEAST, NetworkOutput
from rag.pairs import Pair, Tokenised
from training.examples import Example
from training.objective import FIRST, JUDGEMENT_WEIGHTS, SENTENCES, SPANS, answer_tokens, loss

# Each pair: [CLS] question [SEP], then six tokens "a b c d e f" in two sentences, [SEP].
PAIR = Pair(question="?", title="", passage="a b c d e f", sentences=(Span(0, 5), Span(6, 11)))
TOKENS = Tokenised(
    ids=np.arange(10),
    types=np.array([0, 0, 0, 1, 1, 1, 1, 1, 1, 1]),
    starts=np.array([-1, -1, -1, 0, 2, 4, 6, 8, 10, -1]),
    ends=np.array([-1, -1, -1, 1, 3, 5, 7, 9, 11, -1]),
    sentence_of=np.array([-1, -1, -1, 0, 0, 0, 1, 1, 1, -1]),
)
GOLD = Example(pair=PAIR, group=1, answers=True, relevant=True, sentence=1, answer=Span(6, 9))
NEGATIVE = Example(pair=PAIR, group=1, answers=False, relevant=False, sentence=-1)
CLAIM = Example(pair=PAIR, group=-1, supports=True)
UNKNOWN = Example(pair=PAIR, group=-1)


def output(rows: int, *, seed: int | None = None) -> NetworkOutput:
    """Logits that are all zero, or random; outside the passage `LEAST`."""
    generator = torch.Generator().manual_seed(seed or 0)

    def logits(*shape: int) -> Tensor:
        drawn = torch.randn(shape, generator=generator)
        return (drawn if seed is not None else torch.zeros(shape)).requires_grad_()

    outside = torch.tensor((TOKENS.starts < 0) & (np.arange(10) > 0))
    return NetworkOutput(
        passages=logits(rows, len(JUDGEMENTS)),
        sentences=logits(rows, 2),
        starts=logits(rows, 10).masked_fill(outside, LEAST),
        ends=logits(rows, 10).masked_fill(outside, LEAST),
    )


def parts(found: NetworkOutput, *examples: Example) -> dict[str, float]:
    return loss(found, examples, [TOKENS] * len(examples))[1]


def raised(found: NetworkOutput, name: str, row: int, column: int, by: float) -> NetworkOutput:
    values = getattr(found, name).detach().clone()
    values[row, column] += by
    return replace(found, **{name: values})


def test_without_an_opinion_each_part_is_what_chance_costs() -> None:
    found = parts(output(3), GOLD, NEGATIVE, CLAIM)
    assert found == pytest.approx(
        {
            "answers": JUDGEMENT_WEIGHTS[0] * math.log(2),
            "relevant": JUDGEMENT_WEIGHTS[1] * math.log(2),
            "supports": JUDGEMENT_WEIGHTS[2] * math.log(2),
            "sentences": SENTENCES * math.log(2),
            # One of two passages, and one of the two sentences of each.
            "first": FIRST * (math.log(2) + math.log(4)) / 2,
            # One of six tokens or none, twice.
            "spans": SPANS * 2 * math.log(7),
        }
    )


def test_the_total_is_the_sum_of_the_parts() -> None:
    total, found = loss(output(2, seed=1), [GOLD, NEGATIVE], [TOKENS, TOKENS])
    assert float(total.detach()) == pytest.approx(sum(found.values()))


@pytest.mark.parametrize(
    ("part", "name", "row", "column", "by"),
    [
        ("answers", "passages", 0, 0, 2.0),
        ("answers", "passages", 1, 0, -2.0),
        ("relevant", "passages", 0, 1, 2.0),
        ("relevant", "passages", 1, 1, -2.0),
        ("supports", "passages", 2, 2, 2.0),
        ("sentences", "sentences", 0, 1, 2.0),
        ("sentences", "sentences", 0, 0, -2.0),
        ("sentences", "sentences", 1, 1, -2.0),
        ("first", "passages", 0, 0, 2.0),
        ("first", "sentences", 0, 1, 2.0),
        ("first", "sentences", 1, 0, -2.0),
        ("spans", "starts", 0, 6, 2.0),
        ("spans", "ends", 0, 7, 2.0),
        ("spans", "starts", 1, 0, 2.0),
        ("spans", "ends", 1, 0, 2.0),
    ],
)
def test_a_part_falls_when_its_logits_are_righter_and_rises_when_wronger(
    part: str, name: str, row: int, column: int, by: float
) -> None:
    examples = (GOLD, NEGATIVE, CLAIM)
    before = output(3, seed=2)
    right = raised(before, name, row, column, by)
    wrong = raised(before, name, row, column, -by)
    assert (
        parts(right, *examples)[part]
        < parts(before, *examples)[part]
        < parts(wrong, *examples)[part]
    )


def test_what_is_unknown_contributes_nothing() -> None:
    found = output(2, seed=3)
    alone = parts(NetworkOutput(**{n: getattr(found, n)[:1] for n in fields_of(found)}), GOLD)
    assert parts(found, GOLD, UNKNOWN) == pytest.approx(alone)
    assert parts(found, UNKNOWN, UNKNOWN) == dict.fromkeys(alone, 0.0)


def fields_of(found: NetworkOutput) -> tuple[str, ...]:
    return tuple(type(found).__dataclass_fields__)


def test_a_claim_says_nothing_of_answers_and_an_answer_nothing_of_claims() -> None:
    found = output(2, seed=4)
    assert parts(found, GOLD, NEGATIVE)["supports"] == 0.0
    claimed = parts(found, CLAIM, CLAIM)
    assert {name for name, value in claimed.items() if value} == {"supports"}


def test_an_answer_whose_place_is_unknown_is_still_an_answer() -> None:
    found = output(2, seed=5)
    unmarked = replace(GOLD, sentence=None, answer=None)
    known = parts(found, unmarked, NEGATIVE)
    assert known["answers"] == parts(found, GOLD, NEGATIVE)["answers"]
    # Of spans and sentences only the negative is known.
    assert known["spans"] == parts(found, UNKNOWN, NEGATIVE)["spans"]
    assert known["sentences"] == parts(found, UNKNOWN, NEGATIVE)["sentences"]


def test_groups_do_not_compete_with_each_other() -> None:
    other = replace(NEGATIVE, group=2)
    alone = replace(NEGATIVE, group=-1)
    found = output(2, seed=6)
    louder = raised(found, "passages", 1, 0, 5.0)
    assert parts(louder, GOLD, other)["first"] == parts(found, GOLD, other)["first"]
    assert parts(louder, GOLD, alone)["first"] == parts(found, GOLD, alone)["first"]
    assert parts(louder, GOLD, NEGATIVE)["first"] > parts(found, GOLD, NEGATIVE)["first"]
    assert parts(found, replace(GOLD, group=-1), alone)["first"] == 0.0


def test_a_group_without_an_answer_has_nothing_to_put_first() -> None:
    assert parts(output(2, seed=7), NEGATIVE, NEGATIVE)["first"] == 0.0


def test_the_order_of_a_group_is_no_matter() -> None:
    found = output(2, seed=8)
    turned = NetworkOutput(**{name: getattr(found, name).flip(0) for name in fields_of(found)})
    assert parts(turned, NEGATIVE, GOLD) == pytest.approx(parts(found, GOLD, NEGATIVE))


@pytest.mark.parametrize("examples", [(GOLD, NEGATIVE), (CLAIM, UNKNOWN), (UNKNOWN, UNKNOWN)])
def test_gradients_are_finite_though_masked_logits_are_as_good_as_minus_infinity(
    examples: tuple[Example, ...],
) -> None:
    leaves = output(2, seed=9)
    starts = torch.zeros(2, 10, requires_grad=True)
    found = replace(leaves, starts=starts.masked_fill(leaves.starts == LEAST, LEAST))
    total, _ = loss(found, examples, [TOKENS, TOKENS])
    total.backward()
    for leaf in (leaves.passages, leaves.sentences, starts):
        assert leaf.grad is not None
        assert torch.isfinite(leaf.grad).all()
    assert (starts.grad[:, 1:3] == 0).all()


def test_an_answer_that_was_cut_off_is_no_target() -> None:
    beyond = replace(GOLD, answer=Span(20, 25), sentence=3)
    assert answer_tokens(beyond, TOKENS) is None
    assert parts(output(1), beyond)["spans"] == 0.0
    assert parts(output(1), beyond)["sentences"] == pytest.approx(SENTENCES * math.log(2))


@pytest.mark.parametrize(
    ("example", "places"),
    [
        (GOLD, (6, 7)),
        (replace(GOLD, answer=Span(0, 1)), (3, 3)),
        (replace(GOLD, answer=Span(3, 9)), (5, 7)),
        (NEGATIVE, (0, 0)),
        (CLAIM, None),
        (replace(GOLD, answer=None), None),
    ],
)
def test_answers_are_found_among_the_tokens(
    example: Example, places: tuple[int, int] | None
) -> None:
    assert answer_tokens(example, TOKENS) == places
