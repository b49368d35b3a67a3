"""Scores learners and tutors from evidence in their learning platforms, and explains every point."""
