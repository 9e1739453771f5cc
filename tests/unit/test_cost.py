"""What a run cost: tokens told, times prices set; nothing where either is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.cost import run_cost
from eval.html_report import to_page
from eval.models import Report
from eval.report import report_row, to_markdown
from tests.made_runs import FAILED, NOTHING, REFUSED, RIGHT, SEARCHED, WRITTEN, outcome, report

PRICES = {
    "writer": "endpoint",
    "llm_price_input": 0.5,
    "llm_price_output": 2.0,
    "llm_currency": "EUR",
}
SMALL = outcome("small", prompt_tokens=1_000, completion_tokens=100)
LARGE = outcome("large", prompt_tokens=3_000, completion_tokens=500)


def priced(*outcomes, **changes) -> Report:
    return report(*outcomes, settings={**PRICES, **changes})


def test_tokens_times_prices_over_the_questions_asked() -> None:
    found = run_cost(priced(SMALL, LARGE, REFUSED, SEARCHED))
    assert found is not None
    # 1000 * 0.5 + 100 * 2 = 700, 3000 * 0.5 + 500 * 2 = 2500, in millionths; a refusal costs none.
    assert found.total == pytest.approx(0.0032)
    assert found.each.value == pytest.approx(0.0032 / 3)
    assert (found.each.n, found.untold, found.currency) == (3, 0, "EUR")
    assert found.each.interval is not None
    assert found.each.interval.low < found.each.value < found.each.interval.high


def test_what_was_not_told_is_counted_and_not_taken_for_nothing() -> None:
    found = run_cost(priced(SMALL, RIGHT, FAILED))
    assert found is not None
    assert (found.total, found.each.n, found.untold) == (pytest.approx(0.0007), 1, 2)
    again = replace(SMALL, condition="evidence removed", ranked=None)
    asked_again = run_cost(priced(SMALL, again))
    assert asked_again is not None
    assert asked_again.total == pytest.approx(0.0014)


@pytest.mark.parametrize(
    "unpriced",
    [
        priced(SMALL, llm_price_output=None),
        priced(SMALL, llm_price_input=None),
        priced(SMALL, writer="embedded"),
        priced(RIGHT, REFUSED),
        priced(),
        report(SMALL),
    ],
)
def test_without_prices_or_tokens_no_cost_is_shown(unpriced: Report) -> None:
    assert run_cost(unpriced) is None
    assert report_row(unpriced)["cost"] is None
    assert "at the prices set" not in to_markdown(unpriced)
    assert "at the prices set" not in to_page(unpriced, written=WRITTEN)


def test_a_price_of_nothing_is_a_price() -> None:
    found = run_cost(priced(SMALL, llm_price_input=0.0, llm_price_output=0.0))
    assert found is not None
    assert found.total == 0.0


def test_every_form_of_the_report_says_what_it_cost() -> None:
    made = priced(SMALL, LARGE, RIGHT, outcome("refused", abstained=True, **NOTHING))
    said = "That cost 0.0032 EUR at the prices set, 0.00107 a question"
    untold = "Without a count of tokens came back: 1 more"
    for text in (to_markdown(made), to_page(made, written=WRITTEN)):
        assert "The language model read 4,000 tokens and wrote 600." in text
        assert said in text
        assert untold in text
    cost = report_row(made)["cost"]
    assert isinstance(cost, dict)
    assert cost["total"] == pytest.approx(0.0032)
    assert cost["each"]["n"] == 3
    assert cost["untold"] == 1
