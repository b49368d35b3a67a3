"""Laws that hold for any evidence: Hypothesis looks for what breaks them."""
