"""What became of files that were added: a word for each, and their sum in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from index.models import FileStatus
from pincite.words import mark, mark_plural, plural

OUTCOMES: Mapping[FileStatus, str] = {
    "added": mark("added"),
    "unchanged": mark("already here"),
    "replaced": mark("replaced"),
    "moved": mark("moved"),
    "duplicate": mark("already here"),
    "skipped": mark("skipped"),
    "failed": mark("not added"),
}
LEFT = mark("not read")
# How many there are of an outcome: of the one that is named first, and of one behind it.
_SUMS: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "added": (
        mark_plural("{count} file added", "{count} files added"),
        mark_plural("{count} added", "{count} added"),
    ),
    "already here": (
        mark_plural("{count} file already here", "{count} files already here"),
        mark_plural("{count} already here", "{count} already here"),
    ),
    "replaced": (
        mark_plural("{count} file replaced", "{count} files replaced"),
        mark_plural("{count} replaced", "{count} replaced"),
    ),
    "moved": (
        mark_plural("{count} file moved", "{count} files moved"),
        mark_plural("{count} moved", "{count} moved"),
    ),
    "skipped": (
        mark_plural("{count} file skipped", "{count} files skipped"),
        mark_plural("{count} skipped", "{count} skipped"),
    ),
    "not added": (
        mark_plural("{count} file not added", "{count} files not added"),
        mark_plural("{count} not added", "{count} not added"),
    ),
    LEFT: (
        mark_plural("{count} file not read", "{count} files not read"),
        mark_plural("{count} not read", "{count} not read"),
    ),
}


def sum_words(done: Sequence[FileStatus], *, left: int) -> str:
    """How many files came to which end, and how many were left.

    >>> sum_words(["added", "unchanged", "added"], left=1)
    '2 files added, 1 already here, 1 not read'
    """
    found = Counter({LEFT: left}) + Counter(OUTCOMES[status] for status in done)
    there = [outcome for outcome in _SUMS if found[outcome]]
    return ", ".join(
        plural(*_SUMS[outcome][min(place, 1)], found[outcome])
        for place, outcome in enumerate(there)
    )
