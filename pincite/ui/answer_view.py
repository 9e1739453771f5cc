"""The conversation as markup: questions, stages, claims with their markers, sources, refusals."""

from __future__ import annotations

from collections.abc import Sequence

from pincite.ui.answer_tools import (
    render_editor,
    render_exports,
    render_rating,
    render_saving_whole,
    render_tools,
)
from pincite.ui.chat import Exchange, Visit
from pincite.ui.markup import (
    attribute,
    capitalised,
    counted,
    date_words,
    file_name,
    joined,
    notice,
    origin,
    origin_markup,
    shown,
)
from pincite.ui.welcome import render_ways_to_begin
from rag.models import Answer, Citation, Claim, Disagreement
from rag.removed import LEFT_OUT
from rag.render import since, standing

SHORT_QUESTION = 160
FOLDED_QUESTION = 480


def render_conversation(visit: Visit, *, missing: bool = False) -> str:
    """Every exchange, oldest first; `missing` says that one was to be opened and is not there."""
    parts = (_exchange(number, visit) for number in range(len(visit.exchanges)))
    named = attribute(visit.conversation or "")
    mark = ' data-missing=""' if missing else ""
    return f'<div class="conversation" data-conversation="{named}"{mark}>{joined(parts)}</div>'


def _exchange(number: int, visit: Visit) -> str:
    exchange = visit.exchanges[number]
    return joined(
        (
            f'<article class="exchange" data-exchange="{number}" '
            f'aria-busy="{"true" if exchange.running else "false"}">',
            _question(exchange.question),
            "" if visit.running else render_editor(number, visit),
            _understood(exchange),
            _read(exchange),
            '<div class="status-line">',
            _status(exchange),
            "" if visit.running else render_tools(number, visit),
            "</div>",
            _draft(exchange),
            _claims(number, exchange),
            _trouble(exchange),
            _unstored(exchange),
            _finished(number, exchange) if exchange.answer else "",
            _so_far(number, exchange) if exchange.stopped else "",
            render_saving_whole(visit) if exchange is visit.exchanges[-1] else "",
            "</article>",
        )
    )


