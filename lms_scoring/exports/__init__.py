"""Scorecards as files for people: what a spreadsheet opens. Nothing is computed here, only written down.

What does not belong here: which cards somebody may see (`services/viewing/consult.py`), how a page looks.
"""
