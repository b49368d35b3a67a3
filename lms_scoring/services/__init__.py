"""What the product does, in four verbs: collect, assess, publish, consult.

What does not belong here: platform calls, SQL, HTML, the command line. Everything outside arrives as an
argument that fits a protocol of `ports.py`.
"""
