"""What people say here and no platform tells, signed: decisions, cases, disputes, other rules, closing."""
