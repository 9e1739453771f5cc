"""Answers made by hand, whose every field is used and whose documents are hostile."""

from __future__ import annotations

from datetime import date

from index.models import Filters
from rag.models import Answer, Citation, Claim, Disagreement, Question, Rejection, Trace
from rag.periods import Period

SUBMARINES = Citation(
    document_id="0123456789abcdef0123456789abcdef",
    title="What Pyongyang wants",
    outlet="Harbour Ledger",
    source="articles/what-pyongyang-wants.pdf",
    published_at=date(2024, 11, 3),
    page=2,
    start=120,
    end=171,
    quote="Pyongyang is\n  asking for submarine technology.",
)
UNDATED = Citation(
    document_id="fedcba9876543210fedcba9876543210",
    title="Food, *not* rockets <b>[draft]</b>",
    outlet=None,
    source="articles/food_not_rockets.txt",
    published_at=None,
    page=None,
    start=0,
    end=64,
    quote="<script>alert('1')</script> Only \x1b[31mfood\x1b[0m & oil, he said.",
)
ANSWERED = Answer(
    question=Question(
        text="What does *Pyongyang* want?",
        standalone="What does Pyongyang want?",
        parts=("What does Pyongyang want?",),
        filters=Filters(outlets=("Harbour Ledger",), published_from=date(2024, 1, 1)),
        asked_on=date(2024, 12, 1),
        period=Period(first=date(2024, 11, 24), last=date(2024, 12, 1)),
    ),
    claims=(
        Claim(
            text="It wants submarine technology.",
            citations=(SUBMARINES,),
            verdict="supported",
            speaker="a senior official",
            event_date=date(2024, 10, 8),
        ),
        Claim(
            text="1. Only food & oil ![x](http://127.0.0.1/x).",
            citations=(UNDATED, SUBMARINES),
            verdict="quoted",
            answer="food & *oil* <b>",
        ),
        Claim(text="It wants the moon.", citations=(), verdict="unsupported"),
    ),
    sources=(SUBMARINES, UNDATED),
    disagreements=(
        Disagreement(point="food or technology", sides=(SUBMARINES, UNDATED)),
        Disagreement(
            point="tonnes: 40, then 90",
            sides=(UNDATED, SUBMARINES),
            superseded=(UNDATED,),
            since=date(2024, 11, 3),
        ),
    ),
    unanswered=("What was paid?",),
    notices=("The endpoint did not answer in 60 seconds.",),
    trace=Trace(
        milliseconds={"search": 12.5, "check": 0.1 + 0.2},
        models={"embedding": "all-MiniLM-L6-v2"},
        settings_fingerprint="00ff",
        library_fingerprint="ff00",
        prompt_tokens=10,
        completion_tokens=3,
        searched=("pyongyang", "want"),
        answerable=0.91,
        invented_markers=1,
        rejected=(Rejection(text="It wants Mars.", reason="no source says so"),),
    ),
)
REFUSED = Answer(
    question=Question(text="GDP of Japan?", standalone="GDP of Japan?", parts=("GDP of Japan?",)),
    abstained_because="The documents say nothing about this.",
    nearest=(UNDATED,),
)
