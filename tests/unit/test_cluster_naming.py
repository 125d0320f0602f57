"""What a cluster of complaints is called."""

from amends.inbox.rules.cluster_words import Voice, name, telling, usual_in


def test_what_is_left_of_a_sum_names_no_cluster_and_a_code_does() -> None:
    said = [
        Voice(customer_id=one, text=text)
        for one, text in enumerate(("Paid 5,000 for error 404", "404! I want 12,000 back", "404, and 3,000 gone"))
    ]
    words = telling(said, ["the sun shines"] * 9)
    assert "404" in name(words)
    assert "000" not in words


def test_words_that_were_counted_before_are_as_usual_as_those_that_stand_outside() -> None:
    said = [Voice(customer_id=one, text=f"the login of the app is broken {one}") for one in range(5)]
    outside, known = ["the app shines", "is it the app"], ["the sun", "the login shines", "nothing is broken"]
    assert telling(said, outside, usual_in(known)) == telling(said, [*outside, *known]) != telling(said, outside)
