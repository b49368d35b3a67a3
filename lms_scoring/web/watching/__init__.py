"""For whoever watches over the service: health and metrics."""
