"""Syncing as people meet it: a whole sync now, when the next comes, and what it left for them to settle."""