def _question(text: str) -> str:
    if len(text) <= SHORT_QUESTION:
        return f'<h2 class="question" dir="auto">{shown(text)}</h2>'
    if len(text) <= FOLDED_QUESTION:
        return f'<h2 class="question long" dir="auto">{shown(text)}</h2>'
    beginning = text[: FOLDED_QUESTION // 2].rsplit(None, 1)[0]
    return (
        '<details class="question-fold"><summary>'
        f'<h2 class="question long" dir="auto">{shown(beginning)} …</h2>'
        f'<span class="more">whole question, {counted(len(text), "character")}</span></summary>'
        f'<p class="question-whole" dir="auto">{shown(text)}</p></details>'
    )


def _understood(exchange: Exchange) -> str:
    """What a follow-up was understood as, and a button that puts it into the box for mending."""
    if exchange.understood is None:
        return ""
    return (
        '<p class="understood">Understood as: '
        f'<bdi class="understood-text" dir="auto">{shown(exchange.understood)}</bdi> '
        f'<button class="quiet" type="button" data-edit="{attribute(exchange.understood)}" '
        'aria-label="Change the question as it was understood">Change</button></p>'
    )


def _read(exchange: Exchange) -> str:
    """That a question was not asked of the whole library."""
    if exchange.read is None:
        return ""
    among = f" <bdi>{shown(exchange.among)}</bdi>" if exchange.among else ""
    read = counted(exchange.read, "document")
    return f'<p class="understood">Asked only of {read}{among}</p>'


def _status(exchange: Exchange) -> str:
    """One line of fixed height: the stages while they run, then the sum of it."""
    if exchange.answer is not None:
        return f'<p class="status done" role="status">{_summary(exchange.answer)}</p>'
    if exchange.stopped and exchange.claims:
        found = counted(len(exchange.claims), "statement")
        return f'<p class="status done" role="status">Stopped · {found} so far, not stored</p>'
    if exchange.stopped or exchange.trouble is not None:
        return '<p class="status done" role="status">Stopped</p>'
    stages = exchange.stages or ("starting",)
    steps = [
        f'<span class="stage {"running" if step == len(stages) else "past"}">'
        f"{shown(capitalised(stage))}</span>"
        for step, stage in enumerate(stages, 1)
    ]
    return f'<p class="status" role="status">{joined(steps)}</p>'


def _summary(answer: Answer) -> str:
    seconds = f"{total_seconds(answer):.2f}".rstrip("0").rstrip(".")
    if answer.abstained:
        return f"No answer found · {seconds} s"
    documents = len({one.document_id for claim in answer.claims for one in claim.citations})
    parts = (
        counted(len(answer.claims), "statement"),
        f"from {counted(documents, 'document')}",
        f"{seconds} s",
    )
    return " · ".join(parts)


def total_seconds(answer: Answer) -> float:
    """How long the answer took, from the question to the end of the check."""
    milliseconds = answer.trace.milliseconds
    return milliseconds.get("total", sum(milliseconds.values())) / 1000


def _draft(exchange: Exchange) -> str:
    if not exchange.draft:
        return ""
    return (
        '<div class="draft"><p class="draft-label">Not checked yet</p>'
        f'<p dir="auto">{shown(exchange.draft)}</p></div>'
    )


def _claims(number: int, exchange: Exchange) -> str:
    if not exchange.claims:
        return ""
    claims = (_claim(number, claim, exchange.sources) for claim in exchange.claims)
    return f'<div class="claims">{joined(claims)}</div>'


def _claim(number: int, claim: Claim, sources: Sequence[Citation]) -> str:
    numbers = dict.fromkeys(sources.index(citation) + 1 for citation in claim.citations)
    markers = joined(
        _marker(number, source, sources[source - 1], action="source") for source in numbers
    )
    led = f'<strong class="led" dir="auto">{shown(claim.answer)}</strong>' if claim.answer else ""
    return (
        f'<div class="claim {claim.verdict}">{led}'
        f'<p><bdi class="claim-text" dir="auto">{shown(claim.text)}</bdi>'
        f'<span class="markers">{markers}</span></p>'
        f"{_attribution(claim)}</div>"
    )


def _marker(number: int, source: int, citation: Citation, *, action: str) -> str:
    kind = "Citation" if action == "source" else "Passage"
    label = attribute(f"{kind} {source}: {origin(citation.outlet, citation.published_at)}")
    return (
        f'<button class="marker" type="button" data-action="{action}" data-exchange="{number}" '
        f'data-source="{source - 1}" aria-label="{label}">[{source}]</button>'
    )


def _attribution(claim: Claim) -> str:
    """Who says so, as far as it is known; a statement without support says that instead."""
    if claim.verdict == "unsupported":
        return '<p class="attribution warning">Not supported by the documents</p>'
    parts = [f"<bdi>said by {shown(claim.speaker)}</bdi>"] if claim.speaker else []
    if claim.event_date:
        parts.append(f"<span>happened on {date_words(claim.event_date)}</span>")
    outlets = dict.fromkeys((cited.outlet, cited.published_at) for cited in claim.citations)
    parts.extend(
        f'<span class="said-in">{origin_markup(outlet, published_at)}</span>'
        for outlet, published_at in outlets
    )
    return f'<p class="attribution">{joined(parts)}</p>'


def _trouble(exchange: Exchange) -> str:
    return notice(exchange.trouble, kind="trouble") if exchange.trouble else ""


def _unstored(exchange: Exchange) -> str:
    if not exchange.unstored:
        return ""
    return notice(f"This answer is not stored: {exchange.unstored}", kind="trouble")


def _finished(number: int, exchange: Exchange) -> str:
    answer = exchange.answer
    assert answer is not None
    notices = joined(notice(sentence) for sentence in answer.notices)
    if answer.abstained:
        return notices + _refusal(number, exchange, answer) + render_rating(exchange)
    return joined(
        (
            notices,
            _disagreements(number, answer),
            _unanswered(answer.unanswered),
            _cards(number, answer.sources, exchange, heading="Sources", action="source"),
            render_exports(exchange, answer),
            render_rating(exchange),
        )
    )


def _so_far(number: int, exchange: Exchange) -> str:
    """The sources of what was found before an answer was stopped."""
    return _cards(number, exchange.sources, exchange, heading="Sources", action="source")


def _refusal(number: int, exchange: Exchange, answer: Answer) -> str:
    looked_for = [f"<q>{shown(query)}</q>" for query in answer.trace.searched]
    looked = f'<p class="looked-for">Looked for {" and ".join(looked_for)}</p>'
    return joined(
        (
            f'<div class="refusal"><p>{shown(answer.abstained_because or "")}</p>',
            looked if looked_for and not exchange.library_is_empty else "",
            "</div>",
            _cards(
                number,
                answer.nearest,
                exchange,
                heading="The nearest passages",
                action="nearest",
            ),
            _what_helps(exchange),
        )
    )


def _what_helps(exchange: Exchange) -> str:
    if exchange.library_is_empty:
        ways = render_ways_to_begin()
    else:
        ways = (
            "<ul><li>Add a document that covers this.</li>"
            "<li>Ask with the names, places or dates that such a document would use.</li>"
            "<li>Ask for one thing at a time.</li></ul>"
        )
    return f'<section class="helps"><h3>What would help</h3>{ways}</section>'


def _disagreements(number: int, answer: Answer) -> str:
    if not answer.disagreements:
        return ""
    items = joined(
        f'<li><p class="point">{shown(entry.point)}</p><ul>'
        + joined(_side(number, entry, side, answer.sources) for side in entry.sides)
        + "</ul></li>"
        for entry in answer.disagreements
    )
    return f'<section class="differ"><h3>Where the sources differ</h3><ul>{items}</ul></section>'


def _side(
    number: int, difference: Disagreement, side: Citation, sources: Sequence[Citation]
) -> str:
    note = standing(difference, side, date_words)
    # An answer of an earlier version may differ from what is not among its sources.
    opened = (
        _marker(number, sources.index(side) + 1, side, action="source") if side in sources else ""
    )
    return (
        f'<li><p><q dir="auto">{shown(side.quote)}</q><span class="markers">{opened}</span></p>'
        f'<p class="attribution"><span class="said-in">'
        f"{origin_markup(side.outlet, side.published_at)}</span>"
        + (f"<strong>{note}</strong>" if note else "")
        + "</p></li>"
    )


def _unanswered(parts: Sequence[str]) -> str:
    if not parts:
        return ""
    items = joined(f"<li>{shown(part)}</li>" for part in parts)
    return (
        f'<section class="unanswered"><h3>Not found in the documents</h3><ul>{items}</ul></section>'
    )


def _cards(
    number: int,
    citations: Sequence[Citation],
    exchange: Exchange,
    *,
    heading: str,
    action: str,
) -> str:
    if not citations:
        return ""
    cards = joined(
        _card(number, source, citation, action=action, note=since(citation, exchange.states))
        for source, citation in enumerate(citations, 1)
    )
    return f'<section class="sources"><h3>{heading}</h3><ol class="cards">{cards}</ol></section>'


def _card(number: int, source: int, citation: Citation, *, action: str, note: str) -> str:
    title = citation.title or file_name(citation.source)
    page = f'<span class="page">page {citation.page}</span>' if citation.page else ""
    return (
        f'<li class="card" data-action="{action}" data-exchange="{number}" '
        f'data-source="{source - 1}">'
        f'<p class="origin">{_marker(number, source, citation, action=action)}'
        f"{origin_markup(citation.outlet, citation.published_at)}{page}</p>"
        f'<p class="card-title" dir="auto">{shown(title)}</p>'
        + (f'<p class="since">{capitalised(note)}</p>' if note else "")
        + f"{_quote(citation)}</li>"
    )


def _quote(citation: Citation) -> str:
    if citation.quote == LEFT_OUT:
        return f'<p class="hint">{LEFT_OUT}</p>'
    return f'<blockquote dir="auto">{shown(citation.quote)}</blockquote>'
