"""A draft becomes checked claims: markers resolved, quotes located, support checked, rest refused.

The same check applies to whoever wrote. Nothing a writer says about its sources is believed: a
marker counts only if the evidence it names supports the statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.models import Document
from rag.attribution.claims import attributed
from rag.judge import hold, judge
from rag.markers import read_statements
from rag.models import Citation, Claim, Draft, Evidence, Rejection, Statement
from rag.quotes import covers, locate, quoted_parts
from rag.reader import Reader
from rag.support import coverage, objection, why_unsupported

# Evidence that a statement does not name is tried only up to this many pieces in all: each may have
# to be read by the model, which takes about 15 ms.
MOST_TRIED = 3
_ADDRESS = re.compile(r"(?:https?:|www\.|javascript:|data:)[^\s)>\]]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The claims that stand, what was refused and why, and how many markers named nothing."""

    claims: tuple[Claim, ...]
    rejected: tuple[Rejection, ...]
    invented_markers: int


def check(
    draft: Draft,
    documents: Mapping[str, Document],
    *,
    keep_unsupported: bool = False,
    reader: Reader | None = None,
) -> Checked:
    """Check every statement of a draft against the evidence it was written from.

    `documents` holds the document of every piece of evidence by id. Unsupported statements are
    left out, or kept with the verdict `unsupported` and no citations if `keep_unsupported`. A
    `reader` that judges claims may refuse what the rules let through; it reads what is to be
    judged of the whole draft at once, and never a statement that is a quotation.
    """
    statements = draft.statements or read_statements(draft.text)
    valid = [
        tuple(n for n in statement.markers if 1 <= n <= len(draft.evidence))
        for statement in statements
    ]
    opened = [
        _open(statement, markers, draft.evidence, documents)
        for statement, markers in zip(statements, valid, strict=True)
    ]
    claims: list[Claim] = []
    rejected: list[Rejection] = []
    for statement, outcome in zip(statements, _settled(opened, documents, reader), strict=True):
        if isinstance(outcome, Claim):
            if all(claim.text != outcome.text for claim in claims):
                answer = statement.answer if outcome.verdict == "quoted" else None
                claims.append(replace(attributed(outcome), answer=answer))
            continue
        rejected.append(Rejection(text=statement.text, reason=outcome))
        if keep_unsupported:
            claims.append(Claim(text=statement.text, citations=(), verdict="unsupported"))
    return Checked(
        claims=tuple(claims),
        rejected=tuple(rejected),
        invented_markers=sum(len(statement.markers) for statement in statements)
        - sum(map(len, valid)),
    )


def citation(document: Document, start: int, end: int) -> Citation:
    """The citation of `document.text[start:end]`."""
    return Citation(
        document_id=document.id,
        title=document.title,
        outlet=document.outlet,
        source=document.sources[0] if document.sources else "",
        published_at=document.published_at,
        page=document.page_at(start),
        start=start,
        end=end,
        quote=document.text[start:end],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A statement that is no quotation: what it names and what else may carry it, best first.

    No rule objects to either; `reason` is why the rules refused evidence that it names.
    """

    text: str
    named: tuple[Evidence, ...]
    others: tuple[Evidence, ...]
    reason: str

    @property
    def tried(self) -> tuple[Evidence, ...]:
        return (*self.named, *self.others)


def _open(
    statement: Statement,
    markers: tuple[int, ...],
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
) -> Claim | _Open:
    """The claim that a quotation is, or what a statement has to be held against."""
    text = statement.text
    named = [evidence[number - 1] for number in markers]
    others = [entry for number, entry in enumerate(evidence, 1) if number not in markers]
    quoted = _verbatim(text, [*named, *others], documents, prefer=len(named))
    if quoted:
        return Claim(text=text, citations=quoted, verdict="quoted")
    objections = [_certain_objection(text, entry, documents) for entry in named]
    kept = [entry for entry, found in zip(named, objections, strict=True) if found is None]
    more = [entry for entry in others if _certain_objection(text, entry, documents) is None]
    more.sort(key=lambda entry: -coverage(text, entry.text))
    return _Open(
        text=text,
        named=tuple(kept),
        others=tuple(more[: max(0, MOST_TRIED - len(kept))]),
        reason=next(
            filter(None, reversed(objections)), "no evidence was cited and none supports it"
        ),
    )


def _settled(
    opened: Sequence[Claim | _Open], documents: Mapping[str, Document], reader: Reader | None
) -> list[Claim | str]:
    """For each statement the claim it becomes, or the reason for refusing it."""
    held = [
        hold(entry.text, evidence, documents[evidence.hit.passage.document_id])
        for entry in opened
        if isinstance(entry, _Open)
        for evidence in entry.tried
    ]
    verdicts = iter(judge(held, reader=reader))
    return [
        entry
        if isinstance(entry, Claim)
        else _outcome(entry, [next(verdicts) for _ in entry.tried], documents)
        for entry in opened
    ]


def _outcome(
    entry: _Open, verdicts: Sequence[str | None], documents: Mapping[str, Document]
) -> Claim | str:
    """What it names supports a statement before all else; `verdicts` are those on `tried`."""
    carried = [verdict is None for verdict in verdicts]
    kept = [evidence for evidence, carries in zip(entry.named, carried, strict=False) if carries]
    if not kept:
        rest = zip(entry.others, carried[len(entry.named) :], strict=True)
        kept = [evidence for evidence, carries in rest if carries][:1]
    if kept:
        citations = tuple(
            citation(documents[found.hit.passage.document_id], found.start, found.end)
            for found in kept
        )
        return Claim(text=entry.text, citations=citations, verdict="supported")
    said = [verdict for verdict in verdicts[: len(entry.named)] if verdict]
    return said[-1] if said else entry.reason


def _verbatim(
    text: str, entries: Sequence[Evidence], documents: Mapping[str, Document], *, prefer: int
) -> tuple[Citation, ...]:
    """Citations of a statement that is itself a sentence of its evidence, word for word.

    The first `prefer` entries are those the writer named; they count even where they say the
    same in slightly different words, as merged points do, once the statement is found in one.
    """
    found: list[Citation] = []
    exact = False
    for number, entry in enumerate(entries):
        document = documents[entry.hit.passage.document_id]
        span = locate(text, document.text, within=(entry.start, entry.end))
        # A part of a sentence can say the opposite of the whole; it is checked like any statement.
        if span is not None and covers(span, document.text, within=(entry.start, entry.end)):
            exact = True
            found.append(citation(document, *span))
        elif number < prefer and _objection(text, entry, documents) is None:
            found.append(citation(document, entry.start, entry.end))
    return tuple(dict.fromkeys(found)) if exact else ()


def _objection(text: str, entry: Evidence, documents: Mapping[str, Document]) -> str | None:
    """Why this evidence does not carry the statement by the rules; `None` if it does."""
    title = documents[entry.hit.passage.document_id].title
    literal = _certain_objection(text, entry, documents)
    return literal or why_unsupported(text, entry.text, context=title)


def _certain_objection(text: str, entry: Evidence, documents: Mapping[str, Document]) -> str | None:
    """What certainly speaks against the statement: an address, a quotation, what rules see."""
    document = documents[entry.hit.passage.document_id]
    for address in _ADDRESS.findall(text):
        if address not in entry.text:
            return f"the address {address} is not in the sentence cited"
    for quote in quoted_parts(text):
        if locate(quote, document.text, within=(entry.start, entry.end)) is None:
            return f"the quotation “{quote}” is not in the sentence cited"
    return objection(text, entry.text, context=document.title)
