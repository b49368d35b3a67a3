"""What Moodle's answers mean: rows into evidence records, purely. Their shapes are in `payloads`, in the
module of the same name.

What does not belong here: asking, storing, and deciding what counts.
"""
