"""Reading XLSX files written by openpyxl."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from index import load_xlsx
from index.clean import clean
from index.errors import BrokenDocument, OversizedDocument
from index.load import load
from index.models import RawDocument
from tests.made_files import repacked, saved, workbook

SHEET = "xl/worksheets/sheet1.xml"


def read(book: openpyxl.Workbook) -> RawDocument:
    return load(saved(book), "a.xlsx")


def shown(value: object, number_format: str | None = None) -> str:
    """How a cell with this value is read."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(("left", value))
    if number_format:
        book.active["B1"].number_format = number_format
    return read(book).text.removeprefix("left").removeprefix(" | ")


def test_sheets_are_read_in_order_under_their_names() -> None:
    book = openpyxl.Workbook()
    book.properties.title = "Ferries"
    book.properties.creator = "Ida Roe"
    assert book.active is not None
    book.active.title = "Boats"
    for row in (("Boat", "Crew"), ("Petrel", 9), (None, None), ("Counted by hand.", None)):
        book.active.append(row)
    ports = book.create_sheet("Ports")
    ports.append(("Port", "Berths"))
    ports.append(("Gull", 40))
    book.create_sheet("Empty")
    raw = read(book)
    assert raw.media_type.endswith("spreadsheetml.sheet")
    assert (raw.title, raw.author, raw.published_at) == ("Ferries", "Ida Roe", None)
    assert raw.text == (
        "Boats\n\nBoat: Petrel | Crew: 9\n\nCounted by hand.\n\nPorts\n\nPort: Gull | Berths: 40"
    )


def test_a_name_that_the_program_gave_is_no_heading() -> None:
    assert load(workbook(("Petrel", 9)), "a.xlsx").text == "Petrel | 9"


def test_hidden_sheets_are_not_read() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "Seen."
    hidden = book.create_sheet("Pay")
    hidden["A1"] = "Not seen."
    hidden.sheet_state = "hidden"
    assert read(book).text == "Seen."


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (3.0, None, "3"),
        (0.1 + 0.2, None, "0.3"),
        (1234567.891, None, "1234567.891"),
        (1e-7, None, "0.0000001"),
        (1.5e300, None, "1.5e+300"),
        (1234.5, "#,##0.00", "1,234.50"),
        (2.5, "0", "3"),
        (-81, "_(* #,##0_);_(* (#,##0)", "-81"),
        (0.125, "0.0%", "12.5%"),
        (1200, '"$"#,##0', "$1,200"),
        (9.5, "#,##0.00 [$€-407]", "9.50 €"),
        (12, '0 "kg"', "12 kg"),
        (-1200, '"$"#,##0', "-$1,200"),
        (7, "0.00E+00", "7"),
        (0.5, "# ?/?", "0.5"),
        (True, None, "TRUE"),
        (datetime(2023, 10, 5), None, "2023-10-05"),
        (date(2023, 10, 5), "DD/MM/YY", "2023-10-05"),
        (datetime(2023, 10, 5, 14, 30), None, "2023-10-05 14:30"),
        (time(9, 5), None, "09:05"),
        (timedelta(hours=30), None, "30:00:00"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (timedelta(minutes=5), '[$-407][hh]" h "mm;@', "0:05"),
        (timedelta(hours=2, seconds=9), "[m]:ss", "120:09"),
        (timedelta(days=-1, hours=18), "[h]:mm", "-6:00"),
        (" two\nlines ", None, "two lines"),
        ("#N/A", None, ""),
    ],
)
def test_values_are_read_as_they_are_shown(
    value: object, number_format: str | None, text: str
) -> None:
    assert shown(value, number_format) == text


def test_a_formula_is_read_as_the_result_saved_with_it() -> None:
    data = repacked(
        workbook(("left", "=6*7")),
        {
            SHEET: lambda content: content.replace(b"<v></v>", b"<v>42</v>").replace(
                b"<v />", b"<v>42</v>"
            )
        },
    )
    assert load(data, "a.xlsx").text == "left | 42"
    # Nothing was saved with it, and nothing is calculated here.
    assert load(workbook(("left", "=6*7")), "a.xlsx").text == "left"


@pytest.mark.parametrize("size", [b"A1:XFD1048576", b"A1:A1", b"nonsense"])
@pytest.mark.timeout(90)  # without the care taken, it takes minutes or for ever
def test_the_size_that_a_sheet_states_is_not_believed(size: bytes) -> None:
    data = repacked(
        workbook(("Boat", "Crew"), ("Petrel", 9)),
        {SHEET: lambda content: content.replace(b'ref="A1:B2"', b'ref="' + size + b'"')},
    )
    try:
        assert load(data, "a.xlsx").text == "Boat: Petrel | Crew: 9"
    except BrokenDocument:
        assert size == b"nonsense"


@pytest.mark.timeout(90)  # without the care taken, it takes minutes or for ever
def test_a_row_far_below_all_others_does_not_hang() -> None:
    data = repacked(
        workbook(("Petrel", 9), ("Gannet", 12)),
        {SHEET: lambda content: content.replace(b'<row r="2">', b'<row r="99999999999">')},
    )
    with pytest.raises(OversizedDocument, match="more than 1,048,576 rows"):
        load(data, "a.xlsx")


def test_values_that_look_like_a_byline_stay() -> None:
    raw = load(workbook(("By", "Year"), ("Ida Roe", 1904)), "a.xlsx")
    assert clean(raw, "a.xlsx").text == "By: Ida Roe | Year: 1904"
    assert clean(raw, "a.xlsx").author is None


def test_a_text_stored_once_and_shown_without_end_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(load_xlsx, "TEXT_LIMIT", 1_000_000)
    data = workbook(*[("word " * 1000,)] * 300)
    assert len(data) < 20_000
    with pytest.raises(OversizedDocument, match=r"million characters: split it\.$"):
        load(data, "a.xlsx")


def test_empty_cells_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_xlsx, "_MOST_CELLS", 1_000_000)
    far = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(2, 99))
    data = repacked(
        workbook(("a",)),
        {SHEET: lambda content: content.replace(b"</sheetData>", far + b"</sheetData>")},
    )
    with pytest.raises(OversizedDocument, match="1,000,000 cells"):
        load(data, "a.xlsx")
