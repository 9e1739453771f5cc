"""How fast work goes and how long the rest takes, in the reader's words."""

from __future__ import annotations

from index.pace import Pace, time_left
from pincite.words import mark, number, plural, t


def pace_words(passages: int, pace: Pace) -> list[str]:
    """What is known of passages and of the time left, as `index.pace` says it in English.

    >>> pace_words(3400, Pace(passages_per_second=45.2, seconds_left=170.0))
    ['3,400 passages', '45 a second', 'about 3 min left']
    """
    words = [plural("{count} passage", "{count} passages", passages)]
    if pace.passages_per_second is not None:
        words.append(t("{count} a second", count=number(pace.passages_per_second, ",.0f")))
    if pace.seconds_left is not None:
        words.append(left_words(pace.seconds_left))
    return words


def left_words(seconds: float) -> str:
    """The time left; no finer than such an estimate is."""
    count, unit = time_left(seconds)
    if not count:
        return t("less than 1 min left")
    about = mark("about {count} min left") if unit == "min" else mark("about {count} h left")
    return t(about, count=count)
