"""How far the parts of a page move by themselves: its cumulative layout shift."""

from __future__ import annotations

from playwright.sync_api import Page

WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) {
    if (each.hadRecentInput) continue;
    const moved = each.sources.map(({ node, previousRect: from, currentRect: to }) =>
      `${(node?.nodeType === 1 ? node : node?.parentElement)?.className}: ${from.x},${from.y}`
      + ` to ${to.x},${to.y}`);
    window.shifts.push([each.value, moved.join("; ")]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


def watch(page: Page) -> None:
    """Count from the first frame of whatever the page opens next."""
    page.add_init_script(WATCH)


def shifts(page: Page) -> list[tuple[float, str]]:
    """Each shift since the page was opened, and what has moved."""
    found: list[tuple[float, str]] = page.evaluate("window.shifts")
    return found


def total(page: Page) -> float:
    """All of them together, which is never less than what browsers report of the worst 5 s."""
    return sum(value for value, _ in shifts(page))
