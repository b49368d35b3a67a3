"""An hour of load: a whole installation as it is deployed, and hundreds of people who click through it.

`make soak` runs it (`tests/soak/__main__.py` says what can be set). Everything runs in processes of its own:
the platform, the database, the pages, the workers, and the crowd that asks for the pages. The limits are
ratios within one run, so that they hold on any machine that is fast enough for the crowd.

What does not belong here: claims that a test can hold in seconds.
"""
