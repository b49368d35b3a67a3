"""Scorecards on paper: what hangs on a notice board, and what a learner files. Typst sets what is handed in.

What does not belong here: words and numbers (`web/printing.py` has them ready), and who may see whom.
"""
