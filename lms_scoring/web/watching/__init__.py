"""For whoever watches over the service: health and metrics for programs, operations for people."""
