"""Who said it and when it happened are told where the words leave no doubt, and nowhere else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.models import Document, Passage
from rag.attribution.claims import attributed
from rag.attribution.event_date import event_date_of
from rag.cite import check
from rag.models import Citation, Claim, Draft, Evidence, Hit, Verdict

MONDAY, THURSDAY, SATURDAY = date(2024, 5, 6), date(2024, 5, 9), date(2024, 5, 11)


def cited(quote: str, *, published_at: date | None = SATURDAY) -> Citation:
    return Citation(
        document_id=quote[:8],
        title="Velmora",
        outlet=None,
        source="velmora.txt",
        published_at=published_at,
        page=None,
        start=0,
        end=len(quote),
        quote=quote,
    )


def known(*quotes: str, verdict: Verdict = "supported") -> tuple[str | None, date | None]:
    claim = Claim(text="So it is.", citations=tuple(map(cited, quotes)), verdict=verdict)
    found = attributed(claim)
    assert (found.text, found.citations, found.verdict) == (claim.text, claim.citations, verdict)
    return found.speaker, found.event_date


@pytest.mark.parametrize(
    ("quote", "speaker"),
    [
        ("Ines Calder said the harbour was closed.", "Ines Calder"),
        ("Calder told reporters the harbour was closed.", "Calder"),
        ("But Calder said that the harbour was closed.", "Calder"),
        ("On Thursday Calder said the harbour was closed.", "Calder"),
        ("In a statement on Friday, Calder said it was closed.", "Calder"),
        ("Calder on Friday said the harbour was closed.", "Calder"),
        ("Calder has repeatedly warned that the harbour would close.", "Calder"),
        ("Dr. Ines Calder said the harbour was closed.", "Dr. Ines Calder"),
        ("Ines van der Calder said the harbour was closed.", "Ines van der Calder"),
        ("“The harbour is closed,” said Ines Calder.", "Ines Calder"),
        ("“The harbour is closed,” Ines Calder said.", "Ines Calder"),
        ("‘The harbour is closed’, said Ines Calder.", "Ines Calder"),
        ('"Is it closed?" Ines Calder said.', "Ines Calder"),
        ("“It is closed,” said Calder. “It will stay so.”", "Calder"),
        ("“It is closed. Renn said so,” Calder said.", "Calder"),
        ("We will not open it,” said Calder.", "Calder"),
        ("Calder said: “We will not open it. Renn said", "Calder"),
        ("The harbour, Calder said, was closed.", "Calder"),
        ("The harbour was closed, said Calder.", "Calder"),
        ("In June the harbour was closed, and stayed so, said Calder.", "Calder"),
        ("According to Ines Calder, the harbour was closed.", "Ines Calder"),
        ("The harbour was closed, according to Ines Calder.", "Ines Calder"),
        ("Ines Calder, the foreign minister, said it was closed.", "Ines Calder"),
        ("Ines Calder, 45, a pilot, said it was closed.", "Ines Calder"),
        ("Ines Calder, who runs the harbour, said it was closed.", "Ines Calder"),
        ("The foreign minister, Ines Calder, said it was closed.", "Ines Calder"),
        ("“It is closed,” said the harbour’s director, Ines Calder.", "Ines Calder"),
        ("Former harbour inspector Ines Calder said it was closed.", "Ines Calder"),
        ("Foreign Minister Ines Calder said it was closed.", "Foreign Minister Ines Calder"),
        ("Ines Calder of the Port Institute said so.", "Ines Calder of the Port Institute"),
        ("The Velmora Port Authority said so.", "the Velmora Port Authority"),
        ("Velmora denied any deal.", "Velmora"),
        ("Velmora denies that a deal was made.", "Velmora"),
        ("Velmora’s ministry denied the accusations.", "Velmora’s ministry"),
        ("Calder confirmed the deal.", "Calder"),
        ("Calder acknowledged that a deal was made.", "Calder"),
        ("Calder testified that a deal was made.", "Calder"),
        ("Calder wrote in a letter that a deal was made.", "Calder"),
        ("“Done,” Calder tweeted.", "Calder"),
        ("The deal was dead, Calder suggested.", "Calder"),
        (
            "A senior administration official said it was closed.",
            "a senior administration official",
        ),
        ("Velmoran officials said it was closed.", "Velmoran officials"),
        ("The defence ministry said it was closed.", "the defence ministry"),
        ("Analysts said it was closed.", "analysts"),
        ("It was closed, some experts say.", "some experts"),
        ("It was closed, the port report said.", "the port report"),
        ("Two officials familiar with the talks said so.", "two officials familiar with the talks"),
        ("An official at the port said in a letter that it closed.", "an official at the port"),
        ("A spokesman for Tobias Renn said it was closed.", "a spokesman for Tobias Renn"),
        ("Renn’s lawyer said it was closed.", "Renn’s lawyer"),
        ("Ines Calder said it was closed. Calder told reporters why.", "Ines Calder"),
        ("A port official said no. “It is closed,” the official said.", "a port official"),
        # What somebody would not say is no speech of theirs.
        ("Calder declined to say why, the port ministry said.", "the port ministry"),
        # No adverb, though it ends like one.
        ("But Emily Calder said it was closed.", "Emily Calder"),
        ("“It is closed,” said Emily Calder.", "Emily Calder"),
        ("Italy said it was closed.", "Italy"),
        ("Bank of Velmora said it was closed.", "Bank of Velmora"),
        # Asides that say who it is, and a main clause behind a comma.
        ("Ines Calder, director of the port, said so.", "Ines Calder"),
        ("It was closed, according to Calder, the mayor.", "Calder"),
        ("According to Calder, Renn left and others stayed.", "Calder"),
        # What is said goes on to speak of others.
        ("Calder said Renn had agreed.", "Calder"),
        ("VELMORA, May 9 (Port Wire) — Police said it was closed.", "police"),
    ],
)
def test_the_one_who_speaks_is_named_as_written(quote: str, speaker: str) -> None:
    assert known(quote)[0] == speaker


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "The harbour was closed.",
        "“The harbour is closed.”",
        # Nobody says who speaks.
        "He said the harbour was closed.",
        "“It is closed,” she said.",
        "It was said that the harbour was closed.",
        "Calder is said to have closed it.",
        "Calder was told that it was closed.",
        "One of them said it was closed.",
        "Others said it was closed.",
        "Yesterday they said it was closed.",
        "“It is closed,” she said, and Calder left.",
        # More than one speaks.
        "Calder said it was open, and Renn said it was closed.",
        "Calder and Renn said it was closed.",
        "Calder said Renn told her it was closed.",
        "Calder said it was open. Renn denied any of it.",
        "Ines Calder said it was open. Tobias Calder said it was closed.",
        "A port official said it was open. A navy official said it was closed.",
        "According to Calder, he said it was closed.",
        "Calder said it was closed, and the ministry called this a lie.",
        # A name that is spoken of, spoken to, or a place.
        "He said Calder agreed.",
        "As Calder said, it was closed.",
        "The talks ended when Calder said no.",
        "What Calder said was wrong.",
        "He was asked by Calder, said no, and left.",
        "The man who met Calder said it was closed.",
        "A lawyer in Arden, Velmora, said it was closed.",
        "The harbour master, told Calder it was closed.",
        "The director, whose lawyer, Calder, said it was closed.",
        "“It is closed,” said Ines “Red” Calder.",
        # What begins a sentence may be no name.
        "Eventually Calder said so.",
        "Nevertheless Calder said so.",
        "Therefore Calder said so.",
        "Sometimes Calder said so.",
        "Elsewhere Calder said so.",
        "Half said they were afraid.",
        "Few said they were afraid.",
        "Fewer said they were afraid.",
        "Thousands said they were afraid.",
        "Two-thirds said they were afraid.",
        "Neighbours said they were afraid.",
        "Photo by Calder said so.",
        # One of a list, or a place.
        "Ines Calder, Tobias Renn, Sela Brandt said so.",
        "Ines Calder, Tobias Renn, said so.",
        "Calder, with Renn, said so.",
        "It closed, according to Renn, Calder and others.",
        "According to Renn, Calder and others, it closed.",
        "An official, Velmora, said so.",
        # Not all of it is said by the one who speaks.
        "The harbour was closed. It was a mistake, Calder said.",
        "“It is closed.” Calder said it would open.",
        "Calder said it was closed. It cost four million.",
        # Nothing is said.
        "Calder said nothing.",
        "Calder did not say why.",
        "Calder would not say why it was closed.",
        "Calder added 40 ships to the fleet.",
        "Calder wrote a novel.",
        "A court denied the motion.",
        "Calder told of the harbour.",
        "Tests confirmed the leak.",
        "The harbour was closed on Renn’s claims.",
        "a step officials said was late",
        # Marks that do not pair.
        "“It is “closed,” Calder said.",
        'It is closed," said Calder.” "And',
    ],
)
def test_where_it_is_not_certain_nobody_is_named(quote: str) -> None:
    assert known(quote)[0] is None


@pytest.mark.parametrize(
    ("quote", "day"),
    [
        ("The ferry sank on 13 September 2023.", "2023-09-13"),
        ("The ferry sank on Wednesday, Sept. 13, 2023, off Velmora.", "2023-09-13"),
        ("“The ferry sank on 13 September 2023,” Calder said.", "2023-09-13"),
        ("On 13 September 2023 the ferry sank off Velmora.", "2023-09-13"),
        ("The prime minister was sacked on Thursday.", "2024-05-09"),
        ("Calder, 45, was also arrested on Thursday, police said.", "2024-05-09"),
        ("The head of the port resigned on Thursday.", "2024-05-09"),
        ("Police arrested 13 men in Velmora on Thursday.", "2024-05-09"),
        ("The ferry sank on May 11.", "2024-05-11"),
        ("The ferry sank on Thursday.", "2024-05-09"),
        ("The ferry sank late on Thursday.", "2024-05-09"),
        ("The ferry sank Thursday night, officials said.", "2024-05-09"),
        ("On Thursday, the ferry sank off Velmora.", "2024-05-09"),
        ("Thursday the ferry sank off Velmora.", None),
        ("The ferry sank on Saturday.", "2024-05-11"),
        ("The ferry sank yesterday.", "2024-05-10"),
        ("The ferry was raised today.", "2024-05-11"),
        ("The ferry sank on April 30.", "2024-04-30"),
        ("The ferry sank on 30 April.", "2024-04-30"),
        ("The ferry sank on May 5.", "2024-05-05"),
        ("The ferry sank on Tuesday, April 30.", "2024-04-30"),
        ("The ferry sank on Dec. 30.", "2023-12-30"),
        ("The ferry sank on Thursday, and on Thursday it was raised.", "2024-05-09"),
        ("Calder and Renn met on Thursday, and both sides insisted it went well.", "2024-05-09"),
        ("Calder and Renn met on Thursday, and no deal was made.", "2024-05-09"),
        ("Ines Calder met Tobias Renn on Thursday at the old port authority.", "2024-05-09"),
        ("The ferry was raised on Thursday at the old port authority.", "2024-05-09"),
        ("Calder said that the ferry sank on Thursday.", "2024-05-09"),
        ("Calder said the ferry sank on Thursday.", "2024-05-09"),
        ("The ferry sank on Thursday, Calder said.", "2024-05-09"),
        ("The ferry sank on Thursday, said Ines Calder.", "2024-05-09"),
        ("The ferry sank on Thursday, according to Ines Calder.", "2024-05-09"),
    ],
)
def test_the_day_it_happened_is_told(quote: str, day: str | None) -> None:
    found = event_date_of(quote, published_at=SATURDAY)
    assert (None if found is None else str(found)) == day


@pytest.mark.parametrize(
    "quote",
    [
        "The ferry sank.",
        # Several days.
        "The ferry sank on Thursday and was raised on Friday.",
        "The ferry sank between 4 October 2023 and 6 October 2023.",
        "The ferry sank on Thursday, as another did on 4 October 2023.",
        "The ferry sank on April 29-30.",
        "The ferry sank on Friday, April 30.",  # a Tuesday
        "The ferry sank on Monday, 5 May 2023.",  # a Friday
        # Any such day, or a name.
        "The ferry was full every Thursday.",
        "The ferry was full on Thursdays.",
        "The ferry was full on a Thursday.",
        "Calder praised Thursday’s vote.",
        "The Thursday vote was lost.",
        "It was the first Thursday games had.",
        "The shops opened on Black Friday.",
        "Calder was quoted in USA Today.",
        "The Sunday Times reported losses.",
        # What is to come, in its many forms.
        "The ferry will sail on Thursday.",
        "Calder said the ferry would sail on Thursday.",
        "The vote is due on Thursday.",
        "The vote is expected on Thursday.",
        "Calder plans to vote on Thursday.",
        "The upcoming vote was on Thursday.",
        "The vote was set for Thursday.",
        "The port will close on 13 September 2025.",
        "The plan must be ready on 5 May 2030.",
        "The port was closed on 13 September 2025.",  # after publication
        "The trial begins on Thursday.",
        "The trial opens Thursday.",
        "The armed group meets on Thursday.",
        "They agreed to meet on Thursday.",
        "They were to meet on Thursday.",
        "They called for a strike on Thursday.",
        "Next Thursday was agreed.",
        "The ferry may have sunk, as it was seen on Thursday.",
        "Tickets sold out ahead of Thursday.",
        "The company had not replied by Thursday evening.",
        "They waited until Thursday.",
        "The port was closed since Thursday.",
        "The ferry sailed before Thursday.",
        "The ferry sailed after Thursday.",
        "The proposed talks on Thursday.",
        "The port has been closed since 5 May 2023.",
        "The port reopened after 5 May 2023.",
        # Participles beside what is to come.
        "Recently elected lawmakers convene on Thursday.",
        "Lawmakers elected in Velmora convene on Thursday.",
        "Lawmakers elected in Velmora on Thursday convene.",
        "Talks aimed at peace continue on Thursday.",
        "Negotiators discuss stalled talks on Thursday.",
        "Parliament debates amended bill on Thursday.",
        "Two heated debates loom on Thursday.",
        "Most left parties convene on Thursday.",
        "A man named Renn speaks on Thursday.",
        "The shops stay closed on Thursday.",
        "Ines Calder leads talks aimed at peace on Thursday.",
        "Ines Calder praised a union formed on Thursday.",
        "Velmora need a win on Thursday.",
        # It did not happen.
        "The ferry did not sink on Thursday.",
        "No ferry sank on Thursday.",
        "On Thursday, and on no other day, the ferry sank, and nobody died.",
        "The ferry sank on Thursday, a claim that Calder denied.",
        "Calder denied that the ferry sank on Thursday.",
        "Nobody died on 5 May 2023.",
        # An aside.
        "The law, signed on 5 May 1990, was repealed.",
        "Calder (5 May 1990) resigned from the union.",
        "The bill, passed on Thursday, was vetoed.",
        "Calder, having resigned on Thursday, left.",
        "The law — Calder signed it on 5 May 1990 — was repealed.",
        "The union [it was founded on 5 May 1990] was dissolved.",
        # The day of something else.
        "Calder was in hospital when the bill passed on 5 May 2023.",
        "Calder was in hospital while the ferry sank on Thursday.",
        "Calder was in hospital as the ferry sank on Thursday.",
        "Calder resigned because the ferry sank on Thursday.",
        "Calder was on a ship built on 5 May 1990.",
        "Tickets valid on 5 May 2023 were refunded.",
        "The minister who was sacked returns on Thursday.",
        "Renn, who left on Thursday, led the union.",
        "The ferry that sank on Thursday was old.",
        "The chief resigned after the ferry sank on Thursday.",
        "The ferry sank on Thursday, three years after the first.",
        "The port closed in 2019, and reopened on Thursday.",
        "VELMORA (May 9, 2024) — The ferry sank off the coast.",
        "Updated 9 May 2024, and checked twice",
        "9 May 2024",
        # The day of saying it.
        "Calder said on Thursday the ferry sank.",
        "On Thursday, Calder said the ferry sank.",
        "Calder told reporters on Thursday that the ferry sank.",
        "The ferry sank, Calder said on Thursday.",
        "The ferry sank, officials said Thursday.",
        "Calder said in a letter of Thursday that it sank.",
        "Calder, who came on Thursday, said it sank.",
        "Calder said on 9 May 2024 that the ferry sank.",
        "He announced the sale on Thursday.",
        "“The ferry sank on Thursday,” Calder said.",
        "“The ferry sank yesterday,” Calder said.",
        # Now, and the day, are the same word.
        "The port is today the largest.",
        "The ferry sank before today’s vote.",
        "The ferry sank on 05/11/2023.",
        "The ferry sank on May 40.",
        # 20 May of this year, or of the last one.
        "The ferry sank on May 20.",
        "The ferry sank on May 12.",
    ],
)
def test_where_it_is_not_certain_no_day_is_told(quote: str) -> None:
    assert event_date_of(quote, published_at=SATURDAY) is None


@pytest.mark.parametrize(
    ("published_at", "day"),
    [
        (THURSDAY, THURSDAY - timedelta(days=7)),
        (MONDAY, MONDAY - timedelta(days=4)),  # both of last week and the last before
        (SATURDAY, None),  # two days ago, or nine
    ],
)
def test_last_thursday_counts_where_both_its_meanings_agree(
    published_at: date, day: date | None
) -> None:
    assert event_date_of("The ferry sank last Thursday.", published_at=published_at) == day


def test_this_thursday_is_not_in_the_week_before() -> None:
    quote = "The ferry sank this Thursday."
    assert event_date_of(quote, published_at=SATURDAY) == THURSDAY
    assert event_date_of(quote, published_at=MONDAY) is None


def test_without_a_day_of_publication_only_full_dates_count() -> None:
    assert event_date_of("The ferry sank on Thursday.", published_at=None) is None
    assert event_date_of("The ferry sank on April 30.", published_at=None) is None
    found = event_date_of("The ferry sank on April 30, 2024.", published_at=None)
    assert found == date(2024, 4, 30)


@pytest.mark.parametrize("published_at", [date(2023, 5, 11), date(2024, 5, 11), date(2025, 3, 1)])
def test_around_29_february_no_day_lies_ahead_or_a_year_back(published_at: date) -> None:
    for ahead in range(-1, 32):
        day = published_at + timedelta(days=ahead)
        found = event_date_of(f"The ferry sank on {day:%B} {day.day}.", published_at=published_at)
        assert found == (day if ahead <= 0 else None)
    assert event_date_of("The ferry sank on Feb. 29.", published_at=date(2025, 3, 1)) is None


@pytest.mark.parametrize("published_at", [date.min, date.max])
def test_the_ends_of_the_calendar_are_no_trouble(published_at: date) -> None:
    for words in ("yesterday", "on Thursday", "last Thursday", "on Friday", "on Jan. 2"):
        found = event_date_of(f"The ferry sank {words}.", published_at=published_at)
        assert found is None or found <= published_at


PIECES = st.sampled_from(
    """Calder Renn Velmora officials The the a said told according to denied that on Thursday last
    today sank was closed “ ” " , . 30 April 2024 May ’s — ( ) ; who he and , in will""".split()
)
QUOTES = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map(" ".join))


