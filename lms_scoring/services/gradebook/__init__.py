"""The way of a result into its platform's gradebook, and what stands there."""
