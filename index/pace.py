"""How fast documents are being added, and how long the rest will take, in numbers and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.models import IngestProgress

# Before that, a file or two would decide what is said.
FIRST_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The pace of an ingest so far, and what follows from it; `None` is what is not known yet."""

    passages_per_second: float | None = None
    seconds_left: float | None = None


def pace_of(progress: IngestProgress, *, seconds: float) -> Pace:
    """The pace of what came so far in so many seconds, for bytes to come that take as long.

    That of the whole run, not of its last minute: in a folder of PDF files with images and long
    texts, seconds for a byte differ a hundredfold, and the last minute says less of the rest.

    >>> half = IngestProgress(
    ...     files_done=1, files_total=9, passages_done=50, bytes_done=3_000, bytes_total=6_000
    ... )
    >>> pace_of(half, seconds=10.0)
    Pace(passages_per_second=5.0, seconds_left=10.0)
    """
    if seconds < FIRST_SECONDS:
        return Pace()
    left = progress.bytes_total - progress.bytes_done
    return Pace(
        passages_per_second=progress.passages_done / seconds,
        seconds_left=left * seconds / progress.bytes_done if progress.bytes_done else None,
    )


def in_words(progress: IngestProgress, pace: Pace) -> str:
    """Where an ingest stands, in a line.

    >>> standing = IngestProgress(files_done=120, files_total=527, passages_done=3400)
    >>> in_words(standing, Pace(passages_per_second=45.2, seconds_left=170.0))
    '120 of 527 files, 3,400 passages, 45 a second, about 3 min left'
    """
    files = "file" if progress.files_total == 1 else "files"
    done = f"{progress.files_done:,} of {progress.files_total:,} {files}"
    return ", ".join([done, *pace_in_words(progress.passages_done, pace)])


def pace_in_words(passages: int, pace: Pace) -> list[str]:
    """What is known of passages and of the time left."""
    words = [f"{passages:,} passages"] if passages != 1 else ["1 passage"]
    if pace.passages_per_second is not None:
        words.append(f"{pace.passages_per_second:,.0f} a second")
    if pace.seconds_left is not None:
        words.append(left_in_words(pace.seconds_left))
    return words


def left_in_words(seconds: float) -> str:
    """The time left; no finer than such an estimate is."""
    count, unit = time_left(seconds)
    return f"about {count} {unit} left" if count else "less than 1 min left"


def time_left(seconds: float) -> tuple[int, Literal["min", "h"]]:
    """The same as a number; 0 is less than a minute.

    >>> time_left(20.0), time_left(170.0), time_left(9_000.0)
    ((0, 'min'), (3, 'min'), (2, 'h'))
    """
    if seconds < 60.0:
        return 0, "min"
    minutes = round(seconds / 60.0)
    return (minutes, "min") if minutes < 90 else (round(minutes / 60), "h")
