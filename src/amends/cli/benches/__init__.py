"""Benchmarks, one file each: `WORKLOAD` says what is run, `run(url)` returns rows of product against floor.

The floor is the least that any program would have to do for the same effect, measured in turn with the product in the same run, so
that a ratio means something on whatever machine it is read.
"""
