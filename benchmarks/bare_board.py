"""The bare template that the scoreboard is measured against: a page's rows with their cells and marks."""

from __future__ import annotations

from markupsafe import Markup

from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.scorecard import CardState
from lms_scoring.words import word

TEMPLATE = """<!doctype html><title>Board</title><table><tbody>
{% for row in rows %}
<tr><th scope="row"><a href="{{ row.address }}" data-person>{{ row.name }}</a></th>
<td class="class">{{ row.class_ }}</td>
{% for cell in row.cells %}
<td class="number" data-label="{{ labels[loop.index0] }}"><span class="value">{% if cell.pending %}{{ states.pending }} {% endif %}{{ cell.text }}</span><progress max="{{ cell.most }}" value="{{ cell.bar }}" aria-hidden="true"></progress></td>
{% endfor %}
<td class="number total {{ row.state }}"><span class="value">{{ row.total.text }}</span><progress max="{{ row.total.most }}" value="{{ row.total.bar }}" aria-hidden="true"></progress></td>
<td class="result">{{ states[row.state] }}</td>
<td class="standing">{{ chips[row.chip] }}{% if row.missing %} <small class="missing">{{ row.missing }}</small>{% endif %}</td></tr>
{% endfor %}
</tbody></table>
"""  # noqa: E501 # a template is not wrapped: the spaces would be sent

_ICON = '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="7"/></svg>'


def _mark(value: str) -> Markup:
    return Markup('<span class="state {}">{}{}</span>').format(value, Markup(_ICON), word(value, "zh"))  # noqa: S704


STATES = {state.value: _mark(state.value) for state in CardState}
CHIPS = {standing.value: _mark(standing.value) for standing in Standing}
