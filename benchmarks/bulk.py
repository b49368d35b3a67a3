"""A big programme on PostgreSQL: a million learners rescored, evidence by staged COPY, and how both grow."""

from __future__ import annotations

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LIMIT = 3.0
"""Times of a plain `INSERT … SELECT` that rescoring may take."""
GROWTH = 2.0
"""Times of its share that a learner of the largest course may cost, of one of a tenth of it."""
EVENTS, ALL_EVENTS, BATCH = 1_000_000, 28_000_000, 100_000
COURSE = "big"
