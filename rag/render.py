"""An `Answer` as Markdown, HTML and JSON; shared by the terminal, the page and reports.

Everything that comes from a document is untrusted: it is escaped for the format it goes to, and
`printable` makes it harmless in a terminal. What is not known is shown as unknown.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from rag.answer_json import SCHEMA_VERSION, from_json, json_schema, to_json
from rag.models import Answer, Citation, CitationState, Claim, Disagreement
from rag.removed import LEFT_OUT

__all__ = [
    "SCHEMA_VERSION",
    "UNCHANGED",
    "States",
    "from_json",
    "harmless",
    "html_text",
    "json_schema",
    "markdown_text",
    "marker",
    "printable",
    "provenance",
    "quotation",
    "remarks",
    "since",
    "standing",
    "to_html",
    "to_json",
    "to_markdown",
]

# Sequences go whole, so that their parameters do not stay behind as text. The one-byte forms
# (U+0080 to U+009F) are not parsed: in wrongly decoded text they are mere litter between words.
_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x1b\x07]*(?:\x07|\x1b\\)"
    r"|\x1b[ -/]+[0-~]"
    r"|\x1b[0-Z\\^-~]"
)
# How citations stand today; whatever is not named is as it was.
States = Mapping[Citation, CitationState]
UNCHANGED: States = MappingProxyType({})

_DIRECTION_OVERRIDES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$])")
_MARKDOWN_START = re.compile(r"^(\d+(?=[.)])|(?=[#+\-=]))")


def harmless(text: str) -> str:
    """`text` with its lines, without anything that could command a terminal.

    Escape sequences, control characters and characters that reverse the direction of text go.
    """
    kept = (
        character if character in "\n\t" or not character.isspace() else " "
        for character in _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n"))
        if character.isspace()
        or not (
            unicodedata.category(character) in {"Cc", "Cs"}
            or unicodedata.bidirectional(character) in _DIRECTION_OVERRIDES
        )
    )
    return "".join(kept)


def printable(text: str) -> str:
    r"""`harmless(text)` on one line: any run of white space is one space.

    >>> printable("Stocks \x1b[31mfell\x1b[0m\n on\x07 Monday")
    'Stocks fell on Monday'
    """
    return " ".join(harmless(text).split())


def provenance(citation: Citation) -> tuple[str, ...]:
    """Outlet, date, title and page of a citation, ready to be joined; unknown is said."""
    published = citation.published_at
    return (
        printable(citation.outlet or "") or "outlet unknown",
        published.isoformat() if published else "date unknown",
        printable(citation.title) or "untitled",
        *((f"page {citation.page}",) if citation.page is not None else ()),
    )


def remarks(claim: Claim) -> str:
    """What is known about a claim beside its text: who said it, when it happened, a warning."""
    parts = []
    if claim.verdict == "unsupported":
        parts.append("not supported by the documents")
    if claim.speaker:
        parts.append(f"said by {printable(claim.speaker)}")
    if claim.event_date:
        parts.append(f"happened on {claim.event_date.isoformat()}")
    return "; ".join(parts)


def quotation(citation: Citation, escaped: Callable[[str], str] = printable) -> str:
    """The quote between quotation marks; without these what stands for one that was left out."""
    return LEFT_OUT if citation.quote == LEFT_OUT else f"“{escaped(citation.quote)}”"


def since(citation: Citation, states: States) -> str:
    """What has become of the document cited since the answer was given; empty if nothing has."""
    state = states.get(citation, "same")
    return "" if state == "same" else f"this document was {state} since"


def standing(
    disagreement: Disagreement,
    side: Citation,
    written: Callable[[date], str] = date.isoformat,
) -> str:
    """Which side is superseded, and since when the newer one stands; empty if neither is known."""
    if side in disagreement.superseded:
        return "superseded"
    if not disagreement.superseded or side != disagreement.sides[-1]:
        return ""
    return f"newer, since {written(disagreement.since)}" if disagreement.since else "newer"


def to_markdown(answer: Answer, *, states: States = UNCHANGED) -> str:
    """The answer as Markdown: question, claims with markers, then the numbered sources.

    Sources whose state is not `same` are marked; `Assistant.citation_states` tells the states.
    """

    def cited(citation: Citation) -> str:
        return _markdown_citation(citation, states)

    understood = answer.question.standalone if answer.question.is_follow_up else ""
    sources = enumerate(map(cited, answer.sources), start=1)
    blocks = [
        f"**{markdown_text(answer.question.text)}**",
        f"Understood as: {markdown_text(understood)}" if understood else "",
        markdown_text(answer.abstained_because or ""),
        "\n".join(_markdown_claim(answer, claim) for claim in answer.claims),
        *_markdown_section("Sources", [f"{number}. {source}" for number, source in sources]),
        *_markdown_section(
            "Nearest passages", [f"- {cited(citation)}" for citation in answer.nearest]
        ),
    ]
    for disagreement in answer.disagreements:
        sides = [
            f"- {marker(answer, side)} {cited(side)}"
            + (f" — **{note}**" if (note := standing(disagreement, side)) else "")
            for side in disagreement.sides
        ]
        blocks += _markdown_section(f"Sources differ: {markdown_text(disagreement.point)}", sides)
    for heading, texts in (
        ("Not found in the documents", answer.unanswered),
        ("Notices", answer.notices),
    ):
        blocks += _markdown_section(heading, [f"- {markdown_text(text)}" for text in texts])
    return "\n\n".join(block for block in blocks if block) + "\n"


def marker(answer: Answer, citation: Citation) -> str:
    """`[n]` for the citation's number among the answer's sources; `•` if it is none of them."""
    if citation not in answer.sources:
        return "•"
    return f"[{answer.sources.index(citation) + 1}]"


def markdown_text(text: str) -> str:
    """Untrusted text as literal Markdown on one line."""
    escaped = _MARKDOWN_SPECIAL.sub(r"\\\1", printable(text).replace("&", "&amp;"))
    return _MARKDOWN_START.sub(r"\1\\", escaped)


def _markdown_claim(answer: Answer, claim: Claim) -> str:
    note = f" *({markdown_text(remarks(claim))})*" if remarks(claim) else ""
    led = f"**{markdown_text(claim.answer)}** — " if claim.answer else ""
    return f"- {led}{markdown_text(claim.text)} {answer.markers(claim)}".rstrip() + note


def _markdown_citation(citation: Citation, states: States) -> str:
    note = since(citation, states)
    return (
        f"{quotation(citation, markdown_text)} — "
        f"{', '.join(map(markdown_text, provenance(citation)))} "
        f"({markdown_text(citation.source)})" + (f" — **{note}**" if note else "")
    )


def _markdown_section(heading: str, lines: list[str]) -> list[str]:
    return [f"### {heading}", "\n".join(lines)] if lines else []


def to_html(answer: Answer, *, anchor: str = "source", states: States = UNCHANGED) -> str:
    """The answer as one self-contained `<article>`: no scripts, no styles, nothing fetched.

    Source n has the id `{anchor}-n`; give each answer its own `anchor` where several share a page.
    Markers and quotes carry the place they pin in `data-document`, `data-start` and `data-end`.
    `states` as for `to_markdown`.
    """

    def cited(citation: Citation) -> str:
        return _html_citation(citation, states)

    blocks = [f'<p class="question">{html_text(answer.question.text)}</p>']
    if answer.question.is_follow_up:
        understood = html_text(answer.question.standalone)
        blocks.append(f'<p class="understood">Understood as: {understood}</p>')
    if answer.abstained_because is not None:
        blocks.append(f'<p class="abstained">{html_text(answer.abstained_because)}</p>')
    blocks += [_html_claim(answer, claim, anchor) for claim in answer.claims]
    sources = [
        f'<li id="{html.escape(anchor)}-{number}">{cited(citation)}</li>'
        for number, citation in enumerate(answer.sources, start=1)
    ]
    blocks += _html_section("Sources", sources, kind="sources", tag="ol")
    nearest = [f"<li>{cited(citation)}</li>" for citation in answer.nearest]
    blocks += _html_section("Nearest passages", nearest, kind="nearest")
    for disagreement in answer.disagreements:
        sides = [
            f"<li>{_html_marker(answer, side, anchor)}{cited(side)}"
            + (f'<p class="standing">{note}</p>' if (note := standing(disagreement, side)) else "")
            + "</li>"
            for side in disagreement.sides
        ]
        heading = f"Sources differ: {disagreement.point}"
        blocks += _html_section(heading, sides, kind="disagreement")
    for heading, kind, texts in (
        ("Not found in the documents", "unanswered", answer.unanswered),
        ("Notices", "notices", answer.notices),
    ):
        blocks += _html_section(
            heading, [f"<li>{html_text(text)}</li>" for text in texts], kind=kind
        )
    return "\n".join(['<article class="pincite-answer">', *blocks, "</article>"]) + "\n"


def html_text(text: str) -> str:
    """Untrusted text on one line, for between tags and in attributes in double quotes."""
    return html.escape(printable(text))


def _place(citation: Citation) -> str:
    return (
        f'data-document="{html.escape(citation.document_id)}" '
        f'data-start="{citation.start}" data-end="{citation.end}"'
    )


def _html_claim(answer: Answer, claim: Claim, anchor: str) -> str:
    cited = dict.fromkeys(claim.citations)
    markers = "".join(_html_marker(answer, citation, anchor) for citation in cited)
    note = (
        f' <small class="remarks">({html_text(remarks(claim))})</small>' if remarks(claim) else ""
    )
    space = " " if markers else ""
    led = f'<strong class="answer">{html_text(claim.answer)}</strong> — ' if claim.answer else ""
    return (
        f'<p class="claim {claim.verdict}">{led}{html_text(claim.text)}{space}{markers}{note}</p>'
    )


def _html_marker(answer: Answer, citation: Citation, anchor: str) -> str:
    if citation not in answer.sources:
        return ""
    number = answer.sources.index(citation) + 1
    return (
        f'<a class="marker" href="#{html.escape(anchor)}-{number}" aria-label="Source {number}" '
        f"{_place(citation)}>[{number}]</a>"
    )


def _html_citation(citation: Citation, states: States) -> str:
    note = since(citation, states)
    return (
        f"<blockquote {_place(citation)}>{quotation(citation, html_text)}</blockquote>"
        f'<p class="provenance">{" · ".join(map(html_text, provenance(citation)))} · '
        f'<span class="source">{html_text(citation.source)}</span>'
        + (f' · <strong class="since">{note}</strong>' if note else "")
        + "</p>"
    )


def _html_section(heading: str, items: list[str], *, kind: str, tag: str = "ul") -> list[str]:
    if not items:
        return []
    lines = "\n".join(items)
    return [
        f'<section class="{kind}"><h3>{html_text(heading)}</h3>\n'
        f"<{tag}>\n{lines}\n</{tag}></section>"
    ]
