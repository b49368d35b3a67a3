"""The pages, the API, and what watches over both.

Rooms for readers: `scoreboard`, `card` (one person's, opened down to its evidence), `desk` (a tutor's tasks),
`coordinating` (overview, syncs, accounts, schemes, closing). For who acts: `deciding`, `setting_up`. For who
comes in: `launch`, `access`. For programs: `api`, `watching`.

A view reads the request, asks the services, shapes the answer (`…_page.py`) and renders it. What is read
comes from `services/viewing`; what somebody does, through the service that does it; who may see it, both
ask `services/access/seeing.py`.
A package is a room of pages that belong together; what every page needs lies beside them. What does not
belong here: SQL, calls to platforms, and any computing of points.

A module's `blueprint` is where its addresses stand. Few and short views are nested in it; where there are
more, or they share more than the door, each is a method of `_Views`, and `blueprint` is a table of addresses.

`application.py` builds the application; nothing is imported here, so that what needs one light module of the
pages (a command, say) does not load all of them.
"""
