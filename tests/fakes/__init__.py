"""Hand-written stand-ins; each passes the same contract suite as the real thing."""
