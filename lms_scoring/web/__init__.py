"""The pages: a scoreboard, one person's card opened down to its evidence, and what the syncs did.

A view reads the request, asks `services/consult`, shapes the answer (`…_page.py`) and renders it. What
does not belong here: SQL, calls to platforms, and any computing of points.
"""

from lms_scoring.web.application import create_app

__all__ = ["create_app"]
