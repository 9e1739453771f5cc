"""What the page draws: every value escaped, every state in words, every span exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from index.load import load
from index.models import (
    Document,
    DocumentSummary,
    FileReport,
    IngestProgress,
    Passage,
    Span,
    VerifyReport,
)
from index.pace import Pace
from pincite.ui.adding import Adding
from pincite.ui.answer_view import render_conversation
from pincite.ui.chat import Exchange, Visit
from pincite.ui.cited_places import Walk, walk
from pincite.ui.library import safe_name
from pincite.ui.library_view import (
    ROWS_LIMIT,
    render_adding,
    render_library,
    render_removed_notice,
)
from pincite.ui.listing import Listing, Scope, matching, ordered, turned
from pincite.ui.markup import shown
from pincite.ui.shelf_view import render_collections, render_filters, render_verified
from pincite.ui.source_text import PART, WHOLE, Place, cut, paragraphs, render_part
from pincite.ui.source_view import Opened, render_gone, render_source, saved_name
from rag.models import (
    Answer,
    AnswerReady,
    Citation,
    Claim,
    ClaimChecked,
    Disagreement,
    DraftText,
    FollowUpUnderstood,
    Question,
    StageStarted,
    Trace,
)
from tests.made_files import MAKERS, SENTENCE

HOSTILE = "<img src=x onerror=hack()>\"' onclick='hack()' </p><script>hack()</script> & \u202eback"
TEXT = "A title\n\nThe first sentence. The second one,\n\nwhich goes on.\n\nThe third."


class Reader(HTMLParser):
    """Collects the tags, the attributes and the text of markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.inside: list[str] = []
        self.marked: dict[str, str] = {"cited": "", "also": ""}
        self.feed(markup)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)
        if tag == "mark":
            self.inside.append(dict(attrs)["class"])

    def handle_endtag(self, tag) -> None:
        if tag == "mark":
            self.inside.pop()

    def handle_data(self, data) -> None:
        self.text += data
        if self.inside:
            self.marked[self.inside[-1]] += data


def document(text: str = TEXT, **changes) -> Document:
    values = {"id": "d" * 32, "sources": ("/home/ada/ferry.txt",), "title": "A title"} | changes
    return Document(text=text, **values)


def citation(quote: str = "The third.", **changes) -> Citation:
    values = {
        "document_id": "d" * 32, "title": "A title", "outlet": "The Ledger",
        "source": "/home/ada/ferry.txt", "published_at": date(2023, 9, 14), "page": None,
        "start": 0, "end": len(quote), "quote": quote,
    }  # fmt: skip
    return Citation(**values | changes)


def question(text: str = "Why?") -> Question:
    return Question(text=text, standalone=text, parts=(text,))


def drawn(exchange: Exchange) -> Reader:
    return Reader(render_conversation(Visit(exchanges=(exchange,))))


def test_hostile_values_are_text_wherever_they_stand() -> None:
    cited = citation(HOSTILE, title=HOSTILE, outlet=HOSTILE, source=HOSTILE)
    answered = Answer(
        question=question(HOSTILE),
        claims=(Claim(text=HOSTILE, citations=(cited,), verdict="quoted", speaker=HOSTILE),),
        sources=(cited,),
        disagreements=(Disagreement(point=HOSTILE, sides=(cited,)),),
        unanswered=(HOSTILE,),
        notices=(HOSTILE,),
    )
    refused = Answer(
        question=question(HOSTILE),
        abstained_because=HOSTILE,
        nearest=(cited,),
        trace=Trace(searched=(HOSTILE,)),
    )
    asked = Exchange(question=HOSTILE)
    markup = render_conversation(
        Visit(
            exchanges=(
                replace(asked, answer=answered, claims=answered.claims),
                replace(asked, answer=refused),
                replace(asked, trouble=HOSTILE),
                replace(asked, stages=(HOSTILE,), draft=HOSTILE),
                Exchange(question=HOSTILE * 20),
                Exchange(question="Why?", understood=HOSTILE, read=1, among=HOSTILE),
            )
        )
    )
    hostile = {"title": HOSTILE, "outlet": HOSTILE, "author": HOSTILE, "language": HOSTILE}
    read = document(HOSTILE, sources=(HOSTILE, f"ftp://{HOSTILE}"), tags=(HOSTILE,), **hostile)
    markup += render_source(opened(read, summary=summary()), walked(Span(2, 9)))
    markup += render_gone(walk([cited], 0, exchange=0, action="source"), "removed")
    hostile_row = summary(title=HOSTILE, outlet=HOSTILE, language=HOSTILE, tags=(HOSTILE,))
    listing = Listing(wanted=HOSTILE, outlet=HOSTILE, tag=HOSTILE, language=HOSTILE)
    markup += listed([hostile_row], Listing(wanted="img"))
    markup += listed([summary()], Listing(wanted=HOSTILE))
    markup += render_filters([hostile_row], listing)
    markup += render_collections([hostile_row], Scope(collections=(HOSTILE,)))
    markup += render_verified(VerifyReport(documents=1, passages=1, problems=(HOSTILE,)))
    markup += render_removed_notice(1, key=HOSTILE, seconds=60, quotes=True)
    failed = FileReport(path=HOSTILE, status="failed", reason=HOSTILE)
    markup += render_adding(Adding(done=(failed,), current=HOSTILE, trouble=HOSTILE), key=HOSTILE)
    markup += render_adding(Adding(left=(Path(HOSTILE),)), key=HOSTILE)
    reader = Reader(markup)
    assert not {"img", "script", "a", "style"} & set(reader.tags)
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    assert reader.text.count("<script>hack()</script>") > 20


