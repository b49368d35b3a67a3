"""Pages of lists: which one is shown where another was asked for."""

from __future__ import annotations


def page_there(asked: int, pages: int) -> int:
    """The page asked for, or the nearest that there is; of nothing there is one page."""
    return min(max(asked, 1), max(pages, 1))
