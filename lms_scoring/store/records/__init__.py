"""What sources told: taken in, told out by kinds, gone, lost and quarantined."""
