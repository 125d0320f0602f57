"""The command door: one file per command."""
