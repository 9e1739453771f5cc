"""What a sentence of a source carries, and what it does not."""

from __future__ import annotations

import pytest

from rag.support import coverage, objection, why_unsupported

SOURCE = "Pyongyang may ask Moscow for 300 tonnes of fuel and for satellite technology."


@pytest.mark.parametrize(
    "statement",
    [
        "Pyongyang may ask for 300 tonnes of fuel.",
        "Pyongyang might ask Moscow for satellite technology.",
    ],
)
def test_a_restatement_is_carried(statement: str) -> None:
    assert why_unsupported(statement, SOURCE) is None


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("Pyongyang may ask for 500 tonnes of fuel.", "number 500"),
        ("Pyongyang may ask Beijing for satellite technology.", "“Beijing”"),
        ("Pyongyang may not ask for satellite technology.", "denies"),
        ("Pyongyang will ask for satellite technology.", "possibility"),
        ("Pyongyang may sell tractors and cement to farmers abroad.", "does not say"),
    ],
)
def test_what_the_source_does_not_say_is_refused_with_the_reason(
    statement: str, reason: str
) -> None:
    found = why_unsupported(statement, SOURCE)
    assert found is not None
    assert reason in found


def test_a_title_may_supply_a_name_but_no_number() -> None:
    source = "The ministry denied it."
    assert (
        why_unsupported("A ministry of Russia denied it.", source, context="Russia: 5 points")
        is None
    )
    assert why_unsupported("All 5 ministries denied it.", source, context="Russia: 5 points")


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Putin asked Moscow for oil.", "Kim asked Moscow for oil."),
        ("It cost 3 million dollars.", "It cost 3 billion dollars."),
        ("Pyongyang has five submarines.", "Pyongyang has two submarines."),
        ("Exports fell sharply in May.", "Exports rose sharply in May."),
        ("The fleet sailed after the storm.", "The fleet sailed before the storm."),
    ],
)
def test_one_word_that_turns_the_meaning_is_seen(statement: str, source: str) -> None:
    assert why_unsupported(statement, source)
    assert why_unsupported(source, source) is None


def test_what_was_asked_is_no_statement_of_a_source() -> None:
    statement = "The question asks about the submarines Pyongyang wants in return."
    found = why_unsupported(statement, "Pyongyang wants submarines in return.")
    assert found == "it speaks of the question, not of what the sentence cited says"
    # Where the source speaks of a question itself, a statement may too.
    assert (
        why_unsupported(
            "The question is about the submarines.", "The question today is about submarines."
        )
        is None
    )
    assert why_unsupported("The question is whether Kim wants oil.", "Does Kim want oil?") != found


def test_a_question_is_no_claim() -> None:
    source = "Pyongyang wants submarines from Moscow."
    found = why_unsupported("Pyongyang wants submarines from which country?", source)
    assert found == "it asks and states nothing"


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Der Motor kam von der Werft.", "Die Werft baute den Motor, der neu kam."),
        ("Un étal coûte 210 euros.", "L’étal coûte 210 euros par mois."),
        ("El motor fue renovado.", "Ayer fue renovado el motor."),
    ],
)
def test_an_article_that_opens_a_statement_is_no_name(statement: str, source: str) -> None:
    assert objection(statement, source) is None
    # The name behind it is one.
    assert objection(statement.replace(" ", " Renn ", 1), source)


def test_a_number_may_be_written_out() -> None:
    assert why_unsupported("Pyongyang has 2 submarines.", "Pyongyang has two submarines.") is None


def test_another_date_is_called_a_date() -> None:
    found = why_unsupported("The fleet sailed in June.", "The fleet sailed in May.")
    assert found == "the date “June” is not in the sentence cited"


def test_a_planet_is_no_month_and_is_shown_as_written() -> None:
    found = why_unsupported("The rover landed on Mars.", "The rover landed.")
    assert found == "the name “Mars” is not in the sentence cited"


