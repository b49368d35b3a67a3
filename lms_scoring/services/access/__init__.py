"""Who comes in and may see what: launches, registrations, roles, keys, and people themselves."""
