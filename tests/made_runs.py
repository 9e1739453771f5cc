"""Runs made by hand: an outcome of each kind, and texts that try to act."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from eval.models import (
    CitationOutcome,
    ClaimOutcome,
    Latency,
    Manifest,
    Outcome,
    Query,
    Report,
)
from eval.score import score

WRITTEN = datetime(2024, 2, 28, 12, 30, tzinfo=UTC)
HOSTILE = (
    "</details></section></main><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\" onclick='alert(3)' <!-- \u202egnikcab \u2066apart \x1b[31mred\x00 &lt;b&gt; ]]> </style>"
)


def outcome(name: str = "q", **changes: Any) -> Outcome:
    """An answerable question about a crane, rightly answered by a quote of its evidence."""
    quote = "Tessel Bay has bought a crane that lifts ninety tonnes."
    query = Query(
        id=name,
        question="How much does the crane lift?",
        answers=("ninety tonnes",),
        relevant=("crane.txt", "quay.txt"),
        evidence=("has bought a crane that lifts ninety tonnes",),
        type="number",
    )
    cited = CitationOutcome(document="crane.txt", start=0, end=len(quote), quote=quote, exact=True)
    claim = ClaimOutcome(text=quote, verdict="quoted", citations=(cited,))
    made = Outcome(
        query=query,
        ranked=("ferry.txt", "crane.txt"),
        probability=0.8,
        text=quote,
        claims=(claim,),
        markers=1,
    )
    return replace(made, **changes)


UNANSWERABLE = Query(id="u", question="Who won the cup?", type="none", answerable=False)
NOTHING: dict[str, Any] = {"text": "", "claims": (), "markers": 0}
RIGHT = outcome("right")
WRONG = outcome("wrong", text="It lifts boats.", probability=0.9)
REFUSED = outcome(
    "refused", abstained=True, abstained_because="Not found.", probability=0.99, **NOTHING
)
RIGHTLY = Outcome(query=UNANSWERABLE, ranked=(), abstained=True, probability=0.1)
NEEDLESS = outcome("needless", query=UNANSWERABLE, probability=0.3)
FAILED = outcome("failed", error="Timeout: no answer", probability=None, **NOTHING)
SEARCHED = outcome("searched", asked=False, probability=None, **NOTHING)
REMOVED = outcome("removed", condition="evidence removed", ranked=None, withheld=3)
ALL = (RIGHT, WRONG, REFUSED, RIGHTLY, NEEDLESS, FAILED, SEARCHED, REMOVED)


def report(*outcomes: Outcome, **changes: Any) -> Report:
    manifest = Manifest(
        dataset="cranes",
        dataset_fingerprint="d" * 64,
        corpus_fingerprint="c" * 64,
        library_fingerprint="1" * 64,
        documents=3,
        settings={"passages": 8},
        settings_fingerprint="s" * 16,
        models={"writer": "quotes"},
        version="1.2.3",
        code="0" * 16,
        python="3.12",
        machine="Linux x86_64, AVX2, 2 cores, torch 2.13.0",
        seed=0,
        resamples=100,
        limit=None,
    )
    return Report(
        manifest=replace(manifest, **changes),
        scores=score(outcomes, resamples=100),
        latency={"ask": Latency(p50=120.0, p95=340.0, n=2)},
        outcomes=outcomes,
    )


def hostile_report() -> Report:
    cited = CitationOutcome(document=HOSTILE, start=0, end=9, quote=HOSTILE, exact=False)
    claims = (
        ClaimOutcome(text=HOSTILE, verdict="quoted", citations=(cited,)),
        ClaimOutcome(text=f"Said: {HOSTILE}", verdict="supported", citations=(cited, cited)),
    )
    query = Query(
        id=HOSTILE,
        question=HOSTILE,
        answers=(HOSTILE, "alert"),
        relevant=(HOSTILE, f"{HOSTILE}2"),
        evidence=(HOSTILE,),
        type=HOSTILE,
    )
    answered = Outcome(
        query=query,
        ranked=(HOSTILE,),
        text=HOSTILE,
        claims=claims,
        notices=(HOSTILE,),
        probability=0.5,
    )
    refused = replace(answered, abstained=True, abstained_because=HOSTILE, claims=())
    failed = replace(answered, error=HOSTILE, claims=())
    changes = {
        "dataset": HOSTILE,
        "settings": {HOSTILE: HOSTILE},
        "models": {HOSTILE: HOSTILE},
        "version": HOSTILE,
        "notes": (HOSTILE,),
    }
    made = report(answered, refused, failed, RIGHT, **changes)
    return replace(made, latency={HOSTILE: Latency(p50=1.0, p95=2.0, n=1)})
