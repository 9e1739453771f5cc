"""The HTML report: what it shows, and that nothing in it can act, whatever the texts hold."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from eval.confidence import confidence
from eval.html_report import to_page
from eval.marking import marked, places
from eval.metrics.answers import holds
from eval.metrics.calibration import Bin, RiskPoint
from eval.models import Figure, Interval
from eval.plots import interval_bar, parts_bar, reliability_plot, risk_coverage_plot
from eval.report import to_markdown
from eval.report_words import columns_by_type
from eval.slices import LENGTHS, length
from eval.verdicts import results
from tests.made_runs import (
    ALL,
    FAILED,
    REFUSED,
    REMOVED,
    RIGHT,
    SEARCHED,
    WRITTEN,
    WRONG,
    hostile_report,
    report,
)

VOID = {"meta", "br", "input", "path", "circle", "rect", "img", "link"}


class Page(HTMLParser):
    """Elements, attributes and words of a page; fails where an end tag closes another element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_hostile_texts_stay_texts() -> None:
    page = Page(to_page(hostile_report(), written=WRITTEN))
    calm = Page(to_page(report(RIGHT), written=WRITTEN))

    assert len(page.all("script")) == 1
    assert page.all("img") == []
    names = {name for _, attributes in page.elements for name in attributes}
    assert not any(name.startswith("on") for name in names)
    assert names <= {name for _, attributes in calm.elements for name in attributes} | {"start"}
    assert page.words.count("<script>alert(1)</script>") > 20
    assert not set(page.words) & set("\u202e\u2066\x1b\x00")