def test_reversing_characters_stay_but_reach_no_further_than_themselves() -> None:
    assert Reader(shown("a\u202eb")).text == "a\u202eb"
    assert shown("a\u202eb").count("<bdi") == 1


def opened(read: Document, **facts) -> Opened:
    return Opened(document=read, cut=cut(read.text), **facts)


def walked(*spans: Span, at: int = 0) -> Walk:
    """The way through citations of one document."""
    return walk(
        [citation(start=s.start, end=s.end) for s in spans], at, exchange=0, action="source"
    )


def read_pane(document_: Document, *spans: Span) -> Reader:
    return Reader(render_source(opened(document_), walked(*spans) if spans else None))


def test_the_cited_span_is_marked_across_paragraphs_and_the_text_is_whole() -> None:
    start, end = TEXT.index("The second"), TEXT.index(" on.") + 4
    third = TEXT.index("The third.")
    reader = read_pane(document(), Span(start, end), Span(third, third + 10))
    assert reader.marked["cited"] == TEXT[start:end].replace("\n\n", "")
    assert reader.marked["also"] == "The third."
    assert TEXT.replace("\n\n", "") in reader.text


@pytest.mark.parametrize("span", [Span(3, 3), Span(10_000, 10_005)])
def test_a_span_outside_the_document_marks_nothing(span: Span) -> None:
    assert "mark" not in read_pane(document(), span).tags


def test_citations_are_walked_document_by_document_from_the_beginning_of_each() -> None:
    places = [("b", 50), ("a", 9), ("b", 10), ("a", 2)]
    cited = [citation(document_id=name * 32, start=at, end=at + 1) for name, at in places]
    way = walk(cited, 1, exchange=0, action="source")
    assert [places[number] for number in way.order] == [("b", 10), ("b", 50), ("a", 2), ("a", 9)]
    assert (way.shown, way.here, way.documents) == (1, range(2, 4), ("b" * 32, "a" * 32))
    assert way.places == (Place(2, 3, 3), Place(9, 10, 1))
    text = Reader(render_source(opened(document(id="a" * 32)), way)).text
    assert "Citation 2 of 2, document 2 of 2" in text
    with pytest.raises(IndexError):
        walk(cited, 4, exchange=0, action="source")


@pytest.mark.parametrize(
    "text",
    [
        "One short paragraph.",
        "\n\n".join(f"Paragraph {number} of a report. " * 9 for number in range(900)),
        "word " * 40_000,
        "w" * 130_000,
        "line\n" * 30_000,
        "",
    ],
    ids=["short", "long", "one-paragraph", "one-word", "lines", "empty"],
)
def test_a_text_in_parts_is_whole_and_no_part_is_large(text: str) -> None:
    parted = cut(text)
    read = document(text)
    parts = [render_part(read, parted, number) for number in range(len(parted.firsts))]
    shown_text = "".join(Reader(part).text for part in parts)
    assert "".join(shown_text.split()) == "".join(text.split())
    longest = max((len(Reader(part).text) for part in parts), default=0)
    assert longest <= (2 * PART if len(text) > WHOLE else WHOLE)
    for number in range(len(parted.firsts)):
        start, end = parted.span(number)
        assert {parted.part_at(start), parted.part_at(end - 1)} == {number}


def test_of_a_long_document_only_what_is_cited_is_drawn() -> None:
    text = "\n\n".join(f"Paragraph {number} of a report. " * 9 for number in range(9_000))
    start = text.index("Paragraph 5000 ")
    markup = render_source(opened(document(text)), walked(Span(start, start + 20)))
    assert len(markup) < 100_000
    assert Reader(markup).marked["cited"] == text[start : start + 20]
    assert "Paragraph 8999" not in markup
    assert markup.count('class="part"') == len(cut(text).firsts)


