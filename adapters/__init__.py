"""Everything that speaks to a learning platform; nothing here scores."""
