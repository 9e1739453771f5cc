"""Two runs on the same questions: what became better or worse, by how much, and how surely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from eval.metrics.comparisons import holm, mcnemar, wilcoxon
from eval.metrics.statistics import RESAMPLES, figure
from eval.models import Figure
from eval.score import MEANINGS, NO_TYPE
from eval.slices import length
from eval.stored import StoredOutcome, StoredRun
from index.errors import UsageError

LOWER_IS_BETTER = frozenset({"disagreement_invented", "wrong_refusals", "errors"})
# Slices smaller than this can show nothing: eight questions must all go one way to be significant.
LEAST_SLICE = 8

Pair = tuple[StoredOutcome, StoredOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure in both runs over the questions that have a value in both.

    `change` is the mean of after minus before, question by question, with its 95 % bootstrap
    interval; `differing` questions have other values in the two. `p` is McNemar's where all values
    are 0 or 1, else Wilcoxon's (`test` says which), and `corrected` the same after Holm, over all
    figures that stand beside one another.
    """

    figure: str
    before: float
    after: float
    change: Figure
    differing: int
    test: str
    p: float
    corrected: float

    @property
    def is_better(self) -> bool | None:
        """Whether after is better than before; `None` without a difference."""
        difference = self.after - self.before
        if abs(difference) < 1e-12:
            return None
        return (difference > 0) != (self.figure in LOWER_IS_BETTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two runs have in common, and where they differ.

    `slices` are figures by type and by length of the question, `changed` the questions that were
    not answered alike, those that a figure tells to be worse first. `notes` say in what else the
    runs differ.
    """

    before: StoredRun
    after: StoredRun
    questions: int
    overall: tuple[Change, ...]
    slices: Mapping[str, tuple[Change, ...]]
    changed: tuple[Pair, ...]
    notes: tuple[str, ...]


def compare(
    before: StoredRun, after: StoredRun, *, seed: int = 0, resamples: int = RESAMPLES
) -> Comparison:
    """Compares two runs question by question. Raises `UsageError` if they have none in common."""
    common = [
        (one, after.outcomes[key])
        for key, one in before.outcomes.items()
        if key in after.outcomes and after.outcomes[key].question == one.question
    ]
    if not common:
        raise UsageError(
            f"The runs in {before.folder} and {after.folder} have no question in common: compare "
            "two runs over the same set."
        )

    def changes(pairs: Sequence[Pair]) -> list[Change]:
        found = [_change(name, pairs, seed=seed, resamples=resamples) for name in MEANINGS]
        return [one for one in found if one is not None]

    overall = _corrected(changes(common))
    parts = {name: changes(pairs) for name, pairs in _slices(common).items()}
    corrected = iter(_corrected([one for some in parts.values() for one in some]))
    return Comparison(
        before=before,
        after=after,
        questions=sum(one.condition == "as asked" for one, _ in common),
        overall=tuple(overall),
        slices={name: tuple(next(corrected) for _ in some) for name, some in parts.items()},
        changed=tuple(sorted((pair for pair in common if _differs(*pair)), key=_gain)),
        notes=tuple(_notes(before, after, len(common))),
    )


def _change(name: str, pairs: Iterable[Pair], *, seed: int, resamples: int) -> Change | None:
    values = [
        (one.figures[name], other.figures[name])
        for one, other in pairs
        if name in one.figures and name in other.figures
    ]
    if not values:
        return None
    before, after = ([pair[side] for pair in values] for side in (0, 1))
    binary = {*before, *after} <= {0.0, 1.0}
    test: Callable[[Sequence[float], Sequence[float]], float] = mcnemar if binary else wilcoxon
    p = test(before, after)
    return Change(
        figure=name,
        before=sum(before) / len(before),
        after=sum(after) / len(after),
        change=figure([new - old for old, new in values], seed=seed, resamples=resamples),
        differing=sum(old != new for old, new in values),
        test="McNemar" if binary else "Wilcoxon",
        p=p,
        corrected=p,
    )


def _corrected(changes: Sequence[Change]) -> list[Change]:
    """Figures that no question moved are left out of the correction.

    They could not have been significant, so that none of them can be an error (Tarone 1990).
    """
    values = iter(holm([one.p for one in changes if one.differing]))
    return [replace(one, corrected=next(values)) if one.differing else one for one in changes]


def _slices(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(f"type: {pair[0].type or NO_TYPE}", []).append(pair)
        found.setdefault(f"length: {length(pair[0].question)}", []).append(pair)
    types = sum(name.startswith("type: ") for name in found)
    return {
        name: found[name]
        for name in sorted(found)
        if len(found[name]) >= LEAST_SLICE and (types > 1 or not name.startswith("type: "))
    }


def _differs(one: StoredOutcome, other: StoredOutcome) -> bool:
    return (one.text, one.abstained, one.error) != (other.text, other.abstained, other.error)


def _gain(pair: Pair) -> tuple[float, str, str]:
    """What a question gained, by the sum of its figures; then its id."""
    one, other = pair
    gained = sum(
        (other.figures[name] - value) * (-1 if name in LOWER_IS_BETTER else 1)
        for name, value in one.figures.items()
        if name in other.figures and "@" not in name
    )
    return gained, one.id, one.condition


def _notes(before: StoredRun, after: StoredRun, common: int) -> Iterable[str]:
    for what, field in (
        ("sets of questions", "dataset_fingerprint"),
        ("documents", "library_fingerprint"),
        ("settings", "settings_fingerprint"),
        ("sources of Pincite", "code"),
        ("models", "models"),
        ("ways of answering", "baseline"),
        ("kinds of machine", "machine"),
    ):
        if before.manifest.get(field) != after.manifest.get(field):
            yield f"The runs have different {what}."
    for run in (before, after):
        if (left := len(run.outcomes) - common) > 0:
            yield f"{left:,} outcomes of {run.folder} have no counterpart and are left out."