def test_a_citation_over_two_parts_is_marked_in_both() -> None:
    text = "\n\n".join(f"Paragraph {number}. " * 90 for number in range(90))
    parted = cut(text)
    border = parted.span(2).start
    read, place = document(text), Place(border - 40, border + 40, 7)
    marked = "".join(
        Reader(render_part(read, parted, n, places=[place], shown_source=7)).marked["cited"]
        for n in (1, 2)
    )
    assert "".join(marked.split()) == "".join(text[border - 40 : border + 40].split())


def test_passages_are_numbered_where_they_begin_and_the_text_stays_as_it_is() -> None:
    passages = tuple(
        Passage(id=str(start), document_id="d", start=start, end=start + 5, text=TEXT[start:])
        for start in (0, TEXT.index("The second"))
    )
    reader = Reader(render_source(opened(document(), passages=passages)))
    numbers = [value for name, value in reader.attributes if name == "data-passage"]
    assert numbers == ["1", "2"]
    assert TEXT.replace("\n\n", "") in reader.text


def test_the_places_of_a_text_are_those_of_its_paragraphs() -> None:
    stretches = cut(TEXT).stretches
    assert [tuple(each)[:2] for each in stretches] == [tuple(each) for each in paragraphs(TEXT)]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/home/ada/ferry.txt", "ferry.txt"),
        ("https://news.example/a/../b?c=d", "A title.pdf"),
        ("../../etc/passwd", "passwd"),
        ("/home/ada/a\u202efdp.exe", "afdp.exe"),
    ],
)
def test_an_original_is_saved_under_a_plain_name(source: str, name: str) -> None:
    read = document(sources=(source,), media_type="application/pdf")
    assert saved_name(read) == name


def test_only_web_addresses_are_links_and_lead_away_safely() -> None:
    sources = ("/home/ada/ferry.txt", "javascript:alert(1)//", "https://news.example/a")
    reader = Reader(render_source(opened(document(sources=sources))))
    assert reader.tags.count("a") == 1
    attributes = dict(reader.attributes)
    assert attributes["href"] == "https://news.example/a"
    assert {"noreferrer", "noopener"} <= set((attributes["rel"] or "").split())
    assert all(source in reader.text for source in sources)


@pytest.mark.parametrize("name", MAKERS)
def test_the_type_of_every_format_that_is_read_has_a_name_for_people(name: str) -> None:
    media_type = load(MAKERS[name](SENTENCE), name).media_type
    assert media_type not in render_source(opened(document(media_type=media_type)))


def test_pages_are_numbered_where_they_begin() -> None:
    text = "First page.\n\nSecond page.\n\nStill second."
    reader = read_pane(document(text, page_starts=(0, 13)), Span(13, 19))
    assert reader.text.count("page 2") == 2
    assert reader.text.index("First page.") < reader.text.rindex("page 2")
    assert reader.text.rindex("page 2") < reader.text.index("Second page.")


def test_what_is_unknown_is_called_unknown() -> None:
    cited = citation(outlet=None, published_at=None)
    claim = Claim(text="So.", citations=(cited,), verdict="quoted")
    answer = Answer(question=question(), claims=(claim,), sources=(cited,))
    reader = drawn(Exchange(question="Why?", answer=answer, claims=(claim,)))
    assert "outlet unknown" in reader.text
    assert "date unknown" in reader.text
    assert ("aria-label", "Citation 1: outlet unknown, date unknown") in reader.attributes


def test_a_draft_is_called_unchecked_until_a_claim_is_checked() -> None:
    first = citation()
    asked = Exchange(question="Why?").after(StageStarted(stage="writing", message="writing"))
    writing = asked.after(DraftText(text="Because ")).after(DraftText(text="of it."))
    assert "Not checked yet" in drawn(writing).text
    assert "Because of it." in drawn(writing).text
    checked = writing.after(
        ClaimChecked(claim=Claim(text="It did.", citations=(first,), verdict="supported"))
    )
    assert "Because of it." not in drawn(checked).text
    assert "It did.[1]" in drawn(checked).text


def test_a_follow_up_shows_what_it_was_understood_as_with_a_way_to_change_it() -> None:
    asked = Question(text="Why?", standalone="Why did it “sink”?", parts=("Why did it “sink”?",))
    exchange = Exchange(question="Why?").after(FollowUpUnderstood(question=asked))
    reader = drawn(exchange)
    assert "Understood as: Why did it “sink”? Change" in reader.text
    assert ("data-edit", asked.standalone) in reader.attributes
    assert "Understood as" not in drawn(Exchange(question="Why?")).text


