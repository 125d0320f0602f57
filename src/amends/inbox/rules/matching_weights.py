"""The weights of `matching_people`, counted by `cli/measuring/matching_fit.py` on invented people (seed 1)."""

from collections.abc import Mapping

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "brand": {"other": -0.84, "same": 1.002},
    "contact": {"none": -0.009, "same": 7.306},
    "handle": {"alike": 2.24, "other": -1.133, "same": 4.242, "same common": 0.364, "same of name": 3.014, "same stem": 0.639},
    "language": {"other": -0.104, "same": 0.042},
    "name": {"close": 0.988, "other": 0.0, "part": 0.261, "same": 1.348, "same common": -0.264},
    "network": {"other": 0.0, "same": -2.341},
    "order": {"none": -0.034, "same": 3.752},
    "zone": {"other": -1.346, "same": 1.35},
}
BEND, SHIFT = 0.914, -2.811
