"""Groups become examples for the evidence model, drawn anew for each epoch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from index.models import Span
from rag.pairs import Pair
from training.data import Group, Item, answering_sentence, sentence_spans
from training.perturb import claim_about, swapped

TITLED = 0.7  # share of examples that show the title, where there is one
REMOVED = 0.6  # share of groups with their passage less its answer sentence
SWAPPED = 0.6  # share of groups with a question that the passage does not answer
CLAIMED = 0.35  # share of groups with a claim to be supported or not
BEREFT = 0.25  # share of true claims that are held against the passage less their sentence
# What is known of passages that do not answer; of other kinds nobody knows.
_RELEVANT = {"removed": True, "bm25": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A pair with what is known of it; None where nothing is.

    Examples of one `group` compete, at most one of them answers; -1 stands alone. `answer` is the
    answer's place in the passage. `sentence` is the number of the sentence that answers, -1 for
    certainly none.
    """

    pair: Pair
    group: int
    answers: bool | None = None
    relevant: bool | None = None
    supports: bool | None = None
    sentence: int | None = None
    answer: Span | None = None

    @property
    def judgements(self) -> tuple[bool | None, bool | None, bool | None]:
        """In the order of `rag.network.JUDGEMENTS`."""
        return (self.answers, self.relevant, self.supports)


def draw(group: Group, others: Sequence[Group], rng: random.Random) -> list[Example]:
    """One epoch's examples of a group: its answer among passages that nearly answer.

    Names for changed questions and claims are also taken from one of the `others`.
    """
    gold, removed = group.first("gold"), group.first("removed")
    found = [] if gold is None else [_positive(group, gold, rng)]
    if removed is not None and rng.random() < REMOVED:
        found.append(_negative(group, removed, rng))
    distant = [item for item in group.items if item.kind in {"bm25", "samedoc"}]
    distant += group.neighbours
    if distant:
        found.append(_negative(group, rng.choice(distant), rng))
    if gold is None:
        return found + [
            _negative(group, item, rng) for item in group.items if item.kind in {"unans", "swap"}
        ]
    other = rng.choice(others)
    if rng.random() < SWAPPED:
        question = swapped(group.question, gold.passage, elsewhere=other.question, rng=rng)
        if question:
            found.append(_negative(group, gold, rng, question=question))
    if rng.random() < CLAIMED:
        found += _claimed(group, gold, other, rng)
    return found


def _pair(question: str, item: Item, rng: random.Random) -> Pair:
    return Pair(
        question=question,
        title=item.title if rng.random() < TITLED else "",
        passage=item.passage,
        sentences=sentence_spans(item.passage),
    )


def _positive(group: Group, gold: Item, rng: random.Random) -> Example:
    return Example(
        pair=_pair(group.question, gold, rng),
        group=group.number,
        answers=True,
        relevant=True,
        sentence=answering_sentence(group, gold),
        answer=gold.answer,
    )


def _negative(group: Group, item: Item, rng: random.Random, *, question: str = "") -> Example:
    # A changed question competes too: its passage is the very one that answers the right question.
    return Example(
        pair=_pair(question or group.question, item, rng),
        group=group.number,
        answers=False,
        relevant=_RELEVANT.get(item.kind),
        sentence=-1,
    )


def _claimed(group: Group, gold: Item, other: Group, rng: random.Random) -> list[Example]:
    """At most one claim about the sentence that answers, true or false."""
    number = answering_sentence(group, gold)
    if number is None:
        return []
    span = sentence_spans(gold.passage)[number]
    claim = claim_about(
        gold.passage[span.start : span.end],
        passage=gold.passage,
        question=group.question,
        answer=gold.passage[gold.answer.start : gold.answer.end] if gold.answer else "",
        elsewhere=other.items[0].passage,
        rng=rng,
    )
    if claim is None:
        return []
    text, is_true = claim
    evidence, removed = gold, group.first("removed")
    if is_true and removed is not None and rng.random() < BEREFT:
        evidence, is_true = removed, False
    return [Example(pair=_pair(text, evidence, rng), group=-1, supports=is_true)]
