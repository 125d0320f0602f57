"""What it takes to run an installation on this machine, and to find the one that runs."""
