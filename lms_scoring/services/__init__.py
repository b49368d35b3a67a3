"""What the product does: it collects, assesses and adopts, and it is consulted; a sync is the first two.

A package is one part of that: `syncing` reads and keeps, `scoring` makes cards, `doubting` and `deciding`
are for what wants a person, `gradebook` writes back, `unattended` keeps all of it going, `viewing` is what
readers get, `access` says who they are, and `setting_up` is how a course begins. Beside them lies what
several need: `signing.py` (who signs an act, and why) and `paging.py` (which page of a list is shown).

What does not belong here: platform calls, SQL, HTML, the command line. Everything outside arrives as an
argument that fits a protocol of `ports/`.
"""
