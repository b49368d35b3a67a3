"""What people say here and no platform tells: decisions, recommendations, cases and disputes, all signed."""
