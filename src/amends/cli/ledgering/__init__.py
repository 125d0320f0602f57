"""The subcommands of `amends ledger`, one a file."""
