"""An answer as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from pincite.cli.console import print_hanging
from rag.models import Answer, Citation, Claim, Disagreement, Question
from rag.render import (
    UNCHANGED,
    States,
    marker,
    printable,
    provenance,
    quotation,
    remarks,
    since,
    standing,
)


def print_answer(console: Console, answer: Answer, *, states: States = UNCHANGED) -> None:
    """Claims with their markers, then what they rest on; or the refusal and what came nearest."""
    if answer.abstained_because is not None:
        refusal = Text.assemble(("No answer. ", "bold yellow"), printable(answer.abstained_because))
        print_hanging(console, "", refusal)
    for claim in answer.claims:
        print_claim(console, claim, markers=answer.markers(claim))
    print_supplement(console, answer, states=states)


def print_understood(console: Console, question: Question) -> None:
    """What a follow-up was understood as, on one dim line; nothing for any other question."""
    if question.is_follow_up:
        text = f"Understood as: {printable(question.standalone)}"
        console.print(Text(text, style="dim"), soft_wrap=True)


def print_claim(console: Console, claim: Claim, *, markers: str) -> None:
    """One claim, its markers and what else is known about it."""
    body = Text.assemble((printable(claim.answer), "bold"), " — ") if claim.answer else Text()
    body.append(printable(claim.text))
    if markers:
        body.append(f" {markers}", style="bold cyan")
    if remarks(claim):
        style = "bold red" if claim.verdict == "unsupported" else "dim"
        body.append(f" ({remarks(claim)})", style=style)
    print_hanging(console, "• ", body)


def markers_so_far(claims: Sequence[Claim]) -> str:
    """The markers of the last of `claims`, numbered as the whole answer will number them."""
    sources = list(dict.fromkeys(citation for claim in claims for citation in claim.citations))
    numbers = dict.fromkeys(sources.index(citation) + 1 for citation in claims[-1].citations)
    return "".join(f"[{number}]" for number in numbers)


def print_supplement(console: Console, answer: Answer, *, states: States = UNCHANGED) -> None:
    """Everything that follows the claims: differences, sources, gaps and notices."""
    for disagreement in answer.disagreements:
        _print_disagreement(console, answer, disagreement, states)
    _print_citations(console, "Sources", answer, answer.sources, states)
    _print_citations(console, "Nearest passages", answer, answer.nearest, states)
    _print_lines(console, "Not found in the documents", answer.unanswered)
    _print_lines(console, "Notices", answer.notices)


def _print_disagreement(
    console: Console, answer: Answer, disagreement: Disagreement, states: States
) -> None:
    """The sides with outlet and day; title and place stand among the sources."""
    heading = f"Sources differ: {printable(disagreement.point)}"
    if not all(side in answer.sources for side in disagreement.sides):
        _print_citations(console, heading, answer, disagreement.sides, states)
        return
    console.print()
    console.print(Text(heading, style="bold"))
    for side in disagreement.sides:
        first = Text(f"{marker(answer, side)} ", style="bold cyan")
        print_hanging(console, first, quotation(side))
        said_in = Text(" · ".join(provenance(side)[:2]), style="green")
        if note := standing(disagreement, side):
            said_in.append(f" · {note}", style="bold")
        print_hanging(console, " " * first.cell_len, said_in)


def _print_citations(
    console: Console, heading: str, answer: Answer, citations: Sequence[Citation], states: States
) -> None:
    if citations:
        console.print()
        console.print(Text(heading, style="bold"))
    for citation in citations:
        first = Text(f"{marker(answer, citation)} ", style="bold cyan")
        indent = " " * first.cell_len
        print_hanging(console, first, quotation(citation))
        print_hanging(console, indent, Text(" · ".join(provenance(citation)), style="green"))
        print_hanging(console, indent, Text(printable(_nearby(citation.source)), style="dim"))
        if note := since(citation, states):
            print_hanging(console, indent, Text(note.capitalize(), style="bold yellow"))


def _print_lines(console: Console, heading: str, texts: Sequence[str]) -> None:
    if texts:
        console.print()
        console.print(Text(heading, style="bold"))
    for text in texts:
        print_hanging(console, "• ", printable(text))


def _nearby(source: str) -> str:
    """A path below the current folder as seen from there; any other source as it is."""
    try:
        return str(Path(source).relative_to(Path.cwd()))
    except (ValueError, OSError):  # elsewhere, or the current folder is gone
        return source
