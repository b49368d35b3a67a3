"""What readers are shown: cards, scoreboards, classes in figures, a tutor's desk, the overview."""
