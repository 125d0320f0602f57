"""Rows of CSV and JSON Lines files, and the posts they mean: for `./amends import` and for the network `folder`."""
