"""A sketch tells how much two texts share, near to what all of their words tell."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from index.sketch import LEAST_SHINGLES, SHINGLE_WORDS, SKETCH_SIZE, resemblance, sketch


def shingles(words: list[str]) -> set[tuple[str, ...]]:
    return {
        tuple(words[start : start + SHINGLE_WORDS])
        for start in range(len(words) - SHINGLE_WORDS + 1)
    }


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(40, 2_000), st.floats(0, 1), st.floats(0, 1))
def test_the_estimate_is_near(seed: int, length: int, kept: float, added: float) -> None:
    """Within five standard errors of what is estimated; exactly where the sketch holds all."""
    made = random.Random(seed)  # no secret
    words = [f"w{made.randrange(10**9)}" for _ in range(length)]
    start = made.randrange(length)
    other = (words + words)[start : start + max(LEAST_SHINGLES + 4, int(kept * length))]
    other += [f"x{made.randrange(10**9)}" for _ in range(int(added * length))]
    one_set, other_set = shingles(words), shingles(other)
    exact = len(one_set & other_set) / len(one_set | other_set)
    estimate = resemblance(sketch(" ".join(words)), sketch(" ".join(other)))
    if len(one_set | other_set) <= SKETCH_SIZE:
        assert abs(estimate - exact) < 1e-9
    else:
        assert abs(estimate - exact) <= 5 * 0.5 / SKETCH_SIZE**0.5
        assert (estimate == 0) or exact > 0


@given(st.text())
def test_whatever_the_text_a_sketch_is_like_itself(text: str) -> None:
    hashes = sketch(text)
    assert list(hashes) == sorted(set(hashes))
    assert len(hashes) <= SKETCH_SIZE
    assert all(-(2**63) <= value < 2**63 for value in hashes)
    if hashes:
        assert resemblance(hashes, hashes) == 1


def test_case_punctuation_and_the_cutting_of_lines_change_nothing() -> None:
    words = [f"wort{number}" for number in range(60)]
    assert sketch(" ".join(words)) == sketch(",\n".join(words).upper())


def test_chinese_without_spaces_is_compared_by_its_characters() -> None:
    text = (
        "今天早上渡轮公司的员工因为工资问题开始罢工港口一直关闭到中午许多乘客在码头上等了好几个小时"
    )
    assert resemblance(sketch(text), sketch("本报讯" + text)) > 0.8
