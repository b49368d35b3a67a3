"""Proceedings: what people do about a doubt (a case) or a point somebody contests (a dispute), step by step.

Steps are only ever added. Each kind says itself who may take which step when; `terms.py` says how long.

What does not belong here: who guides whom (`services/viewing/consult.py`), and scores: only decisions change
these.
"""
