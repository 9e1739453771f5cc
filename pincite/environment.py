"""Variables of the environment that seem to be meant for a setting, and are none."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import fields

from rag.opening import LIBRARY_VARIABLE
from rag.settings import ENVIRONMENT_PREFIX, Settings

# Set, an error of ours is shown with the place in the code where it happened.
TRACEBACK_VARIABLE = "PINCITE_TRACEBACK"


def mistyped(environment: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that is nearly, but not quite, one that is read.

    Others that begin as ours do are somebody's own, such as a key for a program, and left alone.
    """
    known = [f"{ENVIRONMENT_PREFIX}{field.name.upper()}" for field in fields(Settings)]
    known += [LIBRARY_VARIABLE, TRACEBACK_VARIABLE]
    # Without what all of them begin with, or all would be near.
    endings = {name.removeprefix(ENVIRONMENT_PREFIX): name for name in known}
    for name in sorted(environment):
        if not name.startswith(ENVIRONMENT_PREFIX) or name in known:
            continue
        ending = name.removeprefix(ENVIRONMENT_PREFIX).upper()
        near = difflib.get_close_matches(ending, endings, n=1)
        if near:
            yield f"{name} is no setting and is ignored. Did you mean {endings[near[0]]}?"
