"""A report as one HTML file: summary first, every question foldable, nothing fetched.

Everything that comes from documents, questions or models is escaped. The file reads without its
script, which only filters the questions; its policy allows that script and its style, by their
digests, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from eval.confidence import report_confidence
from eval.html_questions import (
    MARKS,
    css_class,
    question_fold,
    worst_groups,
    worst_list,
)
from eval.html_summary import summary
from eval.html_tables import (
    figures_table,
    opinion,
    provenance_tables,
    slices,
    spending,
    sureness,
    times_table,
)
from eval.models import Report
from eval.opinion_words import OPINION_HEADING
from eval.opinions import Opinion
from eval.score import NO_TYPE
from eval.verdicts import VERDICTS, Result, results
from rag.render import html_text

_FOLDER = Path(__file__).parent


def to_page(report: Report, *, written: datetime) -> str:
    """The report as an HTML page; the same report gives the same page but for `written`."""
    style = _asset("report.css")
    script = _asset("report.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    title = f"Evaluation: {html_text(report.manifest.dataset)}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        + "\n".join(_body(report, title, written))
        + f"\n<script>{script}</script>\n</body>\n</html>\n"
    )


def to_fragment(report: Report, *, written: datetime) -> str:
    """What stands in the page's body, for a page with a style for it; the filter is hidden."""
    title = f"Evaluation: {html_text(report.manifest.dataset)}"
    return "\n".join(_body(report, title, written))


def _asset(name: str) -> str:
    return f"\n{(_FOLDER / name).read_text(encoding='utf-8')}"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _body(report: Report, title: str, written: datetime) -> Iterator[str]:
    found = results(report.outcomes)
    sections = {
        "Summary": summary(report, found),
        "All figures": figures_table(report.scores),
        "By type and length": slices(report, found),
        "How sure it was": sureness(report_confidence(report)),
        OPINION_HEADING: opinion(report.judged),
        "Time": times_table(report),
        "Tokens and cost": spending(report),
        "Worst questions": "".join(map(worst_list, worst_groups(found))),
        "Every question": _questions(found, report.judged.opinions if report.judged else {}),
        "What ran": provenance_tables(report),
    }
    held = {heading: content for heading, content in sections.items() if content}
    links = " ".join(f'<a href="#{_anchor(heading)}">{heading}</a>' for heading in held)
    yield f"<header><h1>{title}</h1>{_what_ran(report, written)}<nav>{links}</nav></header>\n<main>"
    for heading, content in held.items():
        yield f'<section id="{_anchor(heading)}"><h2>{heading}</h2>\n{content}</section>'
    yield "</main>"


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-").replace("'", "")


def _what_ran(report: Report, written: datetime) -> str:
    manifest, counts = report.manifest, report.scores.counts
    again = counts["questions_with_evidence_removed"]
    said = [
        f"{counts['questions']:,} questions"
        + (f" (limit {manifest.limit:,})" if manifest.limit else ""),
        *([f"{again:,} again without their evidence"] if again else []),
        f"{manifest.documents:,} documents",
        *([f"answered by plain {html_text(manifest.baseline)}"] if manifest.baseline else []),
        f"Pincite {html_text(manifest.version)}",
        *(f"{html_text(role)} {html_text(name)}" for role, name in manifest.models.items()),
        f'written <time datetime="{written.isoformat(timespec="seconds")}">'
        f"{written:%Y-%m-%d %H:%M %Z}</time>",
    ]
    return f"<p>{' · '.join(said)}</p>"


def _questions(found: Sequence[Result], opinions: Mapping[str, Opinion]) -> str:
    names = sorted({one.outcome.query.type for one in found})
    types = {name: number for number, name in enumerate(names)}
    folds = "\n".join(question_fold(one, types, opinions=opinions) for one in found)
    legend = "<p>In quotes, the known answer is marked and known evidence is underlined.</p>"
    return f'{legend}{_filter(found, types)}\n<div id="all">\n{folds}\n</div>'


def _filter(found: Sequence[Result], types: Mapping[str, int]) -> str:
    """What the script puts to use; without it this stays hidden."""
    present = {one.verdict for one in found}
    verdicts = "".join(
        f'<option value="{css_class(verdict)}">{MARKS[verdict]} {verdict}</option>'
        for verdict in VERDICTS
        if verdict in present
    )
    kinds = "".join(
        f'<option value="{number}">{html_text(name or NO_TYPE)}</option>'
        for name, number in types.items()
    )
    anything = '<option value="">all</option>'
    return (
        '<form id="filter" hidden>'
        '<label>Words <input type="search" name="words" autocomplete="off"></label>'
        f'<label>Verdict <select name="verdict">{anything}{verdicts}</select></label>'
        f'<label>Type <select name="type">{anything}{kinds}</select></label>'
        '<button type="button" name="unfold">Unfold these</button>'
        '<button type="button" name="fold">Fold all</button>'
        '<output name="shown"></output></form>'
    )
