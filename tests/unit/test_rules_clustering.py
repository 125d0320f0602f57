"""Where scripts lie apart, posts are compared without that."""

import numpy as np

from amends.inbox.rules.clustering import sight_of
from amends.triage.language import script_of


def test_two_posts_of_one_script_are_not_alike_by_it() -> None:
    dice = np.random.default_rng(7)
    scripts = ["LATIN", "TAMIL", "ETHIOPIC"] * 60
    lies = {"LATIN": 0, "TAMIL": 1, "ETHIOPIC": 2}
    known = dice.normal(size=(180, 64)).astype(np.float32) / 8
    for place, script in enumerate(scripts):
        known[place, lies[script]] += 2
    one, other = dice.normal(size=(2, 64)).astype(np.float32) / 8
    one[1], other[1] = 2, 2
    seen = sight_of(known, scripts).see(np.stack([one, other]))
    alone = sight_of(known, ["LATIN"] * 180)
    assert float(np.stack([one, other])[0] @ np.stack([one, other])[1]) > 3
    assert abs(float(seen[0] @ seen[1])) < 0.3
    assert len(alone.axes) + 2 == len(sight_of(known, scripts).axes)


def test_the_script_of_a_text_is_that_of_most_of_its_letters() -> None:
    assert script_of("ரத்து VA902") == "TAMIL"
    assert script_of("የላካችሁት ok") == "ETHIOPIC"
    assert script_of("12 !") == ""
