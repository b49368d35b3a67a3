"""What the product does: it collects, assesses and adopts, and it is consulted; a sync is the first two.

What does not belong here: platform calls, SQL, HTML, the command line. Everything outside arrives as an
argument that fits a protocol of `ports/`.
"""
