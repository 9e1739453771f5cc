"""Visitors of the page in real browsers, of whom is read what can be seen."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Sequence
from time import monotonic

from asking import QUESTIONS, others, own
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as BrowserError
from seen import Seen
from serving import PATIENCE, Served

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
LONGEST_PAUSE = 20.0  # seconds, as in visitors.py
TURNS = 4


def visit_with_browsers(server: Served, names: Sequence[str], ends: float, seen: Seen) -> None:
    """One browser, in which each visitor has cookies and windows of its own."""
    asyncio.run(_visit_all(server, names, ends, seen))


async def _visit_all(server: Served, names: Sequence[str], ends: float, seen: Seen) -> None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise SystemExit(f"No Chromium found on the PATH (looked for {', '.join(NAMES)}).")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        await asyncio.gather(*(_visit(browser, server, name, ends, seen) for name in names))
        await browser.close()


async def _visit(browser: Browser, server: Served, name: str, ends: float, seen: Seen) -> None:
    chance = random.Random(name)
    await asyncio.sleep(chance.uniform(0, LONGEST_PAUSE / 4))
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE * 1_000)
    with server.signed_in(name) as client:
        cookies = [(cookie.name, cookie.value or "") for cookie in client.cookies.jar]
    await context.add_cookies(
        [{"name": key, "value": value, "url": server.address} for key, value in cookies]
    )
    while monotonic() < ends:
        asked: list[str] = []
        page = await context.new_page()
        try:
            await page.goto(server.address)
            await page.wait_for_selector("#question textarea")
            while monotonic() < ends and len(asked) < TURNS:
                asked.append(own(chance.choice(QUESTIONS), name))
                await _ask(page, name, asked, seen)
                await asyncio.sleep(chance.uniform(1, LONGEST_PAUSE))
        except BrowserError as error:
            seen.failed(name, error)
        await page.close()
    await context.close()


async def _ask(page: Page, name: str, asked: Sequence[str], seen: Seen) -> None:
    """Types the last of these questions, presses Enter and looks at the page."""
    exchange = f'.exchange[data-exchange="{len(asked) - 1}"]'
    await page.fill("#question textarea", asked[-1])
    begun = monotonic()
    await page.press("#question textarea", "Enter")
    await page.wait_for_selector(f"{exchange} :is(.claim, .refusal)")
    first = monotonic() - begun
    await page.wait_for_selector(f'{exchange}[aria-busy="false"]')
    seen.answered(first, monotonic() - begun)
    shown = [text.strip() for text in await page.locator(".question").all_inner_texts()]
    if shown != list(asked):
        seen.mixed_up(name, f"asked {asked}, shown {shown}")
    if found := others(await page.inner_text("body"), name):
        seen.mixed_up(name, f"words of {sorted(found)}")
