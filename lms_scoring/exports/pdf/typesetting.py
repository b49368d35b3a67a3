"""Typesetting: texts and a template become a PDF for archives and readers aloud that lacks no glyph."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, Protocol

import typst

from lms_scoring.domain.errors import UnprintableText
from lms_scoring.exports.pdf.marking import marked
from lms_scoring.exports.pdf.setter import setter

FAMILIES = {
    "zh": ("Noto Sans CJK SC", "Noto Sans", "Noto Color Emoji"),
    "en": ("Noto Sans", "Noto Sans CJK SC", "Noto Color Emoji"),
}
"""The fonts of a printed page: the first that has a glyph sets it; any other installed one comes after."""

_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
"""For archives, and for readers who hear it. With a standard set a missing glyph is an error, not a gap."""
_REMEMBERED, _NOTHING = 10, b"#none"
"""Documents for which Typst keeps what it computed, and one that takes a few milliseconds."""
_NO_GLYPH = re.compile(r'the text `(".*?")` could not be displayed', re.DOTALL)
_FORBIDDEN = re.compile(r"contains the codepoint `\"(.*?)\"`")
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}")


class Printed(Protocol):
    """What a template prints: a frozen dataclass of ready texts. `language` is `zh` or `en`."""

    @property
    def title(self) -> str: ...

    @property
    def language(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Typesetter:
    """Sets pages in the fonts that the settings name: families, and folders (those with a slash)."""

    fonts: tuple[str, ...] = ()

    def pdf(
        self,
        template: str,
        printed: Printed,
        *,
        at: datetime,
        who: str | None = None,
        missing: Collection[str] = (),
    ) -> bytes:
        """The PDF of a template; `at` is what it calls its day of making: the same texts, the same file. It
        is made for `who` asks, and has a mark for the characters that are known to be missing.

        Texts come in as data and are never read as markup. Raises UnprintableText where no font has a
        character, SetterBusy where too many wait for one already or `who` does for another, and SetterEnding
        at the process's end.
        """
        families = [font for font in self.fonts if "/" not in font]
        texts = marked(asdict(printed), missing)  # type: ignore[call-overload] # a Protocol cannot say that it is a dataclass
        told = {"fonts": [*families, *FAMILIES[printed.language]], "printed": texts}
        fonts = _fonts(tuple(font for font in self.fonts if "/" in font))
        data = json.dumps(told, ensure_ascii=False)
        what = f"{template} {at.isoformat()} {data}"
        return setter().do(lambda: _set(template, data, fonts, at), who=who, what=what)


def _set(template: str, data: str, fonts: typst.Fonts, at: datetime) -> bytes:
    """One document, in the thread that sets all of them."""
    compiler = typst.Compiler(
        _template(template),
        root=str(files(__package__)),
        font_paths=fonts,
        sys_inputs={"data": data},
    )
    try:
        made: Any = compiler.compile(format="pdf", pdf_standards=_STANDARDS, timestamp=int(at.timestamp()))
    except typst.TypstError as error:
        missing = unprintable_in(error.diagnostic)
        if not missing:
            raise
        raise UnprintableText(missing) from error
    finally:
        _forget(fonts)
    return bytes(made)


def _forget(fonts: typst.Fonts) -> None:
    """Makes Typst forget the document: of the last ones it keeps all that it computed, 50 MB for 400 lines,
    in case they are set again; here each is another."""
    for _ in range(_REMEMBERED + 1):
        typst.Compiler(_NOTHING, font_paths=fonts).compile(format="pdf")


def unprintable_in(diagnostic: str) -> Sequence[str]:
    """The characters that Typst complains of, each once; empty where it complains of something else."""
    told = [*_NO_GLYPH.findall(diagnostic), *_FORBIDDEN.findall(diagnostic)]
    texts = (_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) for text in told)
    return list(dict.fromkeys(one for text in texts for one in text if one not in '"\\'))


@lru_cache
def _template(name: str) -> bytes:
    return files(__package__).joinpath(f"{name}.typ").read_bytes()


@lru_cache(maxsize=4)
def _fonts(folders: tuple[str, ...]) -> typst.Fonts:
    """The fonts of this machine and of the folders; looking through them takes a third of a second."""
    return typst.Fonts(font_paths=list(folders))