def test_nothing_is_fetched_and_only_the_files_own_script_and_style_may_act() -> None:
    text = to_page(hostile_report(), written=WRITTEN)
    page = Page(text)
    links = {one["href"] for one in page.all("a")}
    assert all(link is not None and link.startswith("#") for link in links)
    assert not {"src", "srcset", "style", "action", "formaction", "background"} & {
        name for _, attributes in page.elements for name in attributes
    }
    style = text.partition("<style>")[2].partition("</style>")[0]
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    assert not re.search(r"@import|url\(|https?:", style + script)
    (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv") is not None]
    digests = [
        f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'"
        for part in (style, script)
    ]
    assert policy == (
        f"default-src 'none'; style-src {digests[0]}; script-src {digests[1]}; "
        "base-uri 'none'; form-action 'none'"
    )


def test_every_link_leads_to_one_place() -> None:
    page = Page(to_page(report(*ALL), written=WRITTEN))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {one["href"] for one in page.all("a")} <= {f"#{name}" for name in ids}
    assert {f"q{number}" for number in range(1, len(ALL) + 1)} <= set(ids)


def test_each_question_has_the_verdict_that_its_figures_give() -> None:
    assert [one.verdict for one in results(ALL)] == [
        "right",
        "wrong",
        "wrongly refused",
        "rightly refused",
        "should have refused",
        "failed",
        "not judged",
        "should have refused",
    ]
    unknown = replace(RIGHT.query, answers=(), evidence=())
    (one,) = results([replace(RIGHT, query=unknown)])
    assert one.verdict == "not judged"


def test_verdicts_are_words_beside_their_colour_and_are_counted_as_asked() -> None:
    page = Page(to_page(report(*ALL), written=WRITTEN))
    for words in ("✓ right", "✗ wrong", "✗ wrongly refused", "✓ rightly refused", "! failed"):
        assert words in page.words
    assert "✗ should have refused 1 " in page.words  # the other one was without its evidence


def test_only_answers_to_questions_as_asked_are_judged_by_their_probability() -> None:
    """Wrong at .9, right at .8, needless at .3, of five questions answered or refused."""
    found = confidence(results(ALL))
    assert found is not None
    assert [tuple(point) for point in found.curve] == [
        (0.9, 0.2, 1.0),
        (0.8, 0.4, 0.5),
        (0.3, 0.6, pytest.approx(2 / 3)),
    ]
    assert (found.answers, found.questions) == (3, 5)
    assert found.area == pytest.approx((1 + 1 / 2 + 2 / 3) / 3)
    assert found.error == pytest.approx((0.9 + 0.2 + 0.3) / 3)
    assert found.probability == pytest.approx((0.9 + 0.8 + 0.3) / 3)
    assert found.right == pytest.approx(1 / 3)
    said = "Its probability was 0.667 on average over 3 answers, of which 0.333 were right."
    assert said in to_page(report(*ALL), written=WRITTEN)
    assert said in to_markdown(report(*ALL))
    assert confidence(results([REFUSED, FAILED, SEARCHED, REMOVED])) is None


def test_a_question_shows_its_answer_quotes_ranks_and_figures() -> None:
    text = to_page(report(RIGHT), written=WRITTEN)
    (fold,) = re.findall(r'<details class="q".*</details>', text)
    assert "How much does the crane lift?" in fold
    assert "Known answer:</em> <span>ninety tonnes</span>" in fold
    assert '<mark class="e">has bought a crane that lifts </mark><mark>ninety tonnes</mark>' in fold
    assert "Answer, 10 words:" in fold
    assert fold.count("Tessel Bay") == 1  # a claim that is its quote is said once
    assert "<cite>crane.txt</cite>" in fold
    assert "crane.txt</span> at rank 2" in fold
    assert "quay.txt</span> <strong>not among the first 2</strong>" in fold
    assert "contained 1 · " in fold
    assert "probability 0.800" in fold


def test_a_quote_that_is_not_in_the_document_is_called_so() -> None:
    citation = replace(RIGHT.claims[0].citations[0], exact=False)
    claim = replace(RIGHT.claims[0], citations=(citation,))
    text = to_page(report(replace(RIGHT, claims=(claim,))), written=WRITTEN)
    assert "✗ not in the document word for word" in text
    bare = replace(claim, citations=(), text="Bare.")
    assert "cites nothing" in to_page(report(replace(RIGHT, claims=(bare,))), written=WRITTEN)


def test_the_worst_questions_come_in_groups_the_surest_first() -> None:
    surer = replace(WRONG, query=replace(WRONG.query, question="Surest?"), probability=0.95)
    text = to_page(report(*ALL, surer), written=WRITTEN)
    worst = text.partition('<section id="worst-questions">')[2].partition("</section>")[0]
    headings = re.findall(r"<h3>(.*?)</h3>", worst)
    assert headings == [
        "Failed (1)",
        "Answerable, but wrong or refused (3)",
        "Not answerable, but answered (1)",
        "Evidence removed, but answered (1)",
    ]
    assert re.findall(r'href="#q(\d+)"', worst) == ["6", "9", "2", "3", "5", "8"]


def test_a_long_group_shows_its_first_and_counts_the_others() -> None:
    text = to_page(report(*[WRONG] * 25), written=WRITTEN)
    worst = text.partition('<section id="worst-questions">')[2].partition("</section>")[0]
    assert worst.count("<li>") == 20
    assert "5 more are among all questions below." in worst


def test_the_same_report_gives_the_same_page_but_for_the_time() -> None:
    first = to_page(report(*ALL), written=WRITTEN)
    later = to_page(report(*ALL), written=WRITTEN.replace(year=2025))
    assert first == to_page(report(*ALL), written=WRITTEN)
    assert first != later
    assert first == later.replace("2025-02-28", "2024-02-28")


def test_what_a_run_does_not_have_is_left_out() -> None:
    text = to_page(replace(report(SEARCHED), latency={}), written=WRITTEN)
    headings = re.findall(r"<h2>(.*?)</h2>", text)
    assert headings == ["Summary", "All figures", "Every question", "What ran"]
    empty = to_page(replace(report(), latency={}), written=WRITTEN)
    assert "0 questions" in Page(empty).words


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("The moon, “the Moon”, and moons.", "The moon", ["moon", "Moon"]),
        ("It cost $4,000—twice as much.", "4000", ["4,000"]),
        ("Russia’s list", "russias list", ["Russia’s list"]),
        ("an apple a day", "apple day", ["apple a day"]),
        ("aa aa aa", "aa aa", ["aa aa", "aa aa"]),
        ("soil", "oil", []),
        ("Who? — the Who.", "the", []),
    ],
)
def test_known_words_are_found_where_holding_is_measured(
    text: str, phrase: str, found: list[str]
) -> None:
    assert [text[start:end] for start, end in places(text, [phrase])] == found
    assert holds(text, phrase) == bool(found)


