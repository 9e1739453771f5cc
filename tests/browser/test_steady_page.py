"""Nothing on the page moves by itself while it opens, and hardly anything while it answers."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

# What nobody's key or click has caused; a value is the share of the window that moved, times how
# far it did (https://web.dev/articles/cls, where 0.1 is the end of "good").
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    const moved = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? "");
    window.shifts.push({ value: entry.value, moved });
  }
}).observe({ type: "layout-shift", buffered: true });
"""
SIZES = [(1440, 900), (390, 844)]
# What is drawn last of each part.
LAST = {"": ".past:not(.waiting)", "evaluation": "#evaluation-stored p", "settings": ".settings"}
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize(("part", "last"), LAST.items())
@pytest.mark.parametrize("size", SIZES)
def test_nothing_jumps_while_the_page_opens(articles_site, context, part, last, size) -> None:
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{articles_site.address}/{part}")
    page.wait_for_selector(".masthead .parts")
    page.wait_for_selector(last, state="attached")
    page.evaluate(PAINTED)
    shifts = page.evaluate("window.shifts")
    assert sum(shift["value"] for shift in shifts) < 0.05, shifts


@pytest.mark.parametrize("size", SIZES)
def test_hardly_anything_moves_while_a_question_is_answered(
    articles_site, context, ask, size
) -> None:
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(articles_site.address)
    page.wait_for_selector("#question textarea")
    page.wait_for_function("window.pincite !== undefined")
    ask(page, "What does North Korea want in return?")
    page.wait_for_selector("#suggested .chip")
    shifts = page.evaluate("window.shifts")
    assert sum(shift["value"] for shift in shifts) < 0.05, shifts