def test_the_answers_of_a_visit_are_those_that_came() -> None:
    answers = [Answer(question=question(text), abstained_because="No.") for text in ("A?", "B?")]
    visit = Visit(
        exchanges=(
            Exchange(question="A?", answer=answers[0]),
            Exchange(question="C?", trouble="It failed."),
            Exchange(question="B?", answer=answers[1]),
            Exchange(question="D?"),
        )
    )
    assert visit.answers == tuple(answers)


def test_numbers_of_claims_arriving_one_by_one_are_those_of_the_answer() -> None:
    one, two = citation("One."), citation("Two.")
    claims = (
        Claim(text="First.", citations=(two,), verdict="quoted"),
        Claim(text="Second.", citations=(one, two), verdict="quoted"),
    )
    exchange = Exchange(question="Why?")
    for claim in claims:
        exchange = exchange.after(ClaimChecked(claim=claim))
    answer = Answer(question=question(), claims=claims, sources=(two, one))
    assert exchange.sources == answer.sources
    assert exchange.after(AnswerReady(answer=answer)).claims == claims
    assert "Second.[2][1]" in drawn(exchange).text


def test_the_day_of_an_event_is_no_approximation() -> None:
    claim = Claim(
        text="It sank.",
        citations=(citation("It sank."),),
        verdict="supported",
        event_date=date(2024, 5, 9),
    )
    answer = Answer(question=question(), claims=(claim,), sources=claim.citations)
    text = drawn(Exchange(question="When?", answer=answer, claims=(claim,))).text
    assert "happened on 9 May 2024" in text
    assert "about" not in text


def test_each_side_of_a_difference_can_be_opened() -> None:
    first, second = citation(), citation("The first sentence.", start=9, end=28)
    answer = Answer(
        question=question(),
        claims=(Claim(text=first.quote, citations=(first,), verdict="quoted"),),
        sources=(first, second),
        disagreements=(Disagreement(point="some deny it", sides=(first, second)),),
    )
    page = drawn(Exchange(question="Why?", answer=answer, claims=answer.claims))
    opened = [value for name, value in page.attributes if name == "data-source"]
    # The claim's marker, then one a side; the cards follow.
    assert opened[:3] == ["0", "0", "1"]
    assert "some deny it" in page.text


def test_a_side_that_is_superseded_says_so_and_the_newer_one_since_when() -> None:
    old, new = citation(), citation("The second sentence.", start=9, end=29)
    difference = Disagreement(
        point="12, then 31", sides=(old, new), superseded=(old,), since=date(2024, 5, 5)
    )
    answer = Answer(question=question(), sources=(old, new), disagreements=(difference,))
    text = drawn(Exchange(question="How many?", answer=answer)).text
    assert text.index(old.quote) < text.index("superseded") < text.index(new.quote)
    assert "newer, since 5 May 2024" in text


def test_an_unsupported_statement_says_so() -> None:
    claim = Claim(text="Pigs fly.", citations=(), verdict="unsupported")
    answer = Answer(question=question(), claims=(claim,))
    reader = drawn(Exchange(question="Why?", answer=answer, claims=(claim,)))
    assert "Not supported by the documents" in reader.text


def test_an_upload_is_summed_up_in_words() -> None:
    done = tuple(
        FileReport(path=f"/tmp/{number}", status=status)
        for number, status in enumerate(["added", "duplicate", "unchanged", "failed"])
    )
    assert (
        "1 file added, 2 already here, 1 not added" in Reader(render_adding(Adding(done=done))).text
    )
    running = Adding(done=done[:1], current="b.txt", waiting=2)
    assert "Adding file 2 of 4" in Reader(render_adding(running)).text
    stopped = Reader(render_adding(Adding(done=done[:1], left=(Path("c.txt"), Path("d.txt")))))
    assert "1 file added, 2 not read" in stopped.text
    assert stopped.text.count("not read") == 3
    assert "Continue" in stopped.text


def test_an_upload_tells_its_pace_and_what_needs_a_look_first() -> None:
    done = tuple(
        FileReport(path=f"/tmp/{status}.txt", status=status)
        for status in ("added", "failed", "unchanged")
    )
    progress = IngestProgress(files_done=3, files_total=5, passages_done=90, bytes_done=4)
    pace = Pace(passages_per_second=45.0, seconds_left=120.0)
    running = Adding(done=done, current="b.txt", waiting=1, progress=progress, pace=pace)
    text = Reader(render_adding(running)).text
    assert "90 passages, 45 a second, about 2 min left" in text
    assert text.index("b.txt") < text.index("unchanged.txt") < text.index("failed.txt")
    text = Reader(render_adding(Adding(done=done))).text
    assert text.index("failed.txt") < text.index("added.txt") < text.index("unchanged.txt")
    assert "Stop" not in text


