"""What a language model thinks of answers, counted, beside what words and people say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.labels import Label
from eval.metrics.agreement import Agreement, agreement
from eval.metrics.statistics import figure
from eval.models import Figure, Outcome, Report
from eval.score import measure

Reply = Literal["yes", "no", "cannot tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Whether a model holds an answer for right; `key` stands for the model and all it was asked.

    `understood` is false where its reply was none of those that it was to give.
    """

    key: str
    reply: Reply
    understood: bool
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The opinions of `model` on the answers of a run, by id of the question.

    `right` is over answerable questions with known answers, where a refusal, a failed question and
    “cannot tell” are not right; `right_if_answered` is over the opinions alone. `failed` counts the
    answers without an opinion, the model having failed: they are in no figure. `with_words` is the
    agreement with `contained`, `with_people` that with human labels, if there are any;
    `labels_left_out` counts those that are about no answer of this run with an opinion. `paid` is
    what all opinions cost, if that is known, and `is_own` whether the model wrote the answers too.
    """

    model: str
    opinions: Mapping[str, Opinion]
    failed: int
    right: Figure
    right_if_answered: Figure
    with_words: Agreement
    with_people: Agreement | None
    labels_left_out: int
    paid: str | None
    is_own: bool

    def count(self, reply: Reply) -> int:
        """How many opinions are this one."""
        return sum(one.reply == reply for one in self.opinions.values())

    @property
    def not_understood(self) -> int:
        """How many replies could not be read and count as “cannot tell”."""
        return sum(not one.understood for one in self.opinions.values())


def is_known(outcome: Outcome) -> bool:
    """Whether it was asked an answerable question, as it stands, whose answer is known."""
    query = outcome.query
    as_asked = outcome.asked and outcome.condition == "as asked"
    return as_asked and bool(query.answerable) and bool(query.answers)


def to_judge(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those with an answer that can be held against a known one."""
    return [
        one
        for one in outcomes
        if is_known(one) and one.text and not one.abstained and not one.error
    ]


def summarise(
    report: Report,
    opinions: Mapping[str, Opinion],
    *,
    model: str,
    labels: Mapping[str, Label] | None = None,
    paid: str | None = None,
    is_own: bool = False,
) -> Judged:
    """The figures of a run by a model's opinions, with the seed of the run."""
    seed, resamples = report.manifest.seed, report.manifest.resamples
    answers = to_judge(report.outcomes)
    judged = [one for one in answers if one.query.id in opinions]
    says_right = {name: one.reply == "yes" for name, one in opinions.items()}
    none_given = len([one for one in report.outcomes if is_known(one)]) - len(answers)
    given = [float(says_right[one.query.id]) for one in judged]

    def agreeing(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
        return agreement(pairs, seed=seed, resamples=resamples)

    labelled = [
        one
        for one in judged
        if labels and one.query.id in labels and labels[one.query.id].is_about(one.text)
    ]
    return Judged(
        model=model,
        opinions=opinions,
        failed=len(answers) - len(judged),
        right=figure([*given, *[0.0] * none_given], seed=seed, resamples=resamples),
        right_if_answered=figure(given, seed=seed, resamples=resamples),
        with_words=agreeing(
            [(says_right[one.query.id], bool(measure(one)["contained"])) for one in judged]
        ),
        with_people=agreeing(
            [(says_right[one.query.id], labels[one.query.id].right) for one in labelled]
        )
        if labels
        else None,
        labels_left_out=len(labels or ()) - len(labelled),
        paid=paid,
        is_own=is_own,
    )
