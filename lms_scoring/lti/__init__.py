"""LTI 1.3 without a framework and without a network: what a launch must say to be believed, and our keys.

What does not belong here: HTTP, HTML, tables. Claims and keys come in as values, launches and refusals go
out as values. Rules: LTI Core 1.3, 1EdTech Security Framework 1.1 (section 5), LTI Deep Linking 2.0.
"""
