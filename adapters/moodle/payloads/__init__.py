"""The shapes of Moodle's answers: only the fields that are used. What they mean is told in `evidence`, in the
module of the same name.

What does not belong here: asking, and what a shape means.
"""
