"""The conversation as markup: questions, stages, claims with their markers, sources, refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

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
    date_words,
    file_name,
    joined,
    notice,
    origin,
    origin_markup,
    shown,
)
from pincite.ui.welcome import render_ways_to_begin
from pincite.words import mark, plural, signs, t
from rag.models import Answer, Citation, CitationState, Claim, Disagreement
from rag.removed import LEFT_OUT

SHORT_QUESTION = 160
FOLDED_QUESTION = 480
_SINCE: Mapping[CitationState, str] = {
    "removed": mark("this document was removed since"),
    "changed": mark("this document was changed since"),
}


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
    length = plural(
        "whole question, {count} character", "whole question, {count} characters", len(text)
    )
    return (
        '<details class="question-fold"><summary>'
        f'<h2 class="question long" dir="auto">{shown(beginning)} …</h2>'
        f'<span class="more">{length}</span></summary>'
        f'<p class="question-whole" dir="auto">{shown(text)}</p></details>'
    )


def _understood(exchange: Exchange) -> str:
    """What a follow-up was understood as, and a button that puts it into the box for mending."""
    if exchange.understood is None:
        return ""
    question = f'<bdi class="understood-text" dir="auto">{shown(exchange.understood)}</bdi>'
    return (
        f'<p class="understood">{t("Understood as: {question}", question=question)} '
        f'<button class="quiet" type="button" data-edit="{attribute(exchange.understood)}" '
        f'aria-label="{t("Change the question as it was understood")}">{t("Change")}</button></p>'
    )


def _read(exchange: Exchange) -> str:
    """That a question was not asked of the whole library."""
    if exchange.read is None:
        return ""
    if exchange.among:
        said = plural(
            "Asked only of {count} document {among}",
            "Asked only of {count} documents {among}",
            exchange.read,
            among=f"<bdi>{shown(exchange.among)}</bdi>",
        )
    else:
        said = plural(
            "Asked only of {count} document", "Asked only of {count} documents", exchange.read
        )
    return f'<p class="understood">{said}</p>'


def _status(exchange: Exchange) -> str:
    """One line of fixed height: the stages while they run, then the sum of it."""
    if exchange.answer is not None:
        return f'<p class="status done" role="status">{_summary(exchange.answer)}</p>'
    if exchange.stopped and exchange.claims:
        found = plural(
            "Stopped · {count} statement so far, not stored",
            "Stopped · {count} statements so far, not stored",
            len(exchange.claims),
        )
        return f'<p class="status done" role="status">{found}</p>'
    if exchange.stopped or exchange.trouble is not None:
        return f'<p class="status done" role="status">{t("Stopped")}</p>'
    stages = exchange.stages or (t("starting"),)
    steps = [
        f'<span class="stage {"running" if step == len(stages) else "past"}">'
        f"{shown(capitalised(stage))}</span>"
        for step, stage in enumerate(stages, 1)
    ]
    return f'<p class="status" role="status">{joined(steps)}</p>'


def _summary(answer: Answer) -> str:
    written = f"{total_seconds(answer):.2f}".rstrip("0").rstrip(".")
    seconds = t("{seconds} s", seconds=signs(written))
    if answer.abstained:
        return f"{t('No answer found')} · {seconds}"
    documents = len({one.document_id for claim in answer.claims for one in claim.citations})
    parts = (
        plural("{count} statement", "{count} statements", len(answer.claims)),
        plural("from {count} document", "from {count} documents", documents),
        seconds,
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
        f'<div class="draft"><p class="draft-label">{t("Not checked yet")}</p>'
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
    named = mark("Citation {number}: {origin}")
    if action != "source":
        named = mark("Passage {number}: {origin}")
    told = t(named, number=source, origin=origin(citation.outlet, citation.published_at))
    label = attribute(told)
    return (
        f'<button class="marker" type="button" data-action="{action}" data-exchange="{number}" '
        f'data-source="{source - 1}" aria-label="{label}">[{source}]</button>'
    )


def _attribution(claim: Claim) -> str:
    """Who says so, as far as it is known; a statement without support says that instead."""
    if claim.verdict == "unsupported":
        return f'<p class="attribution warning">{t("Not supported by the documents")}</p>'
    parts = []
    if claim.speaker:
        parts.append(f"<bdi>{t('said by {speaker}', speaker=shown(claim.speaker))}</bdi>")
    if claim.event_date:
        happened = t("happened on {day}", day=date_words(claim.event_date))
        parts.append(f"<span>{happened}</span>")
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
    said = t("This answer is not stored: {reason}", reason=exchange.unstored)
    return notice(said, kind="trouble")


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
            _cards(number, answer.sources, exchange, heading=t("Sources"), action="source"),
            render_exports(exchange, answer),
            render_rating(exchange),
        )
    )


def _so_far(number: int, exchange: Exchange) -> str:
    """The sources of what was found before an answer was stopped."""
    return _cards(number, exchange.sources, exchange, heading=t("Sources"), action="source")


def _refusal(number: int, exchange: Exchange, answer: Answer) -> str:
    looked_for = [f"<q>{shown(query)}</q>" for query in answer.trace.searched]
    looked = ""
    if looked_for:
        queries = reduce(
            lambda one, other: t("{one} and {other}", one=one, other=other), looked_for
        )
        looked = f'<p class="looked-for">{t("Looked for {queries}", queries=queries)}</p>'
    return joined(
        (
            f'<div class="refusal"><p>{shown(answer.abstained_because or "")}</p>',
            "" if exchange.library_is_empty else looked,
            "</div>",
            _cards(
                number,
                answer.nearest,
                exchange,
                heading=t("The nearest passages"),
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
            f"<ul><li>{t('Add a document that covers this.')}</li>"
            f"<li>{t('Ask with the names, places or dates that such a document would use.')}</li>"
            f"<li>{t('Ask for one thing at a time.')}</li></ul>"
        )
    return f'<section class="helps"><h3>{t("What would help")}</h3>{ways}</section>'


def _disagreements(number: int, answer: Answer) -> str:
    if not answer.disagreements:
        return ""
    items = joined(
        f'<li><p class="point">{shown(entry.point)}</p><ul>'
        + joined(_side(number, entry, side, answer.sources) for side in entry.sides)
        + "</ul></li>"
        for entry in answer.disagreements
    )
    heading = t("Where the sources differ")
    return f'<section class="differ"><h3>{heading}</h3><ul>{items}</ul></section>'


def _side(
    number: int, difference: Disagreement, side: Citation, sources: Sequence[Citation]
) -> str:
    note = _standing(difference, side)
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


def _standing(difference: Disagreement, side: Citation) -> str:
    """Which side is superseded, and since when the newer one stands, as `rag.render` says it."""
    if side in difference.superseded:
        return t("superseded")
    if not difference.superseded or side != difference.sides[-1]:
        return ""
    if difference.since:
        return t("newer, since {day}", day=date_words(difference.since))
    return t("newer")


def _unanswered(parts: Sequence[str]) -> str:
    if not parts:
        return ""
    items = joined(f"<li>{shown(part)}</li>" for part in parts)
    heading = t("Not found in the documents")
    return f'<section class="unanswered"><h3>{heading}</h3><ul>{items}</ul></section>'


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
        _card(number, source, citation, action=action, note=_since(citation, exchange))
        for source, citation in enumerate(citations, 1)
    )
    return f'<section class="sources"><h3>{heading}</h3><ol class="cards">{cards}</ol></section>'


def _card(number: int, source: int, citation: Citation, *, action: str, note: str) -> str:
    title = citation.title or file_name(citation.source)
    page = ""
    if citation.page:
        page = f'<span class="page">{t("page {page}", page=citation.page)}</span>'
    return (
        f'<li class="card" data-action="{action}" data-exchange="{number}" '
        f'data-source="{source - 1}">'
        f'<p class="origin">{_marker(number, source, citation, action=action)}'
        f"{origin_markup(citation.outlet, citation.published_at)}{page}</p>"
        f'<p class="card-title" dir="auto">{shown(title)}</p>'
        + (f'<p class="since">{capitalised(note)}</p>' if note else "")
        + f"{_quote(citation)}</li>"
    )


def _since(citation: Citation, exchange: Exchange) -> str:
    """What has become of the document cited since the answer was given."""
    state = exchange.states.get(citation, "same")
    return t(_SINCE[state]) if state in _SINCE else ""


def _quote(citation: Citation) -> str:
    if citation.quote == LEFT_OUT:
        left_out = t("Left out, since the document was removed from the library.")
        return f'<p class="hint">{left_out}</p>'
    return f'<blockquote dir="auto">{shown(citation.quote)}</blockquote>'
