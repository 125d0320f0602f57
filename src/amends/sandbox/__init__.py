"""Loopback networks for demo, training, tests and load; they stand apart and know `amends.core` at most."""
