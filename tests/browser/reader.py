"""Somebody who reads a report in a browser."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => {
    const [r, g, b] = color.slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] > 250) return color;
    }
  };
  const weak = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest(".hush, .skip, script")) continue;
    const style = getComputedStyle(element);
    const ink = rgba(element instanceof SVGElement ? style.fill : style.color);
    const [high, low] = [light(ink), light(behind(element))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.6 && style.fontWeight >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) weak.push(`${element.tagName}.${element.className} ${ratio}`);
  }
  return [...new Set(weak)];
}"""
"""Elements whose text is weaker than WCAG's level AA asks for, with their contrast."""


@dataclass
class Reader:
    """One page that is open.

    Attributes:
        complaints: what the browser had to say: errors, warnings, dialogs.
        requests: addresses that the page asked for, besides its own.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, browser: Browser, path: Path, width: int = 1400, **more: Any) -> Iterator[Reader]:
        """Open a file."""
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        reader = cls(context.new_page())
        address = path.as_uri()
        page = reader.page
        page.on("console", lambda said: reader.complaints.append(said.text))
        page.on("pageerror", lambda error: reader.complaints.append(str(error)))
        page.on("dialog", lambda dialog: reader.complaints.append(dialog.message))
        page.on(
            "request",
            lambda asked: reader.requests.append(asked.url) if asked.url != address else None,
        )
        page.goto(address)
        yield reader
        context.close()

    def shown(self, selector: str) -> int:
        """How many of these are to be seen."""
        return self.page.locator(selector).filter(visible=True).count()

    def style(self, selector: str, name: str) -> str:
        """A computed style."""
        found = self.page.locator(selector).first
        value: str = found.evaluate("(element, name) => getComputedStyle(element)[name]", name)
        return value

    @property
    def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return width

    @property
    def weak_text(self) -> list[str]:
        """Text of too little contrast."""
        found: list[str] = self.page.evaluate(CONTRAST)
        return found
