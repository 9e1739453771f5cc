"""The values between a question and its checked answer; no step changes what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from index.models import Filters, Passage, Span
from rag.periods import Period

Stage = Literal["understanding", "searching", "reading", "writing", "checking"]
SearchStage = Literal["dense", "words", "fused", "light", "reranked"]
Verdict = Literal["quoted", "supported", "unsupported"]
Rating = Literal["up", "down"]
# Of a citation made earlier: its words stand there still, or other words do, or nothing does.
CitationState = Literal["same", "changed", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as asked, and as it is searched for.

    `standalone` is the question made independent of the conversation; `parts` are the questions
    a compound question consists of (one part: the question itself). `asked_on` is the day it is
    asked as of, if that was said; `period` is the time it speaks of, if any.
    """

    text: str
    standalone: str
    parts: tuple[str, ...]
    filters: Filters = field(default_factory=Filters)
    asked_on: date | None = None
    period: Period | None = None

    @property
    def asks_from(self) -> date | None:
        """The first day of the time it asks about; `None` where it was not said when it is asked.

        A question that names no time asks about the day it is asked.
        """
        if self.asked_on is None:
            return None
        return self.period.first if self.period else self.asked_on

    @property
    def is_follow_up(self) -> bool:
        """Whether it needed the conversation, so that `standalone` is not what was typed."""
        return self.standalone != " ".join(self.text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage as a search stage ranked it, `rank` from 1. Scores compare only within a stage."""

    passage: Passage
    score: float
    rank: int
    stage: SearchStage


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sentence, or a few in a row, that may answer; offsets are into the document's text.

    `score` is the probability, between 0 and 1, that this sentence answers the question. `answer`
    is the place of the answer itself, where that is certain.
    """

    hit: Hit
    start: int
    end: int
    text: str
    score: float
    answer: Span | None = None

    @property
    def answer_text(self) -> str:
        """The words of the answer itself; empty where its place is not certain."""
        if self.answer is None:
            return ""
        return self.text[self.answer.start - self.start : self.answer.end - self.start]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a draft; `markers` are the evidence numbers, from 1, that it names.

    `answer` as for `Claim`.
    """

    text: str
    markers: tuple[int, ...]
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a writer wrote, unchecked; `[n]` in `text` points at `evidence[n - 1]`.

    A writer that knows its statements gives them; otherwise they are read from `text`.
    """

    text: str
    evidence: tuple[Evidence, ...]
    statements: tuple[Statement, ...] = ()
    writer: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The exact place a claim rests on: `document.text[start:end] == quote`."""

    document_id: str
    title: str
    outlet: str | None
    source: str
    published_at: date | None
    page: int | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of an answer with what it rests on.

    `answer` is the answer itself in the words of a quotation, such as the name in a sentence that
    tells who did it: only where a person, place, time or number is asked for, and where it is
    certain.
    """

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict
    answer: str | None = None
    speaker: str | None = None
    event_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A point on which sources differ, with what each side says.

    `superseded` are the sides whose figure the last side's replaces; `since` is the first day on
    which that one was published, if it is known.
    """

    point: str
    sides: tuple[Citation, ...]
    superseded: tuple[Citation, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Something a writer wrote that the check refused, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """How an answer came to be. Times are wall-clock milliseconds."""

    milliseconds: Mapping[str, float] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    settings_fingerprint: str = ""
    library_fingerprint: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    searched: tuple[str, ...] = ()
    answerable: float = 0.0
    invented_markers: int = 0
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked answer. It has claims, or says in `abstained_because` why it has none.

    `sources` lists the distinct citations of all claims in order of first use, then those of the
    `disagreements`: marker `[n]` in `text` is `sources[n - 1]`. `nearest` holds the nearest
    passages when the answer abstains.
    """

    question: Question
    claims: tuple[Claim, ...] = ()
    sources: tuple[Citation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    unanswered: tuple[str, ...] = ()
    abstained_because: str | None = None
    nearest: tuple[Citation, ...] = ()
    notices: tuple[str, ...] = ()
    trace: Trace = field(default_factory=Trace)

    @property
    def abstained(self) -> bool:
        return self.abstained_because is not None

    @property
    def text(self) -> str:
        """The answer as prose with its markers, or the reason for having none."""
        if self.abstained_because is not None:
            return self.abstained_because
        return "\n".join(
            f"{f'{claim.answer} — ' if claim.answer else ''}{claim.text} "
            f"{self.markers(claim)}".rstrip()
            for claim in self.claims
        )

    def markers(self, claim: Claim) -> str:
        """The claim's markers, such as `[1][3]`, numbered by `sources`."""
        numbers = [self.sources.index(citation) + 1 for citation in claim.citations]
        return "".join(f"[{number}]" for number in dict.fromkeys(numbers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What is known about a stored conversation: when its first and its last answer were stored.

    Times are in UTC; `count` is the number of its answers. `owner` is the visitor whose it is;
    `None` for what was stored without sign-in.
    """

    id: str
    title: str
    started_at: datetime
    changed_at: datetime
    count: int
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer as it was stored, the `number`th of its conversation, from 1. The time is in UTC.

    `unreadable` says why this version of Pincite cannot read it; then `answer` holds no more than
    that sentence and, where it is known, the question.
    """

    conversation_id: str
    number: int
    asked_at: datetime
    answer: Answer
    unreadable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What somebody thought of a stored answer, with that answer as it was then; `note` may be
    empty. The time is in UTC.
    """

    rating: Rating
    note: str
    given_at: datetime
    stored: StoredAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStarted:
    """A stage began; `message` is fit to be shown, such as `reading 8 passages`."""

    stage: Stage
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpUnderstood:
    """The question goes on from an earlier one; `question.standalone` is what is answered."""

    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    """A piece of what a language model writes, not checked yet."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChecked:
    """A claim that passed the check and will be part of the answer."""

    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReady:
    """The last event of every stream, exactly once."""

    answer: Answer


Event = StageStarted | FollowUpUnderstood | DraftText | ClaimChecked | AnswerReady
