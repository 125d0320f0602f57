"""Days, files and attributes of customers over REST, and the post that shows to whom a handle belongs."""

from amends.core.database import fetch_values
from tests.door import Door, as_fragment


def test_days_and_files_are_kept_handed_out_and_taken_away(door: Door) -> None:
    program = door.program(door.who.ada)
    with door.pool.transaction() as conn:
        [customer_id] = fetch_values(conn, "select customer_id from cases where id = %(id)s", {"id": door.who.plain})
    at = f"/api/v1/customers/{customer_id}"
    made = program.post(f"{at}/dates", json={"kind": "birthday", "month": 2, "day": 29}).json()["id"]
    assert program.post(f"{at}/dates", json={"kind": "birthday", "month": 2, "day": 30}).status_code == 422
    assert [(one["month"], one["day"]) for one in program.get(f"{at}/dates").json()["dates"]] == [(2, 29)]
    assert program.delete(f"{at}/dates/{made}").status_code == 204
    assert program.get(f"{at}/dates").json() == {"dates": []}

    laid = program.post(f"{at}/files", files={"file": ("bill.txt", b"Paid.")}).json()["id"]
    assert [one["name"] for one in program.get(f"{at}/files").json()["files"]] == ["bill.txt"]
    answer = program.get(f"{at}/files/{laid}")
    assert (answer.text, "attachment" in answer.headers["content-disposition"]) == ("Paid.", True)
    assert program.delete(f"{at}/files/{laid}").status_code == 204
    assert program.get(f"{at}/files/{laid}").status_code == 404


def test_attributes_are_made_changed_archived_and_restored(door: Door) -> None:
    program = door.program(door.who.ann)
    made = program.post("/api/v1/attributes", json={"name": "Cabin class", "kind": "choice", "choices": ["Eco", "Business"]}).json()["id"]
    assert program.put(f"/api/v1/attributes/{made}", json={"name": "Cabin", "choices": ["Eco"]}).status_code == 204
    [one] = program.get("/api/v1/attributes").json()
    assert (one["key"], one["name"], one["choices"]) == ("cabin_class", "Cabin", ["Eco"])
    assert program.delete(f"/api/v1/attributes/{made}").status_code == 204
    assert program.get("/api/v1/attributes").json() == []
    assert program.post(f"/api/v1/attributes/{made}/restore").status_code == 204
    assert door.program(door.who.mia).get("/api/v1/attributes").status_code == 403


def test_a_link_names_the_post_in_which_they_told_us_and_no_other(door: Door) -> None:
    case_id = door.who.talked
    with door.pool.transaction() as conn:
        told = fetch_values(conn, "select max(id) from posts where case_id = %(id)s and not is_own", {"id": case_id})[0]
        other = fetch_values(conn, "select max(id) from posts where case_id = %(id)s", {"id": door.who.plain})[0]
        author = fetch_values(conn, "select author_id from cases where id = %(id)s", {"id": door.who.plain})[0]
    form = {"author_id": author, "basis": "told_us", "evidence": "“that is me too”"}
    with as_fragment(door.visitor(door.who.ada)) as ada:
        assert ada.post(f"/inbox/{case_id}/link", data=form | {"post_id": other}).status_code == 422
        assert ada.post(f"/inbox/{case_id}/link", data=form | {"post_id": told}).status_code == 200
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select post_id from link_evidence where kind = 'told_us' order by id desc limit 1") == [told]
