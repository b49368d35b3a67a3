"""Any Learning Record Store, and files of its statements: xAPI 1.0.3, tolerant of 2.0.

What a score could ever need of a statement is kept; what it is worth is not decided here.
"""
