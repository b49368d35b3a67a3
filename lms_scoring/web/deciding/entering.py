"""What a form wants entered, wherever somebody decides: shown first, and kept as it was shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect
from werkzeug.wrappers import Response

from lms_scoring.ports import Clock, Store
from lms_scoring.services.access.seeing import View
from lms_scoring.services.deciding.enter import Wish, enter_as_shown
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.web.deciding.effect_page import EffectPage, effect_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """The way of a wish into the store, from a form: `POST`, then a page that asks, or a redirect."""

    store: Store
    clock: Clock

    def answer(
        self,
        wish: Wish,
        *,
        rules: CourseRules,
        view: View,
        seen: str | None,
        shown: Callable[[EffectPage], str],
        after: str,
    ) -> Response | str:
        """Keeps the wish where its effect is the one that `seen` marks, and leads to `after`.

        Else nothing is kept, and the page `shown` asks; where it is so already there is nothing to ask.
        Raises CannotBeDecided, UnknownPerson.
        """
        entered = enter_as_shown(wish, rules, self.store, clock=self.clock, mark=seen)
        if entered.kept or entered.effect.entry is None:
            return redirect(after, code=303)
        return shown(effect_page(entered.effect, view, rules.scheme, entered.names))
