"""What templates say of the fields that people write into."""

from __future__ import annotations

import re
from importlib.resources import files


def test_no_text_is_cut_by_the_browser_which_counts_otherwise_than_we_do() -> None:
    templates = files("lms_scoring.web").joinpath("templates").iterdir()
    fields = {one.name: re.findall(r"<textarea[^>]*>", one.read_text(encoding="utf-8")) for one in templates}
    assert fields["words.html"]
    assert [name for name, found in fields.items() if any("maxlength" in field for field in found)] == []
