"""Questions of a conversation are made to stand alone, and others are left as they are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.followup.rules import LONGEST_FOLLOW_UP, standalone
from rag.followup.topic import STANDALONE_LIMIT
from rag.models import Answer, Claim
from rag.question import answer_kind, understand
from rag.settings import QUESTION_LIMIT

WANT = "what does North Korea want in return?"
DENIED = "Who denied the arms deal?"
MET = "Where did the leaders meet?"
STRIKE = "Why are the ferry crews on strike?"
HASKETT = "Who is Dorrie Haskett?"
TEA = "How much does tea cost?"
BOTH = "What did Kim and Putin discuss?"
PROMISED = "What did Russia promise North Korea?"
PROMISE = "what Russia promised North Korea?"
SHIPPED = "Did Russia ship containers to North Korea in 2023?"
PORT = "What will the port expansion cost?"
WANTED = "what North Korea wants in return?"
WAS_SHIPPED = "whether Russia shipped containers to North Korea in 2023?"
PRICE = "What is the price of the berth at Gull Point?"


def conversation(*questions: str, speakers: Sequence[str] = ()) -> list[Answer]:
    """The answers of a conversation, each question understood with those before it."""
    earlier: list[Answer] = []
    for question in questions:
        claims = tuple(
            Claim(text="So it is.", citations=(), verdict="quoted", speaker=speaker)
            for speaker in speakers
        )
        earlier.append(Answer(question=understand(question, earlier=earlier), claims=claims))
    return earlier


LEFT_ALONE = [
    # A question with its own subject, whatever was asked before.
    (WANT, DENIED),
    (WANT, "what did Seoul say?"),
    (WANT, "Does Dr. Annick Forsgate agree?"),
    (WANT, TEA),
    (DENIED, "How many shells were sent in 2023?"),
    (STRIKE, "When does the port expansion begin?"),
    (STRIKE, "What did Russia and China say about the launch?"),
    (WANT, "Which minister resigned this week?"),
    (WANT, "List the reasons for the ferry strike"),
    (WANT, "Who owns the moon, and why does nobody else?"),
    # "And" alone does not drag the old subject in.
    (WANT, "And who owns the moon?"),
    (WANT, "And is tea cheap?"),
    (WANT, "and what is the capital of Peru?"),
    (STRIKE, "and who is Kim Jong Un?"),
    (STRIKE, "So what did the council decide about the oyster reef?"),
    (WANT, "But where is Gull Point?"),
    (WANT, "and what does the union want?"),
    # What it names itself is what its pronoun means.
    (WANT, "What did the minister say about his plan?"),
    (WANT, "and what did Kim say about his sister?"),
    (WANT, "Why did Calder say that he would resign?"),
    (WANT, "Who lost their job?"),
    (WANT, "Which party changed its leader?"),
    (DENIED, "Did the union publish the offer before it was signed?"),
    # Words that stand for nothing, or join.
    (WANT, "Does it rain in Busan?"),
    (WANT, "Is it true that Kim met Putin?"),
    (DENIED, "How long does it take to build a berth?"),
    (DENIED, "Is it legal to sell shells abroad?"),
    (WANT, "Is there any proof of arms shipments?"),
    (WANT, "Who resigned from the cabinet this week?"),
    (WANT, "Who said that Rajin was closed?"),
    # What is typed to search, and what is no question.
    (WANT, "Tea prices"),
    (WANT, "Kim Jong Un"),
    (WANT, "arms deal denial Moscow"),
    (WANT, "thanks"),
    (WANT, "ok"),
    (WANT, "so what?"),
    (WANT, "What can you do?"),
    (WANT, "Was kostet der Tee?"),
    (WANT, "그리고 러시아는?"),
    (WANT, "and?"),
    (WANT, "it"),
]

FOLLOW_UPS = [
    # Its own verb: its own words, and what the question before was about.
    (WANT, "and what did Seoul say?", f"what did Seoul say about {WANTED}"),
    (WANT, "And what does Tokyo think?", f"What does Tokyo think about {WANTED}"),
    (WANT, "and who disagrees?", f"who disagrees about {WANTED}"),
    (WANT, "but how did China react?", f"how did China react, as to {WANTED}"),
    (DENIED, "and what did Seoul say?", "what did Seoul say about who denied the arms deal?"),
    (MET, "and what did Seoul say?", "what did Seoul say about where the leaders met?"),
    (STRIKE, "so who pays?", "who pays, as to why the ferry crews are on strike?"),
    (SHIPPED, "and is there proof?", f"is there proof, as to {WAS_SHIPPED}"),
    (PRICE, "and what did Seoul say?", f"what did Seoul say, on the question “{PRICE}”"),
    (PRICE, "who disagrees?", f"who disagrees, on the question “{PRICE}”"),
    (WANT, "what happened next?", f"what happened next, as to {WANTED}"),
    (WANT, "and then?", f"what happened next, as to {WANTED}"),
    (WANT, "what weapons?", f"what weapons, as to {WANTED}"),
    # Something of the same kind in its place.
    (WANT, "what about Russia?", "what does Russia want in return?"),
    (WANT, "and Russia?", "what does Russia want in return?"),
    (WANT, "Russia?", "what does Russia want in return?"),
    (WANT, "and the U.S.?", "what does the U.S. want in return?"),
    (WANT, "and May?", "what does North Korea want in return in May?"),
    (WANT, "and russia?", "what does Russia want in return?"),
    (WANT, "and China and Japan?", "what do China and Japan want in return?"),
    (WANT, "the same for China?", "what does China want in return?"),
    (WANT, "and the ferry company?", "what does the ferry company want in return?"),
    (WANT, "and in 2023?", "what does North Korea want in return in 2023?"),
    (WANT, "and last year?", "what did North Korea want in return last year?"),
    (SHIPPED, "and in 2024?", "Did Russia ship containers to North Korea in 2024?"),
    (SHIPPED, "2024?", "Did Russia ship containers to North Korea in 2024?"),
    (SHIPPED, "and in March 2024?", "Did Russia ship containers to North Korea in March 2024?"),
    (SHIPPED, "and to China?", "Did Russia ship containers to China in 2023?"),
    (TEA, "how about coffee?", "How much does coffee cost?"),
    (TEA, "and biscuits?", "How much do biscuits cost?"),
    (TEA, "and in Japan?", "How much does tea cost in Japan?"),
    ("GDP of Japan?", "and France?", "GDP of France?"),
    ("When does the strike end?", "and the debate?", "When does the debate end?"),
    # Nothing, or more than one thing, that it could take the place of.
    (WANT, "how about oil?", f"what about oil, as to {WANTED}"),
    (WANT, "and the money?", f"what about the money, as to {WANTED}"),
    (PROMISED, "and China?", f"what about China, as to {PROMISE}"),
    (PORT, "what about the reef?", "what about the reef, as to what the port expansion will cost?"),
    # Pronouns, where one thing fits.
    (HASKETT, "what did she say?", "what did Dorrie Haskett say?"),
    (HASKETT, "how old is he?", "how old is Dorrie Haskett?"),
    (HASKETT, "who disagrees with her?", "who disagrees with Dorrie Haskett?"),
    (HASKETT, "and what is her role?", "what is Dorrie Haskett’s role?"),
    (WANT, "what do they offer?", "what does North Korea offer?"),
    (WANT, "what is its army like?", "what is North Korea’s army like?"),
    (WANT, "did anyone die there?", "did anyone die in North Korea?"),
    (MET, "what did they discuss?", "what did the leaders discuss?"),
    (MET, "who is their host?", "who is the leaders’ host?"),
    (BOTH, "where did they meet?", "where did Kim and Putin meet?"),
    (STRIKE, "what do they want?", "what do the ferry crews want?"),
    ("What did the company offer?", "who is their spokesman?", "who is the company’s spokesman?"),
    (DENIED, "when was it signed?", "when was the arms deal signed?"),
    (DENIED, "is that deal legal?", "is the arms deal legal?"),
    (PORT, "Who pays for it?", "Who pays for the port expansion?"),
    # Pronouns, where none or several do.
    (BOTH, "what did he say?", "what did he say about what Kim and Putin discussed?"),
    (PROMISED, "why did they agree?", f"why did they agree, as to {PROMISE}"),
    (WANT, "is it legal?", f"is it legal, as to {WANTED}"),
    (WANT, "who denied it?", f"who denied it, as to {WANTED}"),
    (WANT, "and why did Russia deny it?", f"why did Russia deny it, as to {WANTED}"),
    (WANT, "when did that happen?", f"when did that happen, as to {WANTED}"),
    (TEA, "who sells it?", "who sells it, as to how much tea costs?"),
    (SHIPPED, "when did they arrive?", f"when did they arrive, as to {WAS_SHIPPED}"),
    (WANT, "did they?", f"did they, as to {WANTED}"),
    # A question word alone.
    (MET, "when?", "When did the leaders meet?"),
    (MET, "and why exactly?", "Why did the leaders meet?"),
    (SHIPPED, "why?", "Why did Russia ship containers to North Korea in 2023?"),
    (WANT, "Why?", "what does North Korea want in return, and why?"),
    (WANT, "since when?", "what does North Korea want in return, and since when?"),
    (DENIED, "when?", "Who denied the arms deal, and when?"),
    (SHIPPED, "who?", "Did Russia ship containers to North Korea in 2023, and who?"),
    (SHIPPED, "How many?", "Did Russia ship containers to North Korea in 2023, and how many?"),
    (WANT, "according to whom?", "what does North Korea want in return, and according to whom?"),
    (WANT, "who says so?", "what does North Korea want in return, and according to whom?"),
    (WANT, "are you sure?", WANT),
    (WANT, "is that true?", WANT),
    (WANT, "what else?", "what else does North Korea want in return?"),
    (DENIED, "who else?", "Who else denied the arms deal?"),
    (WANT, "for example?", "what does North Korea want in return, for example?"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "text"), LEFT_ALONE)
def test_a_question_that_stands_alone_is_left_as_it_is(before: str, text: str) -> None:
    assert standalone(text, earlier=conversation(before)) == text
    assert not understand(text, earlier=conversation(before)).is_follow_up


@pytest.mark.parametrize(("before", "text", "expected"), FOLLOW_UPS)
def test_a_follow_up_is_made_to_stand_alone(before: str, text: str, expected: str) -> None:
    assert standalone(text, earlier=conversation(before)) == expected


def test_the_tables_hold_enough_of_both() -> None:
    assert len(FOLLOW_UPS) >= 60
    assert len(LEFT_ALONE) >= (len(FOLLOW_UPS) + len(LEFT_ALONE)) / 3.1


@pytest.mark.parametrize("text", ["and what did Seoul say?", "why?", "what did he say?"])
def test_nothing_goes_on_from_nothing(text: str) -> None:
    assert standalone(f"  {text} ", earlier=()) == text


@pytest.mark.parametrize(
    ("speakers", "expected"),
    [
        (["Dr. Halvard Quist"], "what else did Dr. Halvard Quist say?"),
        (["a port official", "a port official"], "what else did the port official say?"),
        (["Ines Calder", "Tobias Renn"], "what else did he say about who denied the arms deal?"),
        ([], "what else did he say about who denied the arms deal?"),
    ],
)
def test_he_is_who_spoke_where_the_question_names_nobody(
    speakers: list[str], expected: str
) -> None:
    earlier = conversation(DENIED, speakers=speakers)
    assert standalone("what else did he say?", earlier=earlier) == expected


def test_a_place_is_not_he() -> None:
    earlier = conversation(WANT, speakers=["Seo Ha-rin"])
    assert standalone("what did she say?", earlier=earlier) == "what did Seo Ha-rin say?"


CHAINS = [
    (
        (WANT, "who says so?", "and what did Seoul say?", "and Tokyo?", "why?", "since when?"),
        "what did Tokyo say about what North Korea wants in return, and since when?",
    ),
    (
        (MET, "what did they discuss?", "and what did Seoul say?", "and Beijing?"),
        "what did Beijing say about what the leaders discussed?",
    ),
    (
        (PRICE, "who disagrees?", "and what did Seoul say?", "and who pays?"),
        f"who pays, on the question “{PRICE}”",
    ),
    ((HASKETT, "what did she say?", "and Piers Oldacre?"), "what did Piers Oldacre say?"),
    ((TEA, "and coffee?", "and in Japan?", "and in Peru?"), "How much does coffee cost in Peru?"),
    ((WANT, DENIED, "when?"), "Who denied the arms deal, and when?"),
    ((WANT, "thanks", "and Russia?"), "what does Russia want in return?"),
    ((WANT, "And who owns the moon?", "why?"), "who owns the moon, and why?"),
    ((WANT, "who pays?", "who pays?"), "who pays, as to what North Korea wants in return?"),
]


@pytest.mark.parametrize(("questions", "expected"), CHAINS)
def test_a_follow_up_to_a_follow_up_builds_on_the_root(
    questions: tuple[str, ...], expected: str
) -> None:
    assert conversation(*questions)[-1].question.standalone == expected


@pytest.mark.parametrize(
    "root", [WANT, PRICE, BOTH, "What about “quotes” in the berth’s price list?", "berth " * 300]
)
def test_a_long_conversation_does_not_grow(root: str) -> None:
    texts = ["and who disagrees?", "is it legal?", "why?", "what did he say?", "and Oslo?"] * 4
    for answer in conversation(root, *texts)[1:]:
        asked = answer.question.standalone
        assert len(asked) <= STANDALONE_LIMIT + LONGEST_FOLLOW_UP < QUESTION_LIMIT
        assert asked.count("“") <= 1
        assert asked.count("as to") <= 1


def test_a_long_text_is_no_follow_up() -> None:
    text = "and what did they say about " + "the berth " * 40
    assert standalone(text, earlier=conversation(WANT)) == text.strip()


def test_a_question_mended_by_the_reader_is_taken_as_it_is() -> None:
    earlier = conversation(BOTH, "what did he say?")
    for text in (
        "what did he say about what Kim and Putin discussed?",
        "and what did Oslo say, on the question “what was discussed?”",
        "what did he deny, as to where the leaders met?",
    ):
        assert standalone(text, earlier=earlier) == text


def test_a_refused_question_is_gone_on_from() -> None:
    refused = Answer(question=understand(WANT), abstained_because="The documents hold nothing.")
    assert standalone("and Russia?", earlier=[refused]) == "what does Russia want in return?"


def test_a_follow_up_keeps_what_was_typed_and_is_read_anew() -> None:
    question = understand(" and in  March 2024? ", earlier=conversation(WANT))
    assert question.text == "and in  March 2024?"
    assert question.standalone == "what does North Korea want in return in March 2024?"
    assert question.parts == (question.standalone,)
    assert question.is_follow_up
    assert question.period is not None
    assert question.period.first.isoformat() == "2024-03-01"


def test_the_kind_of_answer_is_that_of_the_follow_up_itself() -> None:
    assert answer_kind("who disagrees, as to how many shells were sent?") == "person"
    assert answer_kind("why, on the question “how many shells were sent?”") == "list"
