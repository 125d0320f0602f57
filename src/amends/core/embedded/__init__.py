"""PostgreSQL and Valkey from their wheels, as children of this process: nothing to install, nothing left behind."""
