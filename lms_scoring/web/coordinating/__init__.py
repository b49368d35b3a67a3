"""Pages for coordinators: overview, syncs, scheme, other rules, closing."""
