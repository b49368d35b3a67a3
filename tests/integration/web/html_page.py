"""Reads a page as a browser would, as far as tests ask: elements, texts, and whether it hangs together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "col"})
_APART = frozenset({"td", "th", "p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "a", "button", "summary"})
_SELF_CLOSED = frozenset({"rect", "circle", "path"})


@dataclass(slots=True)
class Element:
    """One element, with the text in it and in all that it contains."""

    tag: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def has_class(self, name: str) -> bool:
        return name in self.attributes.get("class", "").split()


class HtmlPage(HTMLParser):
    """A page; `faults` says where its markup is wrong."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.faults: list[str] = []
        self._open: list[Element] = []
        self.feed(source)
        self.close()
        self.faults += [f"<{element.tag}> is never closed" for element in self._open]
        self.faults += self._dangling()

    def all(self, tag: str, class_: str | None = None) -> list[Element]:
        """The elements of that tag (and class), in the order of the page."""
        found = [element for element in self.elements if element.tag == tag]
        return [element for element in found if class_ is None or element.has_class(class_)]

    def texts(self, tag: str, class_: str | None = None) -> list[str]:
        return [element.text for element in self.all(tag, class_)]

    @property
    def text(self) -> str:
        (body,) = self.all("body")
        return body.text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) < len(names):
            self.faults.append(f"<{tag}> says something twice")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SELF_CLOSED:
            self.faults.append(f"<{tag}/> cannot close itself")
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
            return
        self._open.pop()
        if tag in _APART:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.texts.append(data)

    def _dangling(self) -> Iterator[str]:
        ids = [element.attributes["id"] for element in self.elements if "id" in element.attributes]
        yield from (f"id {one} is used twice" for one in sorted({i for i in ids if ids.count(i) > 1}))
        for element in self.elements:
            for name in ("aria-labelledby", "form", "for"):
                targets = element.attributes.get(name, "").split()
                if any(target not in ids for target in targets):
                    yield f"<{element.tag} {name}={' '.join(targets)}> points nowhere"
            if element.tag == "th" and "scope" not in element.attributes:
                yield f"a heading of no row or column: {element.text}"
            bare = element.tag == "script" and not {"nonce", "src"} <= element.attributes.keys()
            if bare or element.tag == "style" or "style" in element.attributes:
                yield f"<{element.tag}> is forbidden by our own policy"
            if any(name.startswith("on") for name in element.attributes):
                yield f"<{element.tag}> wants a script"
