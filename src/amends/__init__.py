"""Amends: from a public complaint to proof that the answer held."""
