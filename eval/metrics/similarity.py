"""How near the words of an answer come to the known ones for an embedding model."""

from __future__ import annotations

from collections.abc import Sequence

from index.embed import Embedder


def similarity(text: str, answers: Sequence[str], *, embedder: Embedder) -> float:
    """The greatest cosine of the answer's vector and a gold answer's, between 0 and 1.

    A cosine below 0 counts as 0, as does an empty answer. It rewards like wording and like subject
    and not truth: "It rose by 3 %" comes near "It fell by 3 %". Rounded to three digits, since the
    last digits of a vector depend on what is embedded beside it.
    """
    if not text.strip() or not answers:
        return 0.0
    rows = embedder.embed([text, *answers])
    return round(min(1.0, max(0.0, float((rows[1:] @ rows[0]).max()))), 3)
