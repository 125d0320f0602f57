"""The questions of `./amends doctor`: each is a small function from a `Patient` to findings, and none needs another to be well."""
