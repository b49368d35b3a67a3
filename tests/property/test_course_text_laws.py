"""A course's settings written as text say the same when they are read as a course file."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Grade, Purpose
from lms_scoring.files.course_file import parse_course
from lms_scoring.ports import SourceSettings
from lms_scoring.services.setting_up.course_text import CourseSettings, course_text

ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True)
texts = st.text(min_size=1, max_size=12) | st.sampled_from(
    ['"', "\\", "\x7f", "\n", "]]", "'''", "#", "=", "\u2028"]
)
sources = st.lists(
    st.builds(
        SourceSettings,
        name=ids,
        kind=st.just("moodle"),
        course=texts,
        grades=st.dictionaries(texts, st.sampled_from(Grade), max_size=4),
    )
    | st.builds(SourceSettings, name=ids, kind=st.just("xapi")),
    min_size=1,
    max_size=3,
    unique_by=lambda source: source.name,
).map(tuple)


@st.composite
def settings(draw: st.DrawFn) -> CourseSettings:
    """Each activity bound once."""
    drawn = draw(sources)
    keys = st.tuples(st.sampled_from([source.name for source in drawn]), texts)
    bound = draw(st.dictionaries(keys, st.sampled_from(Purpose), max_size=5))
    bindings = tuple(
        Binding(purpose=purpose, source=source, activities=(activity,))
        for (source, activity), purpose in bound.items()
    )
    return CourseSettings(
        id=draw(ids),
        title=draw(texts),
        scheme=draw(texts),
        sources=drawn,
        bindings=Bindings(bindings=bindings),
    )


@given(settings())
def test_the_text_of_a_course_reads_as_it_was_meant(meant: CourseSettings) -> None:
    text = course_text(meant)
    read = parse_course(text, name="a course", folder=Path())
    assert (read.id, read.title, read.scheme, read.text) == (meant.id, meant.title, meant.scheme, text)
    assert read.bindings == meant.bindings
    for ours, theirs in zip(meant.sources, read.sources, strict=True):
        assert (ours.name, ours.kind, ours.course, ours.grades) == (
            theirs.name,
            theirs.kind,
            theirs.course,
            theirs.grades,
        )
