"""What a cluster of complaints is called."""

from amends.inbox.rules.cluster_words import Voice, name, telling


def test_what_is_left_of_a_sum_names_no_cluster_and_a_code_does() -> None:
    said = [
        Voice(customer_id=one, text=text)
        for one, text in enumerate(("Paid 5,000 for error 404", "404! I want 12,000 back", "404, and 3,000 gone"))
    ]
    words = telling(said, ["the sun shines"] * 9)
    assert "404" in name(words)
    assert "000" not in words
