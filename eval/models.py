"""The values of an evaluation: what is asked, what came out, and the figures made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from eval.opinions import Judged

DRAFT = "draft"  # the `status` of a row that nobody has looked at
Condition = Literal["as asked", "evidence removed"]
EvaluationStage = Literal[
    "building the library", "asking", "asking with the evidence removed", "judging"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusRow:
    """One document of a corpus that comes as rows rather than files."""

    id: str
    title: str
    text: str
    source: str = ""
    published_at: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question with what is known about it.

    `answers` are alternatives, any of which is right, unless `all_answers` asks for every one.
    `relevant` names documents of the corpus, `evidence` quotes their sentences. `answers` and
    `evidence` are empty where nothing may be scored with them. `answerable` is `None` for a
    question whose answers were labels: it says nothing about answering or refusing. `differs` says
    whether the documents contradict each other on it; `None` where nobody looked.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    relevant: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    type: str = ""
    answerable: bool | None = True
    all_answers: bool = False
    differs: bool | None = None
    asked_on: date | None = None

    @property
    def gold_texts(self) -> tuple[str, ...]:
        """What an answer's words are compared with: if all answers are asked for, their sum."""
        return (" ".join(self.answers),) if self.all_answers else self.answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Questions and the documents they are asked of.

    `corpus` is rows, a folder of documents, or `None` when the questions go to a library that
    exists already. `notes` are sentences about what was left out and why; reports repeat them.
    `fingerprint` and `corpus_fingerprint` are SHA-256 digests of the bytes read.
    """

    name: str
    description: str = ""
    corpus: tuple[CorpusRow, ...] | Path | None = None
    queries: tuple[Query, ...] = ()
    notes: tuple[str, ...] = ()
    fingerprint: str = ""
    corpus_fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationOutcome:
    """One citation as it was given; `document` is the corpus's own name for the document.

    `exact` tells whether the document exists and holds the quote at exactly these offsets.
    """

    document: str
    start: int
    end: int
    quote: str
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOutcome:
    """One claim of an answer."""

    text: str
    verdict: str
    citations: tuple[CitationOutcome, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one question: deterministic, so times are kept elsewhere.

    `ranked` holds the corpus's names of the distinct documents found, best first; `None` where
    retrieval was not measured. `asked` is false when only retrieval was measured. `error` is the
    sentence of a failure; everything the failure prevented is empty and scores zero. `probability`
    is the assistant's own, that its evidence answers. `similarity` is that of the text and the gold
    answers. `disagreements` counts the points on which sources were shown to differ, the tokens
    are those a language model read and wrote. `withheld` counts the passages it could not see.
    """

    query: Query
    condition: Condition = "as asked"
    ranked: tuple[str, ...] | None = None
    asked: bool = True
    abstained: bool = False
    abstained_because: str | None = None
    probability: float | None = None
    text: str = ""
    claims: tuple[ClaimOutcome, ...] = ()
    markers: int = 0
    unresolved_markers: int = 0
    invented_markers: int = 0
    similarity: float | None = None
    disagreements: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    notices: tuple[str, ...] = ()
    withheld: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """An outcome with what differs from run to run: wall-clock milliseconds, by operation.

    `models` are those that the answer names, by role.
    """

    outcome: Outcome
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)


class Interval(NamedTuple):
    """The ends of a confidence interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A mean over `n` questions with its 95 % bootstrap interval; `None` where n is 0."""

    value: float | None
    interval: Interval | None
    n: int


Figures = Mapping[str, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Every figure: over all questions and by question type. Counts are totals over answers."""

    overall: Figures
    by_type: Mapping[str, Figures]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Wall-clock milliseconds of one operation over `n` calls, models loaded beforehand."""

    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a run can be repeated from.

    `library_fingerprint` is the SHA-256 of the sorted document ids, `code` a digest of the source
    that ran, `machine` what its numbers depend on, `parallel` the number of questions asked at
    once. `baseline` names the plain alternative that answered in place of the assistant.
    """

    dataset: str
    dataset_fingerprint: str
    corpus_fingerprint: str
    library_fingerprint: str
    documents: int
    settings: Mapping[str, object]
    settings_fingerprint: str
    models: Mapping[str, str]
    version: str
    code: str
    python: str
    machine: str
    seed: int
    resamples: int
    limit: int | None
    retrieval_only: bool = False
    evidence_removed: bool = False
    baseline: str | None = None
    parallel: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of an evaluation; `judged` is what a language model thinks of it, if asked."""

    manifest: Manifest
    scores: Scores
    latency: Mapping[str, Latency]
    outcomes: tuple[Outcome, ...] = field(repr=False)
    folder: Path | None = None
    judged: Judged | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationProgress:
    """Where a run stands; `done` only grows within a stage.

    A stage that goes on from an earlier run begins with what that run has done. `notice` is a
    sentence for whoever waits.
    """

    stage: EvaluationStage
    done: int
    total: int
    notice: str | None = None


EvaluationListener = Callable[[EvaluationProgress], None]
