"""Adds, changes and puts away organisations, and says who belongs to them. Every change leaves an event and can be taken back.

Who belongs where is a part of the customer's record: it stands in their history too.
"""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.inbox.actions.customer_record import told_of_part
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules import organisations as rules
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, CustomerId, MembershipId, OrganisationId
from amends.inbox.rules.seen import mark
from amends.inbox.store import agents, events, import_match, memberships, organisations
from amends.inbox.store.customer_changes import NewChange, Source
from amends.inbox.store.events import Event
from amends.inbox.store.memberships import Membership, Terms
from amends.inbox.store.organisations import Organisation, Written

FIELD = "memberships"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What an organisation shall be."""

    name: str
    kind: rules.OrganisationKind = rules.OrganisationKind.COMPANY
    domain: str = ""
    note: str = ""
    owner_id: AgentId | None = None
    remind_days: int = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsWish:
    """On what terms somebody shall belong; days as a form gives them."""

    role: str = ""
    number: str = ""
    since: str = ""
    until: str = ""
    renews_on: str = ""

    def checked(self) -> Terms:
        """Return the terms as they are kept; `Refused` where there are no such days, or they contradict each other."""
        since, until, renews = rules.day(self.since), rules.day(self.until), rules.day(self.renews_on)
        rules.check_dates(since, until, renews)
        return Terms(role=rules.role(self.role), number=rules.role(self.number), since=since, until=until, renews_on=renews)


def add_organisation(conn: Connection, wish: Wish, *, agent_id: AgentId | None, now: datetime) -> OrganisationId:
    """Add an organisation and return its id."""
    written = _written(conn, wish)
    organisation_id = organisations.insert(conn, written, now=now)
    events.add(conn, EventKind.ORGANISATION_ADDED, now=now, agent_id=agent_id, organisation_id=organisation_id, name=written.name)
    return organisation_id


def change_organisation(
    conn: Connection, organisation_id: int, wish: Wish, *, agent_id: AgentId, now: datetime, seen: str = ""
) -> Organisation:
    """Change an organisation and return what it was.

    `seen` is the `mark_of` the organisation that its writer saw, if they say so: `Conflict` where it was changed since.
    """
    before = unchanged(conn, f"organisation {organisation_id}", lambda: there(conn, organisation_id, now=now), mark_of, seen)
    written = _written(conn, wish, but=before.id)
    organisations.update(conn, before.id, written, now=now)
    events.add(
        conn, EventKind.ORGANISATION_CHANGED, now=now, agent_id=agent_id, organisation_id=before.id, name=written.name, was=before.name
    )
    return before


def mark_of(found: Organisation) -> str:
    """Return what tells an organisation as its form shows it from the same organisation changed since."""
    return mark([found.name, found.kind, found.domain, found.note, found.owner_id, found.remind_days])


def _written(conn: Connection, wish: Wish, *, but: int = 0) -> Written:
    name = rules.named(wish.name)
    import_match.wait(conn)
    organisations.lock_names(conn)
    if organisations.named(conn, name, but=but):
        raise Refused(_("There is an organisation “%(name)s” already.") % {"name": name})
    if wish.owner_id is not None and not _works_here(conn, wish.owner_id):
        raise NotFound(_("There is no such colleague."))
    return Written(
        name=name,
        kind=wish.kind,
        domain=rules.domain(wish.domain),
        note=rules.note(wish.note),
        owner_id=wish.owner_id,
        remind_days=rules.remind_days(wish.remind_days),
    )


def _works_here(conn: Connection, agent_id: AgentId) -> bool:
    found = agents.find(conn, agent_id=agent_id)
    return found is not None and found.active


def archive_organisation(conn: Connection, organisation_id: int, *, agent_id: AgentId, now: datetime) -> Organisation:
    """Put an organisation away and return it; its members stay, and nobody is reminded."""
    found = there(conn, organisation_id, now=now)
    organisations.set_archived(conn, found.id, at=now)
    events.add(conn, EventKind.ORGANISATION_ARCHIVED, now=now, agent_id=agent_id, organisation_id=found.id, name=found.name)
    return found


def restore_organisation(conn: Connection, organisation_id: int, *, agent_id: AgentId, now: datetime) -> Organisation:
    """Bring an organisation back and return it; `Refused` where another has its name by now."""
    found = there(conn, organisation_id, now=now)
    if organisations.named(conn, found.name, but=found.id):
        raise Refused(_("There is an organisation “%(name)s” already.") % {"name": found.name})
    organisations.set_archived(conn, found.id, at=None)
    events.add(conn, EventKind.ORGANISATION_RESTORED, now=now, agent_id=agent_id, organisation_id=found.id, name=found.name)
    return found


def there(conn: Connection, organisation_id: int, *, now: datetime) -> Organisation:
    """Return an organisation; `NotFound`."""
    found = organisations.find(conn, organisation_id, now=now)
    if found is None:
        raise NotFound(_("There is no such organisation."))
    return found


def add_member(conn: Connection, organisation_id: int, customer_id: int, wish: TermsWish, *, source: Source, now: datetime) -> MembershipId:
    """Let a customer belong to an organisation; `Refused` where they do within the same time already.

    Who left it and comes back without a day belongs again from today on.
    """
    organisation, terms = there(conn, organisation_id, now=now), wish.checked()
    if memberships.lock_person(conn, customer_id) is None:
        raise NotFound(_("There is no customer %(id)s.") % {"id": customer_id})
    today = now.astimezone(UTC).date()
    if terms.since is None and not terms.until and memberships.have_left(conn, organisation.id, customer_id, today=today):
        terms = replace(terms, since=today)
    _check_free(conn, organisation, customer_id, terms)
    membership_id = memberships.insert(conn, organisation.id, customer_id, terms, now=now)
    _tell(conn, EventKind.MEMBER_ADDED, _Of(organisation, customer_id, membership_id, became=terms), source, now)
    return membership_id


def _check_free(conn: Connection, organisation: Organisation, customer_id: int, terms: Terms, *, but: int = 0) -> None:
    if memberships.overlapping(conn, organisation.id, customer_id, terms, but=but):
        raise Refused(_("They belong to “%(name)s” within this time already; change that membership.") % {"name": organisation.name})


def change_member(conn: Connection, membership_id: int, wish: TermsWish, *, source: Source, now: datetime, seen: str = "") -> Membership:
    """Change on what terms somebody belongs, and return what they were.

    `seen` is the `mark_of_terms` that their writer saw, if they say so: `Conflict` where they were changed since.
    """
    terms = wish.checked()
    before = _held(conn, membership_id, now=now, seen=seen)
    memberships.lock_person(conn, before.id)
    organisation = there(conn, before.organisation_id, now=now)
    _check_free(conn, organisation, before.id, terms, but=before.membership_id)
    memberships.update(conn, before.membership_id, terms)
    _tell(conn, EventKind.MEMBER_CHANGED, _Of(organisation, before.id, before.membership_id, _terms(before), terms), source, now)
    return before


def end_membership(conn: Connection, membership_id: int, *, source: Source, now: datetime) -> Membership:
    """Let a membership be over from today on; one that begins later, or began today, is taken away as if it never was."""
    before, yesterday = _held(conn, membership_id, now=now), now.astimezone(UTC).date() - timedelta(days=1)
    if before.since and before.since > yesterday:
        return remove(conn, membership_id, source=source, now=now)
    ended = replace(_terms(before), until=min(yesterday, before.until or yesterday))
    memberships.update(conn, before.membership_id, ended)
    organisation = there(conn, before.organisation_id, now=now)
    _tell(conn, EventKind.MEMBER_REMOVED, _Of(organisation, before.id, before.membership_id, _terms(before), ended), source, now)
    return before


def remove(conn: Connection, membership_id: int, *, source: Source, now: datetime) -> Membership:
    """Take a membership away as if it never was, and return it."""
    before = _held(conn, membership_id, now=now)
    memberships.delete(conn, before.membership_id)
    organisation = there(conn, before.organisation_id, now=now)
    _tell(conn, EventKind.MEMBER_REMOVED, _Of(organisation, before.id, before.membership_id, _terms(before)), source, now)
    return before


def take_back(  # noqa: PLR0913
    conn: Connection, membership_id: int, of: tuple[int, int], wish: TermsWish, *, source: Source, now: datetime, seen: str = ""
) -> Organisation:
    """Let a membership `of` (organisation, customer) be as it was; `Refused` where they belong within that time by now.

    `seen` is the `mark_of_terms` of what is taken back, if that is known: `Conflict` where they were changed since.
    """
    organisation, terms = there(conn, of[0], now=now), wish.checked()
    found = unchanged(conn, _thing(membership_id), lambda: memberships.find(conn, membership_id, now=now), mark_of_terms, seen)
    if memberships.lock_person(conn, of[1]) is None:
        raise NotFound(_("There is no customer %(id)s.") % {"id": of[1]})
    _check_free(conn, organisation, of[1], terms, but=membership_id)
    if found and (found.organisation_id, found.id) == of:
        memberships.update(conn, membership_id, terms)
        _tell(conn, EventKind.MEMBER_RESTORED, _Of(organisation, of[1], membership_id, _terms(found), terms), source, now)
    else:
        membership_id = memberships.insert(conn, organisation.id, of[1], terms, now=now)
        _tell(conn, EventKind.MEMBER_RESTORED, _Of(organisation, of[1], membership_id, became=terms), source, now)
    return organisation


def mark_of_terms(one: Membership | None) -> str:
    """Return what tells the terms of a membership, or that there is none any more, from those changed since."""
    return mark(one and asdict(_terms(one)))


def _held(conn: Connection, membership_id: int, *, now: datetime, seen: str = "") -> Membership:
    return unchanged(conn, _thing(membership_id), lambda: membership(conn, membership_id, now=now), mark_of_terms, seen)


def _thing(membership_id: int) -> str:
    return f"membership {membership_id}"


def membership(conn: Connection, membership_id: int, *, now: datetime) -> Membership:
    """Return a membership; `NotFound`."""
    found = memberships.find(conn, membership_id, now=now)
    if found is None:
        raise NotFound(_("There is no such membership."))
    return found


def _terms(one: Membership) -> Terms:
    return Terms(role=one.role, number=one.number, since=one.since, until=one.until, renews_on=one.renews_on)


@dataclass(frozen=True, slots=True)
class _Of:
    organisation: Organisation
    customer_id: int
    membership_id: int
    was: Terms | None = None
    became: Terms | None = None

    def told(self, terms: Terms | None) -> dict[str, object] | None:
        """Return a membership as the history keeps it."""
        if terms is None:
            return None
        days = {name: str(day) if (day := getattr(terms, name)) else "" for name in ("since", "until", "renews_on")}
        named = {"id": self.membership_id, "organisation_id": self.organisation.id, "name": self.organisation.name}
        return {**named, "role": terms.role, "number": terms.number, **days}


def _tell(conn: Connection, kind: EventKind, of: _Of, source: Source, now: datetime) -> None:
    facts = {"organisation_id": of.organisation.id, "name": of.organisation.name}
    facts |= {"customer_id": of.customer_id, "membership_id": of.membership_id}
    events.add_all(conn, [Event(kind=kind, agent_id=source.by, facts=facts)], now=now)
    change = NewChange(field=FIELD, was=of.told(of.was), became=of.told(of.became))
    told_of_part(conn, CustomerId(of.customer_id), change, source=source, now=now)
