"""Whether we may write to somebody, by all that they said."""

from datetime import timedelta

from amends.inbox.rules.consent import EVERY_WAY, Purpose, Said, Target, permits
from tests.cast import NOON

MAIL, PHONE = Target(contact_way_id=1), Target(contact_way_id=2)


def _said(*words: tuple[Target, bool], purpose: Purpose = Purpose.SURVEY) -> list[Said]:
    return [
        Said(target=target, purpose=purpose, given=given, at=NOON + timedelta(days=number), number=number)
        for number, (target, given) in enumerate(words)
    ]


def _may(said: list[Said], target: Target = MAIL, *, purpose: Purpose = Purpose.SURVEY, stop: bool = False) -> bool:
    return permits(said, purpose, target, do_not_contact=stop)


def test_without_a_word_there_is_no_consent() -> None:
    assert not _may([])
    assert not _may(_said((MAIL, True)), PHONE)
    assert not _may(_said((MAIL, True)), purpose=Purpose.OCCASION)


def test_what_was_said_of_all_ways_holds_for_each_and_the_newest_word_counts() -> None:
    assert _may(_said((EVERY_WAY, True)))
    assert _may(_said((MAIL, False), (MAIL, True)))
    assert not _may(_said((MAIL, True), (MAIL, False)))


def test_one_way_withdrawn_stays_withdrawn_until_it_is_given_again() -> None:
    assert not _may(_said((MAIL, False), (EVERY_WAY, True)))
    assert _may(_said((MAIL, False), (EVERY_WAY, True)), PHONE)


def test_all_withdrawn_outweighs_what_was_given_before_and_not_what_is_given_since() -> None:
    assert not _may(_said((MAIL, True), (EVERY_WAY, False)))
    assert _may(_said((EVERY_WAY, False), (MAIL, True)))


def test_do_not_contact_outweighs_everything() -> None:
    assert not _may(_said((EVERY_WAY, True), (MAIL, True)), stop=True)
