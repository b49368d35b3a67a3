"""Scorecards, their measures, and the grades that they send."""