def test_overlapping_places_are_marked_once() -> None:
    assert marked("aa aa aa <b>", answers=["aa aa"], evidence=["aa"]) == (
        "<mark>aa aa aa</mark> &lt;b&gt;"
    )


def test_characters_that_are_not_shown_hide_no_known_words() -> None:
    text = "It lifts \u202aninety\u202c tonnes."
    assert "<mark>ninety tonnes</mark>" in marked(
        text, answers=["ninety \u202atonnes"], evidence=[]
    )


def test_bars_stay_within_their_axis() -> None:
    drawn = interval_bar(Figure(value=0.5, interval=Interval(0.25, 1.0), n=4))
    assert '<path class="range" d="M33 6H114"/><circle cx="60"' in drawn
    assert interval_bar(Figure(value=None, interval=None, n=0)) == ""
    widths = re.findall(r' x="([\d.]+)" width="([\d.]+)"', parts_bar({"right": 1, "wrong": 3}))
    assert widths == [("0", "250"), ("250", "750")]


def test_the_curve_runs_from_the_surest_answer_to_all_of_them() -> None:
    """The axes run from (44, 194) to (348, 12): risk upwards, coverage to the right."""
    points = (RiskPoint(0.9, 0.25, 0.0), RiskPoint(0.4, 0.75, 0.5))
    drawn = risk_coverage_plot(points, described="Half & half")
    assert '<path class="curve" d="M44 194H120L272 103"/>' in drawn
    assert '<path class="even" d="M44 103H272"/>' in drawn
    assert 'role="img" aria-label="Half &amp; half"' in drawn


def test_a_dot_is_as_large_as_its_bin_and_stands_at_its_mean() -> None:
    many, one = (Figure(value=0.5, interval=Interval(0.0, 1.0), n=n) for n in (400, 100))
    bins = (Bin(0.0, 0.1, 0.05, many), Bin(0.9, 1.0, 1.0, one))
    drawn = reliability_plot(bins, described="")
    assert '<circle cx="59.2" cy="103" r="8"/>' in drawn
    assert '<path class="range" d="M348 194V12"/><circle cx="348" cy="103" r="4"/>' in drawn
    assert re.findall(r'<text class="n".*?>(.*?)</text>', drawn) == ["400", "100"]


def test_a_quote_from_within_a_known_sentence_is_evidence_as_a_whole() -> None:
    sentence = f"On Monday, {RIGHT.claims[0].text}"
    query = replace(RIGHT.query, answers=(), evidence=(sentence,))
    text = to_page(report(replace(RIGHT, query=query)), written=WRITTEN)
    assert f'<mark class="e">{RIGHT.claims[0].text.removesuffix(".")}</mark>' in text


def test_types_and_lengths_are_tables_of_their_own() -> None:
    longer = replace(RIGHT, query=replace(WRONG.query, question="word " * 20, type="long"))
    text = to_page(report(WRONG, longer), written=WRITTEN)
    tables = re.findall(r'<table class="parts">(.*?)</table>', text)
    rows = [re.findall(r'<th scope="row">(.*?)</th>.*?</tr>', table) for table in tables]
    assert rows == [["long", "number"], ["up to 8 words", "over 15 words"]]
    contained = [re.findall(r"<td>(\d\.\d{3}) ", row) for row in tables[1].split("<tr>")[2:]]
    place = columns_by_type(report(WRONG, longer).scores).index("contained")
    assert [row[place] for row in contained] == ["0.000", "1.000"]


def test_questions_are_sliced_by_their_words() -> None:
    assert [length("word " * n) for n in (1, 8, 9, 15, 16)] == [
        LENGTHS[0],
        LENGTHS[0],
        LENGTHS[1],
        LENGTHS[1],
        LENGTHS[2],
    ]
