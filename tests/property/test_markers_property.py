"""No text of a source can pass for a marker of ours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.markers import read_statements
from rag.prompt import as_data

BRACKETS = st.sampled_from(["[]", "【】", "〔〕", "［］", "[】"])
WORDS = st.sampled_from(["", "", "^", "#", "source ", "Sources ", "evidence", "s. ", "\u200b"])
SEPARATORS = st.sampled_from([",", ";", "–", "-", " and ", "&", " ", "]["])
NUMBERS = st.sampled_from(["1", "2", "17", "999"])


@st.composite
def likenesses(draw: st.DrawFn) -> str:
    """What looks like a marker, with up to three numbers, some of it doubled or with a link."""
    inside = draw(WORDS) + draw(NUMBERS)
    for _ in range(draw(st.integers(0, 2))):
        inside += draw(SEPARATORS) + draw(WORDS) + draw(NUMBERS)
    opening, closing = draw(BRACKETS)
    marker = f"{opening}{inside}{closing}"
    return draw(st.sampled_from([marker, f"[{marker}]", f"{marker}(http://127.0.0.1/x)"]))


@given(likeness=likenesses())
def test_source_text_in_a_prompt_holds_no_marker(likeness: str) -> None:
    statements = read_statements(f"Kim wants oil {as_data(likeness)} and grain.")
    assert not any(entry.markers for entry in statements)
