"""Deciding from the ledger, cases, disputes, and what a decision would change before it is kept."""
