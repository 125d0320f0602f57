"""The parts of `amends ledger`: one subcommand a file."""
