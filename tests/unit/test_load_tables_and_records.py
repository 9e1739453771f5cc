"""Reading CSV, TSV, JSON and JSON Lines."""

from __future__ import annotations

import json
from datetime import date

import pytest

from index.clean import clean
from index.errors import BrokenDocument
from index.load import load


def text_of(source: str, name: str) -> str:
    return load(source.encode(), name).text


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_any_mark_between_cells_is_found(mark: str, name: str) -> None:
    source = mark.join(("Boat", "Crew", "Price")) + "\n" + mark.join(("Petrel", "9", "1.5"))
    assert text_of(source, name) == "Boat: Petrel | Crew: 9 | Price: 1.5"


def test_commas_in_german_numbers_do_not_divide_cells() -> None:
    source = "Boot;Preis\nPetrel;1,50\nGannet;2,75\n"
    assert text_of(source, "a.csv") == "Boot: Petrel | Preis: 1,50\nBoot: Gannet | Preis: 2,75"


def test_the_mark_that_excel_states_is_believed() -> None:
    assert text_of("sep=;\r\nBoat;Crew\r\nPetrel;9\r\n", "a.csv") == "Boat: Petrel | Crew: 9"


def test_cells_in_quotation_marks_keep_commas_and_lose_line_breaks() -> None:
    source = 'Boat,Crew,Note\nPetrel,9,"Nine, said\nRoe, ""at most""."\n'
    assert text_of(source, "a.csv") == 'Boat: Petrel | Crew: 9 | Note: Nine, said Roe, "at most".'


def test_half_a_character_in_a_title_is_no_character() -> None:
    """It could be neither embedded nor stored."""
    raw = load(
        b'{"title": "Ferry \\ud83d", "text": "The ferry sank on Monday. It was old."}', "a.json"
    )
    assert raw.title == "Ferry"


def test_a_table_of_words_keeps_its_first_row_and_names_nothing() -> None:
    source = "Alva,Orlan,baker\nRoe,Velmora,smith\nAsh,Lidd,joiner\n"
    assert (
        text_of(source, "a.csv")
        == "Alva | Orlan | baker\nRoe | Velmora | smith\nAsh | Lidd | joiner"
    )


def test_a_quotation_mark_that_is_never_closed_swallows_no_row() -> None:
    source = 'Boat,Length\nPetrel,12"\nGannet,9\nTern,7\n'
    assert text_of(source, "a.csv").count("\n") == 2


def test_an_inch_mark_costs_no_other_row_its_quotation_marks() -> None:
    rows = ["Boat,Note", 'Knot,"Nine, said Roe."', 'Tern,"5 pipes', 'Skua,"Old, ""slow""."']
    assert text_of("\n".join([*rows, 'Gull,5"']), "a.csv").split("\n") == [
        "Boat: Knot | Note: Nine, said Roe.",
        'Boat: Tern | Note: "5 pipes',
        'Boat: Skua | Note: Old, "slow".',
        'Boat: Gull | Note: 5"',
    ]


@pytest.mark.parametrize(
    "line", ['Boat","Note\n', '"Boat,""Note\n', 'Boat,""Note,"\n', '"Boat,""\n']
)
@pytest.mark.timeout(90)  # without the care taken, it takes minutes or for ever
def test_quotation_marks_in_any_disorder_take_no_time(line: str) -> None:
    assert text_of(line * 100_001, "a.csv")


def test_an_article_longer_than_the_library_reads_by_itself() -> None:
    article = "They left the quay at noon. " * 6000
    assert article.strip() in text_of(f'id,text\n1,"{article}"\n', "a.csv")


def test_doubled_line_breaks_do_not_part_the_table() -> None:
    source = "Boat,Crew\r\r\nPetrel,9\r\r\nGannet,12\r\r\n"
    assert text_of(source, "a.csv") == "Boat: Petrel | Crew: 9\nBoat: Gannet | Crew: 12"


def test_a_table_is_known_without_its_name_only_when_nothing_else_could_be_meant() -> None:
    rows = "".join(f"Boat {n};{n};Gull\n" for n in range(5))
    assert load(f"Boat;Crew;Port\n{rows}".encode(), "export.txt").media_type == "text/csv"
    prose = "Roe, Ash, and Ida left.\nNobody, they said, stayed.\nThe boats, both, lay idle.\n" * 3
    assert load(prose.encode(), "notes.txt").media_type == "text/plain"
    loose = b"They left the quay.\nNobody, they said, stayed.\nThe boats lay idle.\nIt rained."
    assert load(loose, "notes.csv").media_type == "text/plain"


