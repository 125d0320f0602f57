"""Who may be whom."""

from hypothesis import given
from hypothesis import strategies as st

from amends.inbox.rules.identity import Candidate, Handle, Maybe, New, Same, looks_alike, match, normal
from amends.inbox.rules.ids import CustomerId

CY = Handle(network="x", external_id="1", handle="@Cy_Travels")


def _known(network: str, external_id: str, handle: str, customer_id: int = 5) -> Candidate:
    return Candidate(handle=Handle(network=network, external_id=external_id, handle=handle), customer_id=CustomerId(customer_id))


def test_the_same_account_is_the_same_customer_even_under_a_new_name() -> None:
    assert match(CY, [_known("x", "1", "renamed")]) == Same(customer_id=CustomerId(5))


def test_the_same_name_on_another_network_is_only_a_maybe() -> None:
    assert match(CY, [_known("reddit", "9", "u/cy-travels")]) == Maybe(customer_ids=(CustomerId(5),))


def test_the_same_name_on_the_same_network_is_somebody_else() -> None:
    assert match(CY, [_known("x", "2", "cytravels")]) == New()


def test_short_names_are_shared_by_chance() -> None:
    bob = Handle(network="x", external_id="1", handle="bob")
    assert match(bob, [_known("reddit", "9", "bob")]) == New()


HANDLES = st.builds(
    Handle,
    network=st.sampled_from(["x", "reddit"]),
    external_id=st.sampled_from(["1", "2"]),
    handle=st.text(alphabet="aAbB_-@./ß", max_size=8),
)


@given(HANDLES, HANDLES)
def test_looking_alike_is_symmetric(one: Handle, other: Handle) -> None:
    assert looks_alike(one, other) == looks_alike(other, one)


@given(st.text(max_size=20))
def test_a_normal_name_stays_as_it_is(handle: str) -> None:
    assert normal(normal(handle)) == normal(handle)
