"""Where scripts lie apart, posts are compared without that."""

import numpy as np

from amends.inbox.rules.clustering import sight_of
from amends.triage.language import script_of


def test_two_posts_of_one_script_are_not_alike_by_it() -> None:
    dice = np.random.default_rng(7)
    scripts = ["LATIN", "TAMIL", "ETHIOPIC"] * 60
    lies = {"LATIN": 0, "TAMIL": 1, "ETHIOPIC": 2}
    known = dice.normal(scale=0.125, size=(180, 64)).astype(np.float32)
    for place, script in enumerate(scripts):
        known[place, lies[script]] += 2
    both = dice.normal(scale=0.125, size=(2, 64)).astype(np.float32)
    both[:, lies["TAMIL"]] = 2
    sight = sight_of(known, scripts, [False] * 180)
    seen = sight.see(both)
    assert float(both[0] @ both[1]) > 3
    assert abs(float(seen[0] @ seen[1])) < 0.4
    assert len(sight.axes) == len(sight_of(known, ["LATIN"] * 180, [False] * 180).axes) + 2


def test_two_posts_with_a_number_are_not_alike_by_it() -> None:
    dice = np.random.default_rng(7)
    numbered = [place % 3 == 0 for place in range(180)]
    known = dice.normal(scale=0.125, size=(180, 64)).astype(np.float32)
    known[numbered, 0] += 2
    both = dice.normal(scale=0.125, size=(2, 64)).astype(np.float32)
    both[:, 0] = 2
    seen = sight_of(known, ["LATIN"] * 180, numbered).see(both)
    assert float(both[0] @ both[1]) > 3
    assert abs(float(seen[0] @ seen[1])) < 0.4


def test_the_script_of_a_text_is_that_of_most_of_its_letters() -> None:
    assert script_of("ரத்து VA902") == "TAMIL"
    assert script_of("የላካችሁት ok") == "ETHIOPIC"
    assert script_of("12 !") == ""
