"""How templates call functions and macros."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError
from jinja2.runtime import Context

from lms_scoring.web.template_calls import PlainCalls

TEMPLATE = """
{%- macro twice(word, mark="!") %}{{ word }}{{ word }}{{ mark }}{% endmacro -%}
{%- macro framed() %}[{{ caller() }}]{% endmacro -%}
{%- block all -%}
{% for word in words %}{{ twice(word) }}{{ joined(word, by=twice("+", mark="")) }}{% endfor -%}
{% call framed() %}<{{ words[0] }}>{% endcall %}
{%- endblock -%}
"""


def _written(context_class: type[Context], **given: Any) -> str:
    environment = Environment(autoescape=True, undefined=StrictUndefined)  # it is on
    environment.context_class = context_class
    return environment.from_string(TEMPLATE).render(**given)


def _joined(word: str, *, by: str) -> str:
    return f"{word}{by}{word}"


def test_a_template_writes_what_it_wrote_with_all_asked() -> None:
    given: dict[str, Any] = {"words": ["<a>", "b"], "joined": _joined}
    written = _written(PlainCalls, **given)
    assert written == _written(Context, **given)
    assert written == "&lt;a&gt;&lt;a&gt;!&lt;a&gt;++&lt;a&gt;bb!b++b[<&lt;a&gt;>]"


def test_what_is_not_there_cannot_be_called() -> None:
    with pytest.raises(UndefinedError, match="joined"):
        _written(PlainCalls, words=["a"])
