"""The rule kinds that schemes are made of, one module each, and what they share.

`rule.py` says what a rule kind can do, `terms.py` how measures become points, `handed_in.py` and
`posted.py` which submissions and posts may count at all. The words that name the kinds in a scheme file
stand in `files/scheme_rules.py`.

What does not belong here: reading files (`files/scheme_file.py`), adding up criteria (`scoring.py`).
"""
