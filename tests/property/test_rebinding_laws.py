"""What was chosen for each activity is what new bindings count it as, and what the file's text then says."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from lms_scoring.domain.binding import Binding, Bindings, differences
from lms_scoring.domain.evidence import Purpose
from lms_scoring.files.course_file import parse_course
from lms_scoring.services.setting_up.chosen_bindings import chosen_bindings, miscounted
from lms_scoring.services.setting_up.edited_text import with_bindings

SOURCES = ("moodle", "lrs")
NAMES = ("1", "2", "a/1", "a/2", "a/b/1", "*", "a/*", "a/b/*", "a/b*", 'q"]#')
KEYS = [(source, name) for source in SOURCES for name in NAMES]
HEAD = (
    '# a comment\nformat = 1\nid = "c"\ntitle = "T" # another\nscheme = "s"\n\n'
    '[[source]]\nname = "moodle"\nkind = "moodle"\ncourse = "1"\n\n[[source]]\nname = "lrs"\nkind = "xapi"\n'
)


@st.composite
def bindings(draw: st.DrawFn) -> Bindings:
    """Each name once, as a course file has them, in any order."""
    named = draw(st.permutations(KEYS))[: draw(st.integers(0, 8))]
    purposes = st.sampled_from(Purpose)
    found: list[Binding] = []
    for source, name in named:
        purpose = draw(purposes)
        joins: bool = draw(st.booleans())
        if found and joins and (found[-1].source, found[-1].purpose) == (source, purpose):
            names = (*found[-1].activities, name)
            found[-1] = Binding(purpose=purpose, source=source, activities=names)
        else:
            found.append(Binding(purpose=purpose, source=source, activities=(name,)))
    return Bindings(bindings=tuple(found))


choices = st.dictionaries(st.sampled_from(KEYS), st.none() | st.sampled_from(Purpose), max_size=6)


def chosen_of(former: Bindings, changes: dict[tuple[str, str], Purpose | None]) -> dict:  # type: ignore[type-arg]
    told = {key: former.purpose_of(*key) for key in KEYS} | changes
    return {key: purpose for key, purpose in told.items() if purpose is not None}


ALL_HOMEWORK = Bindings(bindings=(Binding(purpose=Purpose.HOMEWORK, source="moodle", activities=("*",)),))


@given(bindings(), choices)
@example(
    ALL_HOMEWORK, {("moodle", "a/*"): Purpose.JOURNAL}
)  # what it holds, and nobody named, stays as it is
def test_each_counts_as_chosen_unless_a_folder_that_counts_holds_it(
    former: Bindings, changes: dict[tuple[str, str], Purpose | None]
) -> None:
    chosen = chosen_of(former, changes)
    made = chosen_bindings(former, KEYS, chosen)
    for key in miscounted(made, KEYS, chosen):
        assert key not in chosen, "what was chosen is always so"
        folders = [
            name for name in NAMES if name.endswith("*") and key[1].startswith(name[:-1]) and name != key[1]
        ]
        assert any((key[0], name) in chosen for name in folders)
    named = made.named()
    assert len(named) == sum(len(one.activities) for one in made.bindings), "a file binds each once"


@given(bindings())
def test_what_was_chosen_as_it_is_changes_nothing(former: Bindings) -> None:
    assert chosen_bindings(former, KEYS, chosen_of(former, {})) is former


@given(bindings(), choices)
def test_an_activity_that_nobody_named_is_counted_as_before_where_nobody_changed_what_holds_it(
    former: Bindings, changes: dict[tuple[str, str], Purpose | None]
) -> None:
    chosen = chosen_of(former, changes)
    made = chosen_bindings(former, KEYS, chosen)
    otherwise = {(one.source, one.activity) for one in differences(former, made)}
    for source in SOURCES:
        for activity in ("a/9", "a/b/9", "9"):
            holding = {
                (source, name) for name in NAMES if name.endswith("*") and activity.startswith(name[:-1])
            }
            if not holding & otherwise:
                assert made.purpose_of(source, activity) is former.purpose_of(source, activity)


@given(bindings(), bindings())
def test_the_text_says_the_new_bindings_and_everything_else_as_before(one: Bindings, other: Bindings) -> None:
    text = with_bindings(HEAD, one)
    again = with_bindings(text, other)
    assert parse_course(text, name="c", folder=Path()).bindings.bindings == one.bindings
    assert parse_course(again, name="c", folder=Path()).bindings.bindings == other.bindings
    assert again.startswith(HEAD.rstrip("\n"))
    assert with_bindings(again, other) == again
