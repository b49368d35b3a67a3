"""Deciding from the ledger, cases, and what a decision would change before it is kept."""
