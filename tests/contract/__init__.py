"""What every store must do: the same tests over the fake and over SQLite."""