def plain(text: str) -> str:
    return " ".join(text.lower().split())


@given(quote=QUOTES)
def test_a_speaker_stands_in_the_quote(quote: str) -> None:
    speaker, _ = known(quote)
    assert speaker is None or plain(speaker) in plain(quote)


@given(quote=QUOTES, published_at=st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)))
def test_a_relative_day_is_near_publication(quote: str, published_at: date) -> None:
    found = event_date_of(quote, published_at=published_at)
    if found is not None and found != event_date_of(quote, published_at=None):
        assert timedelta(days=-366) < found - published_at <= timedelta(0)


def test_all_citations_that_tell_have_to_agree() -> None:
    calder = "Ines Calder said the ferry sank on Thursday."
    assert known(calder) == ("Ines Calder", THURSDAY)
    assert known(calder, "The ferry sank.") == ("Ines Calder", THURSDAY)
    assert known("The ferry sank, Calder said.", calder) == ("Ines Calder", THURSDAY)
    assert known(calder, "Tobias Renn said the ferry sank on Friday.") == (None, None)
    assert known(calder, "Analysts said the ferry sank on Thursday.") == (None, THURSDAY)
    assert known("The ferry sank.") == (None, None)


def test_several_in_one_citation_are_not_outvoted_by_another() -> None:
    calder = "Ines Calder said the ferry sank on Thursday."
    assert known(calder, "Calder said so. Renn said so.") == (None, THURSDAY)
    assert known(calder, "It sank. It was old, Renn said.") == (None, THURSDAY)
    assert known(calder, "He said so.") == (None, THURSDAY)
    assert known(calder, "It sank. It was old, Calder said.") == ("Ines Calder", THURSDAY)
    days = "The ferry sank on Thursday and was raised on Friday."
    assert known(calder, days) == ("Ines Calder", None)
    assert known(calder, "The ferry sank on Friday, three years after another.")[1] is None


