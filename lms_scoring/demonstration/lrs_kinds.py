"""The kinds of LRS that the stand-in can be: one by the book, two with the quirks measured on real ones."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LrsKind:
    """How an LRS departs from the specification; the defaults depart nowhere.

    ``filters_on_timestamp``: since and until act on the client's clock. ``any_ascending_is_true``: the mere
    presence of the parameter counts, and each page is reversed. ``oldest_first``: what comes without it.
    ``more_when_exactly_full``: the last page may be empty. ``consistent_through``: on every answer, on first
    pages only, or never. ``more_path``: more is a path of its own instead of a query.
    ``more_at_the_end``: the last page has an empty more; else none.
    """

    name: str
    version: str | None = "1.0.3"
    version_required: bool = True
    filters_on_timestamp: bool = False
    any_ascending_is_true: bool = False
    oldest_first: bool = False
    more_when_exactly_full: bool = False
    consistent_through: str = "always"
    voids: bool = True
    limit_zero_is_everything: bool = False
    filters_by_iri: bool = True
    lists_single: bool = False
    has_about: bool = True
    resent_is_conflict: bool = False
    more_path: bool = False
    more_at_the_end: bool = True


BY_THE_BOOK = LrsKind("standard")
RALPH = LrsKind(
    "ralph",
    version=None,
    version_required=False,
    filters_on_timestamp=True,
    any_ascending_is_true=True,
    oldest_first=True,
    more_when_exactly_full=True,
    consistent_through="never",
    voids=False,
    limit_zero_is_everything=True,
    filters_by_iri=False,
    lists_single=True,
    has_about=False,
    more_at_the_end=False,
)
ADL = LrsKind(
    "adl", version="2.0.0", consistent_through="first pages", resent_is_conflict=True, more_path=True
)

KINDS = {kind.name: kind for kind in (BY_THE_BOOK, RALPH, ADL)}