def test_the_first_line_of_a_table_is_no_byline() -> None:
    raw = clean(load(b"By,Year\nIda Roe,1904\nTom Ash,1911\n", "a.csv"), "ships of gull.csv")
    assert raw.text == "By: Ida Roe | Year: 1904\nBy: Tom Ash | Year: 1911"
    assert (raw.title, raw.author) == ("Ships of gull", None)


def test_a_table_in_an_old_encoding() -> None:
    data = "名前,年齢,住所\n佐藤太郎,30,東京\n三木英子,25,大阪\n".encode("cp932")
    assert load(data, "a.csv").text.startswith("名前: 佐藤太郎 | 年齢: 30 | 住所: 東京")


def test_an_article_in_json_states_its_facts() -> None:
    raw = load(
        json.dumps(
            {
                "headline": "Crews walk out",
                "author": {"name": "Ida Roe"},
                "publisher": "Gull Post",
                "published": "2023-10-05T08:00:00Z",
                "language": "en-GB",
                "body": "They left at noon. Nobody answered.",
                "views": 1200.50,
            }
        ).encode(),
        "a.json",
    )
    assert raw.media_type == "application/json"
    assert (raw.title, raw.author, raw.outlet) == ("Crews walk out", "Ida Roe", "Gull Post")
    assert (raw.published_at, raw.language) == (date(2023, 10, 5), "en")
    assert raw.text.startswith("Crews walk out\n\nThey left at noon. Nobody answered.\n\n")


def test_numbers_stay_as_they_are_written_and_what_is_empty_goes() -> None:
    source = '{"price": 1.50, "big": 12345678901234567890, "none": null, "open": false, "x": ""}'
    assert text_of(source, "a.json") == "price: 1.50 | big: 12345678901234567890 | open: false"


def test_nested_values_carry_their_path() -> None:
    source = '{"boat": {"name": "Petrel", "crew": {"count": 9}}, "ports": ["Gull", "Kelp"]}'
    assert text_of(source, "a.json") == (
        "boat.name: Petrel | boat.crew.count: 9 | ports: Gull, Kelp"
    )


def test_an_array_of_records_is_a_line_for_each() -> None:
    source = '{"boats": [{"name": "Petrel", "crew": 9}, {"name": "Gannet", "crew": 12}]}'
    assert text_of(source, "a.json") == "boats\n\nname: Petrel | crew: 9\nname: Gannet | crew: 12"


def test_an_array_of_rows_is_a_table() -> None:
    assert text_of('[["Boat", "Crew"], ["Petrel", 9]]', "a.json") == "Boat: Petrel | Crew: 9"


def test_texts_in_json_lines_are_read_in_order() -> None:
    lines = [{"title": f"Piece {n}", "text": f"It is number {n}. It ends."} for n in (1, 2)]
    source = "\n".join(map(json.dumps, lines))
    for name in ("a.jsonl", "a.txt"):
        assert text_of(source, name).split("\n\n") == [
            "Piece 1",
            "It is number 1. It ends.",
            "Piece 2",
            "It is number 2. It ends.",
        ]


def test_pictures_written_in_letters_are_left_out() -> None:
    source = json.dumps({"note": "Seen.", "logo": "iVBORw0KGgo" * 40, "icon": "data:image/gif;xx"})
    assert text_of(source, "a.json") == "note: Seen."


@pytest.mark.parametrize(
    ("source", "name", "place"),
    [
        ('{"a": 1,\n "b": }', "a.json", "line 2, column 7"),
        ('{"a": 1}\n{"a": 2\n', "a.jsonl", "line 2, column 8"),
    ],
)
def test_damaged_json_is_told_with_its_place(source: str, name: str, place: str) -> None:
    with pytest.raises(BrokenDocument, match=rf"^{name} cannot be read as JSON: .*{place}"):
        load(source.encode(), name)


def test_text_that_only_looks_like_json_is_text() -> None:
    assert load(b"{sic} they wrote.", "a.txt").media_type == "text/plain"
    assert load(b"They wrote nothing.", "a.json").media_type == "text/plain"


def test_json_nested_beyond_reason_is_broken() -> None:
    with pytest.raises(BrokenDocument):
        load(b"[" * 100_000 + b"]" * 100_000, "a.json")
