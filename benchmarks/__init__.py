"""Speeds as ratios measured in one run, because machines are noisy; `make bench` prints them all."""
