"""Every state of the page is looked at in each size and colour scheme: by axe-core, and for us."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page

SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")
# Colours that are on their way to others are judged when they are there.
SETTLED = """async () => {
  await new Promise(seen => requestAnimationFrame(() => requestAnimationFrame(seen)));
  await Promise.allSettled(document.getAnimations().map(one => one.finished));
}"""


class Look:
    """Finds nothing serious in a state of the page, and keeps pictures of it in `folder`, if any.

    Call it with a page and the name that its pictures get. `ready` brings about what a size needs
    anew, such as an opened drawer; with `dark`, the dark scheme is pictured too.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def __call__(
        self,
        page: Page,
        name: str,
        *,
        ready: Callable[[Page], object] = lambda page: None,
        dark: bool = False,
    ) -> None:
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
            page.mouse.move(1, 1)
            ready(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, size)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.evaluate(SETTLED)
                assert_accessible(page, f"{name}, {size}, {scheme}")
                if self._folder is not None and (scheme == "light" or dark):
                    suffix = "-dark" if scheme == "dark" else ""
                    self._keep(page, self._folder / f"{name}-{size}{suffix}.webp")

    def _keep(self, page: Page, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        shot = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
        # Without loss, and a third of the size that the browser's PNG has.
        shot.save(path, lossless=True, quality=100)


def assert_accessible(page: Page, state: str) -> None:
    found = Axe().run(page).response["violations"]
    serious = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n  "
        + "\n  ".join(node["html"][:200] for node in violation["nodes"][:5])
        for violation in found
        if violation["impact"] in {"serious", "critical"}
    ]
    assert serious == [], "\n".join([state, *serious])


def open_library(page: Page) -> None:
    """On a narrow screen, the library over the conversation."""
    shut = ".gradio-container:not(.library-open) .drawer"
    if page.locator(shut).is_visible():
        page.click(shut)


def to_the_end(page: Page) -> None:
    page.evaluate("document.getElementById('scroller').scrollTop = 1e6")
