"""What customers show of themselves: kept with the verdict, masked wherever it travels, and never in a log."""

from collections.abc import Generator

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.errors import NotFound, Refused
from amends.core.log import set_up
from amends.core.ports import Page
from amends.inbox.actions.channels import add_channel
from amends.inbox.actions.order_shapes import set_order_shapes, take_back_order_shapes
from amends.inbox.actions.tuning import tuning
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import order_shapes, post_list
from amends.worker.names import Task
from tests.cast import DEE, SECRET_KEY, a_post, a_source, ada, mia
from tests.desk import Desk
from tests.receiver import Receiver, receiving
from tests.workplace import Workplace

SHOWING = "My bag is lost, call 077 123 4567 or cy@mail.example, order 12345678!"


def personal(desk: Desk) -> list[object]:
    return fetch_values(desk.conn, "select personal from verdicts order by post_id")


def test_a_verdict_names_the_kinds_that_a_post_shows(desk: Desk) -> None:
    desk.hear(a_post(SHOWING), a_post("It is lost"))
    assert personal(desk) == [["phone", "email", "order"], []]
    assert [row.personal for row in post_list.page(desk.conn, EVERYTHING, source_id=None, case_id=None, before=None, limit=9)] == [
        [],
        ["phone", "email", "order"],
    ]


def test_a_preview_is_masked_save_the_number_that_cases_are_searched_by(desk: Desk) -> None:
    desk.hear(a_post(SHOWING))
    assert desk.case().preview == "My bag is lost, call [phone number] or [e-mail address], order 12345678!"


def test_a_preview_of_an_edited_post_is_masked_too(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", external_id="e-1"))
    desk.collect(a_post("My bag is lost, +94 77 123 4567", external_id="e-1"))
    assert desk.case().preview == "My bag is lost, [phone number]"


def test_the_companys_shapes_count_from_the_next_post_on(desk: Desk) -> None:
    desk.hear(a_post("AB-123456 is lost"))
    set_order_shapes(desk.conn, ["AB-######", "  ", "AB-######"], agent_id=mia(desk.conn), now=desk.now)
    desk.hear(a_post("AB-123456 is lost again"))
    assert personal(desk) == [[], ["order"]]
    assert tuning(desk.conn).order_shapes == ("AB-######",)
    assert fetch_values(desk.conn, "select kind from events where agent_id = %(id)s", {"id": mia(desk.conn)}) == ["order_shapes_set"]


def test_a_setting_is_taken_back_unless_somebody_was_there_since(desk: Desk) -> None:
    manager = mia(desk.conn)
    set_order_shapes(desk.conn, ["AB-######"], agent_id=manager, now=desk.now)
    second = set_order_shapes(desk.conn, ["CD-######"], agent_id=manager, now=desk.now)
    third = take_back_order_shapes(desk.conn, second, agent_id=manager, now=desk.now)
    assert order_shapes.newest(desk.conn) == ("AB-######",)
    with pytest.raises(Refused, match="since"):
        take_back_order_shapes(desk.conn, second, agent_id=manager, now=desk.now)
    assert third != second


def test_there_is_nothing_to_take_back_where_nothing_was_set(desk: Desk) -> None:
    with pytest.raises(NotFound):
        take_back_order_shapes(desk.conn, 1, agent_id=mia(desk.conn), now=desk.now)


@pytest.mark.parametrize(
    ("shapes", "words"), [(["(a+)+#"], "no shape"), (["####"], "no shape"), ([f"{n}-####" for n in range(21)], "at most 20")]
)
def test_what_is_no_shape_is_refused_by_name_and_nothing_is_changed(desk: Desk, shapes: list[str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        set_order_shapes(desk.conn, shapes, agent_id=mia(desk.conn), now=desk.now)
    assert order_shapes.last_set(desk.conn) is None


@pytest.fixture
def pager() -> Generator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.mark.usefixtures("own_logging")
def test_an_alert_masks_what_the_post_shows_and_no_log_holds_its_words(
    pool: Pool, pager: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(level="debug", json=True)
    with pool.transaction() as conn:
        a_source(conn)
        set_order_shapes(conn, ["AB-######"], agent_id=ada(conn), now=Workplace(pool=pool).now)
        add_channel(conn, target=f"webhook+{pager.url}/hook", secret_key=SECRET_KEY)
    work = Workplace(pool=pool)
    work.network.pages = [Page(posts=(a_post("The worst! Zanzibar AB-123456, " + SHOWING, author=DEE),), cursor={"at": 1}, reads=1)]
    work.perform(Task.COLLECT_DUE, Task.RELAY, Task.TRIAGE, Task.RELAY, Task.DELIVER_ALERTS)
    [request] = pager.received
    told = request.body.decode()
    assert "Zanzibar [order number], My bag is lost, call [phone number] or [e-mail address], order [order number]!" in told
    assert "123456" not in told
    assert "077 123" not in told
    written = capsys.readouterr().err
    assert "alert_delivered" in written
    assert "Zanzibar" not in written
    assert "077 123" not in written
