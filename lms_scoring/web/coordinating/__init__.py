"""Pages for coordinators: overview, syncs, what was set aside, accounts, scheme, other rules, closing."""