def test_those_without_a_name_are_the_same_only_in_the_same_words() -> None:
    analysts = "Analysts said the ferry sank."
    assert known(analysts, "The ferry sank, analysts said.")[0] == "analysts"
    assert known(analysts, "Senior analysts said the ferry sank.")[0] is None


def test_a_claim_without_support_is_left_alone() -> None:
    quote = "Ines Calder said the ferry sank on Thursday."
    assert known(quote, verdict="unsupported") == (None, None)
    assert known(verdict="supported") == (None, None)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Ines Calder said the ferry Aurelia sank on Thursday off Velmora. [1]", "quoted"),
        ("The ferry Aurelia sank on Thursday. [1]", "supported"),
    ],
)
def test_a_checked_claim_says_who_and_when(text: str, verdict: Verdict) -> None:
    source = "Ines Calder said the ferry Aurelia sank on Thursday off Velmora."
    document = Document(
        id="d1",
        sources=("a.txt",),
        title="Ferry sinks",
        outlet="Port Wire",
        published_at=SATURDAY,
        text=source,
    )
    passage = Passage(id="p1", document_id="d1", start=0, end=len(source), text=source)
    hit = Hit(passage=passage, score=1.0, rank=1, stage="fused")
    evidence = Evidence(hit=hit, start=0, end=len(source), text=source, score=0.9)
    draft = Draft(text=text, evidence=(evidence,), writer="test")
    (claim,) = check(draft, {"d1": document}).claims
    assert (claim.verdict, claim.speaker, claim.event_date) == (verdict, "Ines Calder", THURSDAY)


def test_whoever_only_an_earlier_sentence_names_is_left_out() -> None:
    assert known("The official said it was closed.")[0] is None
    assert known("The White House said it was closed.")[0] == "the White House"
    assert known("The port official said it was closed.")[0] == "the port official"
