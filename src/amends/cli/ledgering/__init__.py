"""The subcommands of `amends ledger`."""
