"""Syncs: what ran, what is to run, and which sources and courses met."""
