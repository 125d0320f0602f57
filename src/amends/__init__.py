"""Amends: from a public complaint to proof that the answer held."""

__version__ = "0.1.0"
