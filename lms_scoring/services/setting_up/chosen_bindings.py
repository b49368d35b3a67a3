"""Bindings made of others and of what was chosen for each activity; what nobody changed stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import groupby

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.services.setting_up.activity_lines import Key


def chosen_bindings(former: Bindings, keys: Collection[Key], chosen: Mapping[Key, Purpose]) -> Bindings:
    """The former bindings, changed so that each key counts as it was chosen to; not chosen: as nothing.

    `keys` are all that was decided about, and among them all that the former bindings name.
    """
    if not miscounted(former, keys, chosen):
        return former
    added = _with_added(_without_others(former, chosen), chosen)
    return _nearest_first(added, chosen) if miscounted(added, keys, chosen) else added


def miscounted(bindings: Bindings, keys: Iterable[Key], chosen: Mapping[Key, Purpose]) -> list[Key]:
    """The keys that these bindings do not count as they were chosen to.

    Of bindings that were made so, those that a folder holds which counts as something, and that were to count
    as nothing: no binding says that.
    """
    return [key for key in keys if bindings.purpose_of(*key) is not chosen.get(key)]


def _without_others(former: Bindings, chosen: Mapping[Key, Purpose]) -> list[Binding]:
    kept = []
    for binding in former.bindings:
        names = tuple(
            one for one in binding.activities if chosen.get((binding.source, one)) is binding.purpose
        )
        if names:
            kept.append(replace(binding, activities=names))
    return kept


def _with_added(kept: list[Binding], chosen: Mapping[Key, Purpose]) -> Bindings:
    so_far = Bindings(bindings=tuple(kept))
    for (source, activity), purpose in chosen.items():
        if so_far.purpose_of(source, activity) is purpose:
            continue
        like = (n for n, one in enumerate(kept) if (one.source, one.purpose) == (source, purpose))
        place = next(like, None)
        if place is None:
            kept.append(Binding(purpose=purpose, source=source, activities=(activity,)))
        else:
            kept[place] = replace(kept[place], activities=(*kept[place].activities, activity))
    return Bindings(bindings=tuple(kept))


def _nearest_first(bindings: Bindings, chosen: Mapping[Key, Purpose]) -> Bindings:
    """The same names, and what else must be named then, each before a folder that holds it."""
    named = dict.fromkeys(key for key in bindings.named() if key in chosen)
    while True:
        made = _in_order(named, chosen)
        missing = [key for key in miscounted(made, chosen, chosen) if key not in named]
        if not missing:
            return made
        named |= dict.fromkeys(missing)


def _in_order(named: Iterable[Key], chosen: Mapping[Key, Purpose]) -> Bindings:
    ordered = sorted(
        named, key=lambda key: (key[0], key[1].endswith("*"), -len(key[1]) * key[1].endswith("*"))
    )
    return Bindings(
        bindings=tuple(
            Binding(purpose=purpose, source=source, activities=tuple(activity for _, activity in group))
            for (source, purpose), group in groupby(ordered, key=lambda key: (key[0], chosen[key]))
        )
    )
