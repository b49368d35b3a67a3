"""Closed programmes and what each closing froze."""