def test_another_day_is_shown_as_written() -> None:
    found = why_unsupported("The fleet sailed on 13 October.", "The fleet sailed on 14 October.")
    assert found == "the date “13 October” is not in the sentence cited"


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Putin said Kim wants oil.", "Kim said that Putin wants oil."),
        ("Putin has said Kim wants oil.", "Kim, the leader, told Putin he wants oil."),
        ("According to Kim, Putin wants oil.", "“Kim wants oil,” said Putin."),
    ],
)
def test_another_speaker_is_refused(statement: str, source: str) -> None:
    found = objection(statement, source)
    assert found is not None
    assert "who says this" in found


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Kim said Putin wants oil.", "“Putin wants oil,” said Kim."),
        ("According to Kim, Putin wants oil.", "Putin wants oil, Kim Jong Un told Tass."),
        # Somebody without a name speaks too, and may be whom the statement means.
        ("Putin said Kim wants oil.", "Kim said yes, then Putin came and he said Kim wants oil."),
        # Kim is spoken of, he does not speak.
        ("Putin said the talks failed.", "He said Putin and Kim said the talks failed."),
        # Moscow is where the official is, not who he is.
        ("Putin said the talks failed.", "An official in Moscow said Putin saw the talks failed."),
    ],
)
def test_the_same_or_an_uncertain_speaker_is_no_objection(statement: str, source: str) -> None:
    assert objection(statement, source) is None


@pytest.mark.parametrize(
    ("statement", "source", "refused"),
    [
        ("Putin asked Kim for oil.", "Kim asked Putin for oil.", True),
        ("Kim asked Putin for oil.", "Yesterday Kim asked Putin for oil.", False),
        ("Putin was asked by Kim for oil.", "Kim asked Putin for oil.", False),
        ("Putin met Kim.", "Kim met Putin.", False),
        ("Kim and Putin asked for oil.", "Putin and Kim asked for oil.", False),
        # A name that stands twice may be either end.
        ("Putin asked Kim for oil.", "Kim asked Putin, and Putin asked Kim for oil.", False),
    ],
)
def test_names_that_changed_places_are_seen(statement: str, source: str, *, refused: bool) -> None:
    found = objection(statement, source)
    assert (found is not None and "changed places" in found) == refused


def test_coverage_by_hand() -> None:
    # kim, cheap, oil and grain count; the number does not, nor do for and and.
    statement = "Kim asks for 300 cheap oil and grain."
    assert coverage(statement, "Kim asked for oil.") == pytest.approx(3 / 5)
    assert coverage(statement, "Kim asked for oil.", context="Cheap grain") == 1.0
    assert coverage("300", "Nothing of it.") == 1.0


@pytest.mark.parametrize(
    ("statement", "evidence", "objects"),
    [
        ("The port took 13 containers.", "13 October: the port took 1,000 containers.", True),
        ("The port took 5 containers.", "On May 5 the port took containers.", True),
        ("The port took containers on 13 October.", "13 October: the port took containers.", False),
        ("It was the 13th of October.", "It was October 13, 2024.", False),
        (
            "The port took 13 containers.",
            "In October 13 containers came to the port it took.",
            False,
        ),
        ("The port took 13 containers.", "The port took 13 containers in October.", False),
        ("It was May 2024.", "It was May 2024.", False),
        # Whoever counts is not taken for a day.
        ("13 people died.", "In May 13 people died.", False),
        ("20 soldiers were killed.", "In March 20 soldiers were killed.", False),
        ("13 Velmorans died.", "In May 13 Velmorans died.", False),
        ("Bonds of 5 years fell.", "In May 5-year bonds fell by years.", False),
        # A day is no count, whether or not the statement names it too.
        ("On 13 October Kim asked for 13 tanks.", "On 13 October Kim asked for tanks.", True),
        ("Kim asked for 13 tanks.", "On October 13 Kim asked for tanks.", True),
        # A day may be told as an ordinal.
        ("It sank on the 13th.", "It sank on Sept. 13.", False),
        ("It sank on Friday the 13th.", "It sank on Friday, Sept. 13.", False),
        ("It sank on the 12th.", "It sank on Sept. 13.", True),
        ("It sank on 13 September.", "In September it sank, on the 13th.", False),
        # The same day in other ways, and other days.
        ("Kim left on 12 October.", "Kim left on Oct. 12.", False),
        ("Kim left on 12 October.", "Kim left on 2024-10-12.", False),
        ("Kim left on 12 October.", "Between 12 and 14 October Kim left.", False),
        ("Kim left on 12 and 19 October.", "Kim left on 12 October and 19 October.", False),
        ("Kim left on 12 October.", "Kim left on 13 October with 12 others.", True),
        ("Kim left on 12 October.", "Kim left on 12 November, not in October.", True),
    ],
)
def test_the_day_of_a_month_is_no_count(statement: str, evidence: str, objects: bool) -> None:
    assert (objection(statement, evidence) is not None) is objects