def test_a_large_library_is_cut_and_searched() -> None:
    documents = [summary(title=f"Report {number}") for number in range(ROWS_LIMIT + 5)]
    reader = Reader(listed(documents))
    assert reader.tags.count("tr") == ROWS_LIMIT + 1
    assert f"{ROWS_LIMIT} of {ROWS_LIMIT + 5} shown" in reader.text
    assert "Report 404" in Reader(listed(documents, Listing(wanted="report 404"))).text


def test_newest_documents_come_first_and_undated_ones_last() -> None:
    documents = [
        summary(title="Undated", published_at=None),
        summary(title="Older", published_at=date(2023, 1, 1)),
        summary(title="Newer", published_at=date(2024, 1, 1)),
    ]
    text = Reader(listed(documents)).text
    assert text.index("Newer") < text.index("Older") < text.index("Undated")


@pytest.mark.parametrize("column", ["title", "outlet", "date", "added", "passages"])
def test_a_column_sorts_either_way_and_the_unknown_stands_last(column: str) -> None:
    documents = [
        summary(
            title=title, outlet=outlet, published_at=day, passages=count,
            added_at=datetime(2026, 11, count, tzinfo=UTC),
        )
        for title, outlet, day, count in (
            ("Beta", "Herald", date(2023, 5, 1), 2),
            ("alpha", None, None, 1),
            ("Gamma", "argus", date(2024, 5, 1), 3),
        )
    ]  # fmt: skip
    first = turned(Listing(sort="title" if column != "title" else "date"), column)
    second = turned(first, column)
    assert first.sort == second.sort == column
    assert first.falling is not second.falling
    orders = [
        [each.title for each in ordered(documents, listing.sort, falling=listing.falling)]
        for listing in (first, second)
    ]
    if column in {"outlet", "date"}:
        assert {tuple(order[:2]) for order in orders} == {("Beta", "Gamma"), ("Gamma", "Beta")}
        assert {order[2] for order in orders} == {"alpha"}
    else:
        assert orders[0] == orders[1][::-1]
        assert sorted(orders[0], key=str.casefold) == ["alpha", "Beta", "Gamma"]
    assert turned(first, "<b>") == first
    state = "descending" if first.falling else "ascending"
    heads = [value for name, value in Reader(listed(documents, first)).attributes
             if name == "aria-sort"]  # fmt: skip
    assert sorted(heads) == sorted(["none"] * 4 + [state])


def test_a_sick_library_is_told_with_the_button_that_mends_it() -> None:
    problem = "The word index differs from the passages: run `pincite rebuild`."
    sick = render_verified(VerifyReport(documents=2, passages=9, problems=(problem,)))
    assert "press “Repair”" in Reader(sick).text
    assert "pincite rebuild" not in sick
    assert ("data-health", "repair") in Reader(sick).attributes
    assert "repair" not in render_verified(VerifyReport(documents=2, passages=9))


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\secret.txt", "secret.txt"),
        ("..", "document"),
        ("", "document"),
        (".hidden", "hidden"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("Überblick 2023.docx", "Überblick 2023.docx"),
        ("line\nbreak\x00.md", "line break.md"),
    ],
)
def test_names_of_uploads_become_one_plain_path_component(given: str, safe: str) -> None:
    assert safe_name(given) == safe


def test_a_very_long_name_keeps_its_ending() -> None:
    name = safe_name("x" * 400 + ".pdf")
    assert len(name) <= 120
    assert name.endswith("x.pdf")


def listed(documents: list[DocumentSummary], listing: Listing | None = None) -> str:
    """The table as the page draws it."""
    listing = listing or Listing()
    found = ordered(matching(documents, listing.wanted), listing.sort, falling=listing.falling)
    return render_library(documents, found=found, listing=listing)


def summary(**changes) -> DocumentSummary:
    values = {
        "id": "d" * 32, "title": "A title", "outlet": "The Ledger", "author": None,
        "published_at": date(2023, 9, 14), "language": "en", "tags": (),
        "media_type": "text/plain", "sources": ("/home/ada/ferry.txt",), "characters": 60,
        "passages": 2, "added_at": datetime(2026, 11, 21, tzinfo=UTC),
    }  # fmt: skip
    return DocumentSummary(**values | changes)
