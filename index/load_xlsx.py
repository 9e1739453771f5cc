"""XLSX files become text: each sheet's name, then its rows as lines."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from index.decode import normal_form
from index.errors import OversizedDocument
from index.metadata import language_code, people, stated_title
from index.models import RawDocument
from index.records import TEXT_LIMIT, joined, table_blocks
from index.zip_files import opened

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Excel's own limit; a file that names rows beyond it was made by no spreadsheet.
_MOST_ROWS = 1_048_576
_MOST_CELLS = 20_000_000
# Decimal keeps 28 digits, places included.
_LARGEST_SHAPED = Decimal(10) ** 15

_GIVEN_NAME = re.compile(r"(?:sheet|tabelle|feuil|hoja|foglio|blad|лист|工作表|シート)\s*\d*", re.I)
# `#,##0.00`, `0%`, `"€" #,##0.0`, `0 "kg"`; what is more intricate is shown in full instead.
_NUMBER_FORMAT = re.compile(
    r"(?P<before>[^#0%;.?@]*)(?P<digits>[#,]*0)(?P<places>\.0+)?(?P<percent>%?)(?P<after>(?!,)[^#0%;.?@]*)"
)
# Words of a format, in which a sign that it is made of means nothing.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_SIGNS = frozenset("#0%;.?@,")
# `[$€-407]` is a mark with the country it is written for; `_)` is a gap and `* ` fills one.
_MARK_OF_COUNTRY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_UNSEEN = re.compile(r"\[[^\]]*\]|_.|\*.|[\"\\]")
# `[h]:mm` goes on counting hours beyond a day.
_ELAPSED = re.compile(r"\[([hms])[hms]*\]")
_EXPONENT = re.compile(r"E[+-]", re.IGNORECASE)


def load_xlsx(data: bytes) -> RawDocument:
    """Read an XLSX file: what its visible sheets show, dates as in ISO 8601.

    Formulas are read as the result that was saved with them; hidden sheets, charts and comments
    are left out. Raises `OversizedDocument` or `ProtectedDocument` with a message
    that follows the file's name, and whatever openpyxl raises for a damaged file.
    """
    import openpyxl

    with opened(data), warnings.catch_warnings():
        # openpyxl tells of the drawings and rules that it passes over.
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
            text = normal_form(joined(_blocks(sheets)))
        finally:
            workbook.close()
    facts = workbook.properties
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=text,
        title=stated_title(facts.title),
        author=people(facts.creator),
        language=language_code(facts.language),
    )


def _blocks(sheets: list[ReadOnlyWorksheet]) -> Iterator[str]:
    for sheet in sheets:
        rows = list(_rows(sheet))
        # A name that the program gave says nothing.
        if any(map(any, rows)) and not _GIVEN_NAME.fullmatch(sheet.title.strip()):
            yield sheet.title.strip()
        yield from table_blocks(rows)


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[list[str]]:
    """The rows; of several empty ones the first. What the file says of its size is not believed."""
    sheet.reset_dimensions()
    cells = characters = 0
    was_filled = False
    for number, row in enumerate(sheet.iter_rows(), start=1):
        shown = [_shown(cell) for cell in row]
        # Empty cells cost memory as well, and a text stored once may stand in a million cells.
        cells += len(shown)
        characters += sum(map(len, shown))
        if number > _MOST_ROWS or cells > _MOST_CELLS or characters > TEXT_LIMIT:
            raise OversizedDocument(
                f"has a sheet ({sheet.title}) of more than {_MOST_ROWS:,} rows,"
                f" {_MOST_CELLS:,} cells or {TEXT_LIMIT // 1024 // 1024} million characters: split"
                " it."
            )
        if any(shown) or was_filled:
            yield shown
        was_filled = any(shown)


def _shown(cell: Cell) -> str:
    """The value of a cell as text; errors such as `#N/A` show nothing worth finding."""
    value: Any = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(value, cell.number_format or "General")
        case datetime():
            # Excel keeps seconds as a fraction of a day, which is never exact.
            day, clock = value.date(), value.time().replace(microsecond=0)
            return f"{day} {_clock(clock)}" if clock != time() else str(day)
        case date():
            return str(value)
        case time():
            return _clock(value.replace(microsecond=0))
        case timedelta():
            return _elapsed(value, cell.number_format)
        case _:
            return "" if cell.data_type == "e" else str(value).strip()


def _clock(clock: time) -> str:
    return clock.isoformat("seconds" if clock.second else "minutes")


def _elapsed(length: timedelta, number_format: str) -> str:
    """A length of time as the sheet shows it, which is not broken down into days.

    >>> _elapsed(timedelta(hours=30, minutes=5), "[h]:mm"), _elapsed(timedelta(hours=2), "[mm]:ss")
    ('30:05', '120:00')
    """
    stated = _LITERAL.sub("", number_format.partition(";")[0].lower())
    units = set(_UNSEEN.sub("", stated)) | set("".join(_ELAPSED.findall(stated)))
    rest = round(abs(length).total_seconds())
    shown: list[str] = []
    for unit, seconds in (("h", 3600), ("m", 60), ("s", 1)):
        if unit in units:
            amount, rest = divmod(rest, seconds)
            shown.append(f"{amount:02}" if shown else str(amount))
    return ("-" if length < timedelta() else "") + ":".join(shown)


def _number(value: float, number_format: str) -> str:
    """A number as the sheet shows it: thousands, places, percent and unit; else in full.

    >>> _number(0.125, "0.0%"), _number(-1234.5, '"$"#,##0.00'), _number(3.0, "General")
    ('12.5%', '-$1,234.50', '3')
    >>> _number(12.0, '0"%"'), _number(1234567.0, '#,##0.0,,"M"'), _number(2134.0, "00000")
    ('12', '1234567', '02134')
    """
    exact = Decimal(repr(value))
    if not exact.is_finite():
        return ""
    stated = _MARK_OF_COUNTRY.sub(r"\1", number_format.partition(";")[0])
    shape = _NUMBER_FORMAT.fullmatch(_UNSEEN.sub("", stated))
    words = "".join(map("".join, _LITERAL.findall(stated)))
    if re.fullmatch("0+", stated) and exact == exact.to_integral_value() and exact >= 0:
        return _plain(exact).zfill(len(stated))
    if (
        shape is None
        or not _SIGNS.isdisjoint(words)
        or _EXPONENT.search(stated)
        or abs(exact) >= _LARGEST_SHAPED
    ):
        return _plain(exact)
    if shape["percent"]:
        exact *= 100
    places = len(shape["places"] or ".") - 1
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    digits = f"{abs(rounded):{',' if ',' in shape['digits'] else ''}f}"
    sign = "-" if rounded < 0 else ""
    return f"{sign}{shape['before'].lstrip()}{digits}{shape['percent']}{shape['after'].rstrip()}"


def _plain(exact: Decimal) -> str:
    """Fifteen digits, as a spreadsheet keeps them, without an exponent where it can be avoided."""
    text = f"{exact:.15g}"
    number = Decimal(text)
    if abs(number.adjusted()) > 20:
        return text
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
