"""Scorecards on paper: what hangs on a notice board, and what a learner files. Typst sets what is handed in.

What does not belong here: words and numbers, which `web/card/records.py` and
`web/scoreboard/result_sheets.py` have ready, and who may see whom.
"""
