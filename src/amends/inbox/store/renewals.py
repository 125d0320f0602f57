"""SQL of reminders that memberships renew: one an organisation and day, written down before anybody is told."""

from dataclasses import dataclass
from datetime import date, datetime

from amends.core.database import Connection, fetch_all
from amends.inbox.rules.ids import AgentId, OrganisationId


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """Memberships of an organisation that renew on a day, and who is to be told."""

    organisation_id: OrganisationId
    name: str
    owner_id: AgentId
    renews_on: date
    members: int


def take_near(conn: Connection, *, today: date, now: datetime, limit: int) -> list[Near]:
    """Write down at most `limit` renewals that are near and of which nobody was told, and return them: each once, whoever asks at once."""
    return fetch_all(
        conn,
        Near,
        """
        with near as (
          select o.id as organisation_id, o.name, o.owner_id, m.renews_on, count(distinct u.id)::int as members
          from memberships m join organisations o on o.id = m.organisation_id join agents g on g.id = o.owner_id and g.active
            join customers u on u.id = m.customer_id and u.erased_at is null and u.merged_into is null
          where m.renews_on between %(today)s and %(today)s + 365 and m.until is null
            and m.renews_on <= %(today)s + o.remind_days and o.archived_at is null
            and not exists (select from renewal_reminders r where r.organisation_id = o.id and r.renews_on = m.renews_on)
          group by o.id, m.renews_on order by m.renews_on, o.id limit %(limit)s
        ), told as (
          insert into renewal_reminders (organisation_id, renews_on, members, told_at)
          select organisation_id, renews_on, members, %(now)s from near order by organisation_id, renews_on
          on conflict do nothing returning organisation_id, renews_on
        )
        select near.* from near join told using (organisation_id, renews_on) order by near.renews_on, near.organisation_id
        """,
        {"today": today, "now": now, "limit": limit},
    )
