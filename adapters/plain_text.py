"""Plain text out of HTML, as platforms keep what people write: what a reader would read, line by line."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from lms_scoring.domain.texts import bounded

_LONGEST = 300_000
"""Characters of markup that are looked at: pictures are written into it, and are longer than any text."""
_UNREAD = ["script", "style", "template", "head"]
_BLOCKS = (
    "address,article,aside,blockquote,br,caption,dd,div,dl,dt,fieldset,figcaption,figure,footer,form,"
    "h1,h2,h3,h4,h5,h6,header,hr,li,main,nav,ol,p,pre,section,table,td,th,tr,ul"
)
_MARKUP = re.compile(r"[<&\0]")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


def plain_text(markup: str) -> str:
    """What the markup says, no longer than is kept; a block of it stands on a line of its own."""
    markup = markup[:_LONGEST]
    text = _read(markup) if _MARKUP.search(markup) else markup
    return bounded(_LINES.sub("\n", _SPACES.sub(" ", text)))


def _read(markup: str) -> str:
    page = LexborHTMLParser(markup)
    page.strip_tags(_UNREAD)
    for block in page.css(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    return "" if page.root is None else page.root.text()
