"""The work that goes on by itself: what is due or asked for, how it stands, and who is told of what fails."""
