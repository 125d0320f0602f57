"""The weights of `matching_people`, counted by `cli/measuring/matching_fit.py` on invented people (seed 1)."""

from collections.abc import Mapping

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "brand": {"other": -0.86, "same": 0.996},
    "contact": {"none": -0.01, "same": 4.986, "same of others": 2.778},
    "handle": {"alike": 2.374, "other": -1.076, "same": 4.238, "same common": 0.417, "same of name": 3.243, "same stem": 0.582},
    "language": {"other": -0.124, "same": 0.053},
    "name": {"close": 1.042, "other": 0.0, "part": 0.09, "same": 1.496, "same common": -0.252},
    "network": {"other": 0.0, "same": -2.128},
    "order": {"none": -0.031, "same": 3.704},
    "zone": {"other": -1.139, "same": 1.331},
}
BEND, SHIFT = 0.911, -2.849
