"""People, their accounts and activities as rosters name them, and who is whom."""
