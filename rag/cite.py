"""A draft becomes checked claims: markers resolved, quotes located, support checked, rest refused.

The same check applies to whoever wrote. Nothing a writer says about its sources is believed: a
marker counts only if the evidence it names supports the statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.models import Document
from rag.markers import read_statements
from rag.models import Citation, Claim, Draft, Evidence, Rejection, Statement
from rag.quotes import covers, locate, quoted_parts
from rag.support import why_unsupported

_ADDRESS = re.compile(r"(?:https?:|www\.|javascript:|data:)[^\s)>\]]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The claims that stand, what was refused and why, and how many markers named nothing."""

    claims: tuple[Claim, ...]
    rejected: tuple[Rejection, ...]
    invented_markers: int


def check(
    draft: Draft, documents: Mapping[str, Document], *, keep_unsupported: bool = False
) -> Checked:
    """Check every statement of a draft against the evidence it was written from.

    `documents` holds the document of every piece of evidence by id. Unsupported statements are
    left out, or kept with the verdict `unsupported` and no citations if `keep_unsupported`.
    """
    statements = draft.statements or read_statements(draft.text)
    claims: list[Claim] = []
    rejected: list[Rejection] = []
    invented = 0
    for statement in statements:
        valid = tuple(n for n in statement.markers if 1 <= n <= len(draft.evidence))
        invented += len(statement.markers) - len(valid)
        outcome = _judge(statement, valid, draft.evidence, documents)
        if isinstance(outcome, Claim):
            if all(claim.text != outcome.text for claim in claims):
                claims.append(outcome)
            continue
        rejected.append(Rejection(text=statement.text, reason=outcome))
        if keep_unsupported:
            claims.append(Claim(text=statement.text, citations=(), verdict="unsupported"))
    return Checked(claims=tuple(claims), rejected=tuple(rejected), invented_markers=invented)


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


def _judge(
    statement: Statement,
    markers: tuple[int, ...],
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
) -> Claim | str:
    """The claim a statement becomes, or the reason for refusing it."""
    named = [evidence[number - 1] for number in markers]
    others = [entry for number, entry in enumerate(evidence, 1) if number not in markers]
    quoted = _verbatim(statement.text, [*named, *others], documents, prefer=len(named))
    if quoted:
        return Claim(text=statement.text, citations=quoted, verdict="quoted")
    reason = "no evidence was cited and none supports it"
    for number, candidates in enumerate((named, others)):
        supporting: list[Citation] = []
        for entry in candidates:
            objection = _objection(statement.text, entry, documents)
            if objection is None:
                document = documents[entry.hit.passage.document_id]
                supporting.append(citation(document, entry.start, entry.end))
            elif number == 0:
                reason = objection
        if supporting:
            kept = supporting if number == 0 else supporting[:1]
            return Claim(text=statement.text, citations=tuple(kept), verdict="supported")
    return reason


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
    """Why this evidence does not carry the statement; `None` if it does."""
    document = documents[entry.hit.passage.document_id]
    for address in _ADDRESS.findall(text):
        if address not in entry.text:
            return f"the address {address} is not in the sentence cited"
    for quote in quoted_parts(text):
        if locate(quote, document.text, within=(entry.start, entry.end)) is None:
            return f"the quotation “{quote}” is not in the sentence cited"
    return why_unsupported(text, entry.text, context=document.title)
