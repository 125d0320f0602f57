"""How the shipped weights come to be: base -> prune -> train -> export -> calibrate -> evaluate.

Needs the extra `train`, but for `mixture` and `evaluate`, which anybody with labelled text can run. Nothing at work imports it.
"""
