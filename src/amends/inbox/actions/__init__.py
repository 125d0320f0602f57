"""The verbs of the desk. Every action takes the caller's connection and never commits: doors own transactions."""
