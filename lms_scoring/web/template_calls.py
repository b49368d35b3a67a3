"""How templates call functions and macros: at once, for a page calls some two hundred of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2.runtime import Context, Macro


class PlainCalls(Context):
    """What a template knows. Jinja's own asks of everything that is called whether it wants to be told of the
    template; only macros do, and asking takes longer than most of our functions: a sixth of a board's frame.

    A function marked with `pass_context` and its kin is called without it, and fails.
    """

    def call(
        self,
        called: Callable[..., Any],
        /,
        *given: Any,
        _loop_vars: object = None,
        _block_vars: object = None,
        **named: Any,
    ) -> Any:
        """What it returns. The variables of loops and blocks are for who wants to be told of the template."""
        if called.__class__ is Macro:
            return called(self.eval_ctx, *given, **named)
        return called(*given, **named)
