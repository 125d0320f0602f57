"""The pages of customers in and out: a file goes up, is understood, looked over, run and taken back; exports; webhooks."""

import csv
from io import StringIO

from amends.core.database import execute, fetch_values
from amends.inbox.actions.attributes import add_attribute
from amends.inbox.rules.customer_record import Attribute, Kind
from amends.worker.names import Task
from tests.door import Door
from tests.workplace import Workplace

PEOPLE = "Contact ID,First Name,Account Name,Email,Birthdate\n1,Kavindi,Air,k@b.example,03/04/1990\n2,Ben,Air,nonsense,05/06/1991\n"


class Site:
    """Mia at the pages, with a worker beside."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.mia = door.visitor(door.who.mia)
        self.work = Workplace(pool=door.pool, now=door.now)

    def upload(self, content: str = PEOPLE, name: str = "people.csv") -> str:
        """Upload a file and return where that leads."""
        form = {"csrf_token": self.mia.headers["X-CSRF-Token"]}
        answer = self.mia.post("/customers/import", data=form, files={"file": (name, content.encode())}, follow_redirects=False)
        return answer.headers.get("location", answer.text)

    def look(self, address: str, order: str = "dmy") -> str:
        """Do a dry run and return the page."""
        columns = ["Contact ID", "First Name", "Account Name", "Email", "Birthdate"]
        form = {
            "column": columns,
            "target": ["external_id", "given_name", "organisation", "email", "birthday"],
            "order": ["", "", "", "", order],
            "system": "salesforce",
            "keep_as": "From sales",
        }
        answer = self.mia.post(f"{address}/look", data=form)
        self.work.perform(Task.JOBS)
        return answer.text if answer.status_code != 200 else self.mia.get(address).text


def test_a_file_goes_the_whole_way_and_back(door: Door) -> None:
    site = Site(door)
    address = site.upload()
    page = site.mia.get(address).text
    assert "looks like an export of Salesforce" in page
    assert "choose: several orders fit" in page

    looked = site.look(address)
    assert "What would come of it" in looked
    assert "Kavindi" in looked

    assert site.mia.post(f"{address}/run").status_code == 200
    site.work.perform(Task.JOBS)
    assert "What came of it" in site.mia.get(address).text
    rows = list(csv.reader(StringIO(site.mia.get(f"{address}/refused.csv").text.lstrip("\ufeff"))))
    assert rows[0][-2:] == ["Line", "Reason"]
    assert rows[1][:4] == ["2", "Ben", "Air", "nonsense"]

    assert site.mia.post(f"{address}/undo").status_code == 200
    site.work.perform(Task.JOBS)
    assert "precisely as it was" in site.mia.get(address).text
    with door.pool.transaction() as conn:
        assert "Kavindi" not in fetch_values(conn, "select name from customers")


def test_a_dry_run_names_the_colleague_and_the_field_and_shows_a_nought(door: Door) -> None:
    site = Site(door)
    with door.pool.transaction() as conn:
        add_attribute(conn, Attribute(key="miles", name="Air miles", kind=Kind.NUMBER), by=None, now=door.now)
        [owner] = fetch_values(conn, "select email from agents where id = %(id)s", {"id": door.who.mia})
    address = site.upload(f"Name,Owner,Air miles\nKavindi,{owner},0\n")
    form = {"column": ["Name", "Owner", "Air miles"], "target": ["name", "owner", "attributes.miles"], "order": ["", "", ""]}
    site.mia.post(f"{address}/look", data=form)
    site.work.perform(Task.JOBS)
    looked = " ".join(site.mia.get(address).text.split())

    assert '<span class="muted">The colleague they know</span> <ins dir="auto">Mia</ins>' in looked
    assert '<span class="muted">Air miles</span> <ins dir="auto">0</ins>' in looked


def test_the_report_of_refused_rows_is_mended_and_imported_again(door: Door) -> None:
    site = Site(door)
    address = site.upload()
    site.look(address)
    report = site.mia.get(f"{address}/refused.csv").text

    second = site.upload(report.replace("nonsense", "ben@b.example"), name="mended.csv")
    page = site.mia.get(second, params={"mapping": "From sales"}).text

    assert 'value="email" selected' in page
    assert "From sales" in page


def test_an_order_of_days_that_is_not_chosen_is_asked_for(door: Door) -> None:
    site = Site(door)

    assert "several orders fit" in site.look(site.upload(), order="")


def test_a_file_that_cannot_be_read_is_refused_in_place_with_what_to_do(door: Door) -> None:
    site = Site(door)

    assert "The file is empty" in site.upload("\n\n")
    assert "no rows" in site.upload("Name,Email\n")
    assert site.mia.get("/customers/import/99").status_code == 404


def test_an_export_is_written_by_the_worker_and_downloaded(door: Door) -> None:
    site = Site(door)
    assert site.mia.get("/customers/export/1").status_code == 404
    for kind, mark in (("csv", "external_id,name"), ("jsonl", '"external_id"'), ("vcard", "BEGIN:VCARD")):
        assert site.mia.post("/customers/export", data={"kind": kind}).status_code == 200
        site.work.perform(Task.JOBS)
        with door.pool.transaction() as conn:
            newest = fetch_values(conn, "select max(id) from exports")[0]
        answer = site.mia.get(f"/customers/export/{newest}")
        assert (answer.status_code, mark in answer.text) == (200, True)
    assert "is kept for a day" in site.mia.get("/customers/export").text
    assert site.mia.post("/customers/export", data={"kind": "pdf"}).status_code == 422


def test_an_export_may_be_of_whom_a_query_finds(door: Door) -> None:
    site = Site(door)
    with door.pool.transaction() as conn:
        execute(conn, "update customers set tags = '{vip}' where id = (select min(id) from customers)")
    assert site.mia.post("/customers/export", data={"kind": "jsonl", "which": "mood:furious"}).status_code == 422
    site.mia.post("/customers/export", data={"kind": "jsonl", "which": "tag:vip"})
    site.work.perform(Task.JOBS)
    with door.pool.transaction() as conn:
        newest = fetch_values(conn, "select max(id) from exports")[0]
    assert len(site.mia.get(f"/customers/export/{newest}").text.strip().splitlines()) == 1
    assert "tag:vip" in site.mia.get("/customers/export").text


def test_a_webhook_is_made_tried_stopped_deleted_and_brought_back(door: Door) -> None:
    site = Site(door)
    made = site.mia.post("/settings/webhooks", data={"url": "https://crm.example/x", "name": "CRM", "kind": ["created", "merged"]})
    assert "whsec_" in made.text
    assert "whsec_" not in site.mia.get("/settings/webhooks").text
    with door.pool.transaction() as conn:
        number = fetch_values(conn, "select id from webhooks")[0]
    assert "Test call" in site.mia.post(f"/settings/webhooks/{number}/test").text
    assert "whsec_" in site.mia.post(f"/settings/webhooks/{number}/secret").text
    assert site.mia.post("/settings/webhooks/999/secret").status_code == 404
    stopped_in_tamil = site.mia.post(f"/settings/webhooks/{number}/stop", headers={"Accept-Language": "ta"}).text
    assert "stopped by hand" not in stopped_in_tamil
    assert "stopped by hand" in site.mia.get("/settings/webhooks").text
    assert "stopped by hand" not in site.mia.post(f"/settings/webhooks/{number}/resume").text
    program = door.program(door.who.mia)
    again = [program.post(f"/api/v1/webhooks/{number}/{what}").status_code for what in ("stop", "stop", "resume", "resume")]
    assert again == [204, 404, 204, 404]
    assert "Nobody yet" in site.mia.post(f"/settings/webhooks/{number}/delete").text
    assert "CRM" in site.mia.post(f"/settings/webhooks/{number}/restore").text
    assert site.mia.post("/settings/webhooks", data={"url": "ftp://x", "kind": ["created"]}).status_code == 422


def test_an_agent_sees_none_of_it(door: Door) -> None:
    ada = door.visitor(door.who.ada)

    for address in ("/customers/import", "/customers/export", "/settings/webhooks"):
        assert ada.get(address).status_code == 403


def test_no_cell_of_the_report_is_run_by_a_spreadsheet_its_headings_least(door: Door) -> None:
    site = Site(door)
    address = site.upload(PEOPLE.replace("Account Name", "=cmd|' /c calc'!A1").replace("Air", "+1-1"))
    columns = ["Contact ID", "First Name", "=cmd|' /c calc'!A1", "Email", "Birthdate"]
    targets = ["external_id", "given_name", "organisation", "email", "birthday"]
    site.mia.post(f"{address}/look", data={"column": columns, "target": targets, "order": ["", "", "", "", "dmy"], "system": "s"})
    site.work.perform(Task.JOBS)
    rows = list(csv.reader(StringIO(site.mia.get(f"{address}/refused.csv").text.lstrip("\ufeff"))))
    assert len(rows) == 2
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
