"""Results for other programs: JSON under /api/v1, described by its own OpenAPI document.

What does not belong here: who may see what (`services/access/seeing.py`), and anything that writes.
"""
