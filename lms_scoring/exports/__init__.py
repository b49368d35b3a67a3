"""Scorecards as files: for spreadsheets, for paper, for analysis. Nothing is computed here, but written down.

What does not belong here: which cards somebody may see (`services/viewing/consult.py`), how a page looks.
"""
