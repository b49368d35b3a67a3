"""The rule kinds that schemes are made of, by the word that names them in a scheme file.

What does not belong here: reading files (`scheme_file.py`), adding up criteria (`scoring.py`).
"""
