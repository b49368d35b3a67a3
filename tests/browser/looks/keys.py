"""Goes through a page with the tabulator alone, and presses what it stops at: what is reached, seen, done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

STOPS = """() => {
    const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";
    const groups = new Set();
    const found = [...document.querySelectorAll(wanted)].filter(one => {
        if (one.disabled || one.type === "hidden" || one.tabIndex < 0) return false;
        if (!one.checkVisibility({visibilityProperty: true})) return false;
        if (one.type !== "radio") return true;
        const checked = one.form.querySelector(`input[name="${one.name}"]:checked`);
        const first = !groups.has(one.name);
        groups.add(one.name);
        return checked ? one === checked : first;
    });
    found.forEach((one, place) => { one.dataset.stop = place; });
    const kind = one => one.localName === "input" ? one.type : one.localName;
    return found.map(one => kind(one) === "radio" && one.checked ? "chosen" : kind(one));
}"""
"""Numbers everything that the tabulator should stop at, in the order of the page; what each is."""
STOP = r"""() => {
    const one = document.activeElement;
    if (!document.hasFocus() || !one || one === document.body) return null;
    const style = getComputedStyle(one), box = one.getClientRects()[0];
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const whole = one.getBoundingClientRect();
    const behind = one => getComputedStyle(one).backgroundColor;
    let around = one.parentElement;
    while (around.parentElement && /transparent|, 0\)$/.test(behind(around))) around = around.parentElement;
    const light = colour => colour.match(/[\d.]+/g).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0.05);
    const contrast = colour => {
        const two = [light(colour), light(behind(around))];
        return Math.max(...two) / Math.min(...two);
    };
    const fills = one.matches("select, textarea, input:not([type=checkbox], [type=radio], [type=file])");
    return {
        place: "stop" in one.dataset ? Number(one.dataset.stop) : null,
        contrast: outlined ? contrast(style.outlineColor) : 0,
        edge: fills ? contrast(style.borderTopColor) : null,
        seen: Boolean(there) && (one.contains(there) || there.contains(one)),
        top: whole.top + scrollY,
        bottom: whole.bottom + scrollY,
        what: one.outerHTML.slice(0, 160),
    };
}"""
"""Where the focus is: the number, how well a ring shows it, what lies over it, and how far down it is."""
WATCH = """() => {
    window.pressed = [];
    addEventListener("click", event => {
        const one = event.target.closest("[data-stop]");
        if (one && event.isTrusted) window.pressed.push(Number(one.dataset.stop));
        if (!event.target.closest("a, button, [type=file]")) return;
        event.preventDefault();
        event.stopImmediatePropagation();
    }, true);
}"""
"""Notes what keys press; nothing that is pressed leads anywhere."""
KEYS = {
    "a": ("Enter",),
    "button": ("Enter", "Space"),
    "summary": ("Enter", "Space"),
    "checkbox": ("Space", "Space"),
    "radio": ("Space",),
    "file": ("Space",),
}
"""What presses each; text is typed into the others, or a choice is made with arrows."""
CLEAR = 3
"""What the contrast of rings and borders must be (WCAG 2.2, 1.4.11)."""
FAR = 400
"""So often a key is pressed at most: no page has as many stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Something that the focus came to; `place` None: a box that scrolls, which is no control.

    `contrast` is that of the ring around it, 0 if there is none, `edge` that of the border of a field;
    `top` and `bottom` are in pixels from the top of the page.
    """

    place: int | None
    contrast: float
    edge: float | None
    seen: bool
    top: float
    bottom: float
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """`wanted` is what each control is, `stops` all that the focus came to until it left what is shown.

    `pressed` are the places of those that keys pressed, once for each key.
    """

    wanted: Sequence[str]
    stops: Sequence[Stop]
    pressed: Sequence[int]

    @property
    def controls(self) -> Sequence[Stop]:
        return [one for one in self.stops if one.place is not None]

    @property
    def to_press(self) -> Sequence[int]:
        """What `pressed` should be."""
        return [place for place, kind in enumerate(self.wanted) for _ in KEYS.get(kind, ())]

    @property
    def jumps(self) -> Sequence[str]:
        """Controls that lie wholly above the one before."""
        pairs = zip(self.controls, self.controls[1:], strict=False)
        return [later.what for former, later in pairs if later.bottom <= former.top]


def stop_of(shown: Page | Frame) -> Stop | None:
    """Where the focus is; None: elsewhere, or on nothing."""
    found: dict[str, Any] | None = shown.evaluate(STOP)
    return None if found is None else Stop(**found)


def walk(page: Page, shown: Page | Frame, *, presses: bool = False) -> Walk:
    """From the top of the window, through all that is shown in it or in its frame, until that is left again.

    Nothing may be in focus. `presses`: what the focus comes to is pressed, too, and leads nowhere any more.
    """
    wanted: list[str] = shown.evaluate(STOPS)
    if presses:
        shown.evaluate(WATCH)
    page.bring_to_front()
    stops: list[Stop] = []
    for _ in range(FAR):
        page.keyboard.press("Tab")
        stop = stop_of(shown)
        is_over = stop is None or (stop.place == 0 and len(stops) > 0)
        if is_over and stops:
            return Walk(wanted=wanted, stops=stops, pressed=shown.evaluate("window.pressed ?? []"))
        if stop is None:
            continue
        stops.append(stop)
        if presses and stop.place is not None:
            for key in KEYS.get(wanted[stop.place], ()):
                page.keyboard.press(key)
    raise AssertionError(f"the tabulator never leaves the page: {stops[-1:]}")


def tabulate_to(page: Page, shown: Page | Frame, selector: str) -> None:
    """Goes on by the tabulator until that is in focus."""
    page.bring_to_front()
    for _ in range(FAR):
        if shown.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tabulator never comes to {selector}")


def assert_all_is_reached(walked: Walk) -> None:
    """Everything, in the order of the page, with a ring around it and nothing over it."""
    controls = walked.controls
    assert [stop.place for stop in controls] == list(range(len(walked.wanted))), "not all, or not in order"
    assert [stop.what for stop in controls if stop.contrast < CLEAR] == [], "no ring shows where the focus is"
    faint = [stop.what for stop in controls if stop.edge is not None and stop.edge < CLEAR]
    assert faint == [], "its border is hard to see"
    assert [stop.what for stop in controls if not stop.seen] == [], "something lies over the focus"
