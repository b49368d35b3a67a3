"""A stand-in Moodle and LRS with the recorded course, reached over HTTP only.

It is a peer, as a real platform would be: nothing in here imports the product, and the product imports
nothing from here. What does not belong in this folder: scoring, evidence, anything that reads these answers.
"""
