"""What the product does: it collects, assesses and adopts, and it is consulted; a sync is the first two.

A package is one part of that, and knows only those that stand before it here. `access` says who people are
and what they may see, `collecting` reads and keeps, `gradebook` writes back; `scoring` makes cards of what is
kept; `doubting` looks for what wants a person; `unattended` keeps all of that going. `syncing`, `setting_up`
and `deciding` are for people who act: sync now, begin a course, judge; and `viewing` is what readers get.
Below them lies what several need: `signing.py` (who signs an act, and why), `paging.py` (which page of a list
is shown) and `titles.py` (what activities are called).

What does not belong here: platform calls, SQL, HTML, the command line. Everything outside arrives as an
argument that fits a protocol of `ports/`.
"""
