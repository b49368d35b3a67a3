"""What follows once evidence changed, whoever changed it, and what is noted where that fails."""
