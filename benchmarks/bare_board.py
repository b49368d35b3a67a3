"""The bare template that the scoreboard is measured against: a page's rows with their cells and marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lms_scoring.domain.board import Chip, Line, Shown
from lms_scoring.domain.outlook import repeats
from lms_scoring.web.scoreboard.board_cells import decimals

TEMPLATE = """<!doctype html><title>Board</title><table><tbody>
{% for row in rows %}
<tr{% if row.withdrew %} class="withdrawn"{% endif %}><th scope="row"><a href="{{ row.address }}" data-person>{{ row.name }}</a>{% if row.withdrew %} {{ withdrawn }}{% endif %}</th>{% if with_class %}<td class="class">{{ row.class_ }}</td>{% endif -%}
{%- for cell in row.cells %}<td class="number" data-label="{{ labels[loop.index0] }}"><span class="value">{% if cell.pending %}{{ pending }}{% endif %}{{ cell.text }}</span><progress max="{{ cell.most }}" value="{{ cell.bar }}" aria-hidden="true"></progress></td>{% endfor -%}
<td class="number total {{ row.state }}" data-label="{{ total }}"><span class="value">{{ row.total.text }}</span><progress max="{{ row.total.most }}" value="{{ row.total.bar }}" aria-hidden="true"></progress></td><td class="result">{{ states[row.state] }}</td><td class="standing {{ row.same }}">{{ chips[row.chip] }}{% if row.missing %} <small class="missing">还差 {{ row.missing }} 分</small>{% endif %}</td></tr>
{% endfor %}
</tbody></table>
"""  # noqa: E501 # a template is not wrapped: the spaces would be sent


class Cell(NamedTuple):
    """Points as a cell shows them, its bar going to `bar` of `most`."""

    text: str
    bar: int
    most: int
    pending: bool


class Row(NamedTuple):
    """One row, ready to be written down."""

    address: str
    name: str
    class_: str
    cells: Sequence[Cell]
    total: Cell
    state: str
    chip: str
    same: str
    missing: str
    withdrew: bool


def row(line: Line, criteria: Sequence[str], *, people: str) -> Row:
    """The texts and numbers of a line; `people` is what the addresses of people's pages begin with."""
    return Row(
        address=people + line.person,
        name=line.name,
        class_=str(line.class_),
        cells=[_cell(line.criteria[id_], line.criteria[id_].mark) for id_ in criteria],
        total=_cell(line.total, line.out_of),
        state=line.told.value,
        chip=(line.standing or Chip.NOT_KNOWN).value,
        same="same" if repeats(line.standing, line.told) else "",
        missing=str(decimals(line.missing)) if line.missing else "",
        withdrew=line.chip is Chip.WITHDRAWN,
    )


def _cell(shown: Shown, most: int) -> Cell:
    return Cell(str(decimals(shown.points)), shown.points, most, shown.pending)
