"""Scoring: evidence becomes cards, by rules that somebody adopted, until a programme is closed."""
