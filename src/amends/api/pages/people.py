"""The page People: who has an account, as what, in which teams; invitations, and what to do about a lost password or second factor."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from amends.api import people_words
from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.entering import our_address
from amends.api.inviting import Told, tell_invited
from amends.api.screen import saying
from amends.core.errors import Refused
from amends.core.translating import gettext as _
from amends.core.translating import ngettext
from amends.core.written import number
from amends.inbox.actions import invitations, password_links, people, second_factor
from amends.inbox.rules.ids import AgentId, InvitationId, TeamId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.seen import mark
from amends.inbox.rules.words import Role
from amends.inbox.store import counts, teams
from amends.inbox.store import invitations as invitation_rows
from amends.inbox.store import people as rows

router = APIRouter(prefix="/settings/people", include_in_schema=False)
ONLY = [may(Right.PEOPLE)]


@router.get("", dependencies=ONLY)
def everyone(request: Request, desk: AtDesk, visitor: Reading) -> Response:
    """Show everybody, and who is invited."""
    with desk.pool.transaction() as conn:
        counted = counts.read(conn, visitor.scope)
    return desk.screens.page(request, "people.html", {"counts": counted, **_listed(desk)})


@router.post("/invitations", dependencies=ONLY)
def invite(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    email: Annotated[str, Form(max_length=320)] = "",
    role: Annotated[Role, Form()] = Role.AGENT,
    team: Annotated[list[TeamId] | None, Form()] = None,
) -> Response:
    """Invite somebody: by mail where there is a mail server, and by a link that is shown this once."""
    with desk.pool.transaction() as conn:
        made = invitations.invite(conn, email=email, role=role, team_ids=team or [], by=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, tell_invited(desk, made, inviter=visitor.name), _("Invited"))


@router.post("/invitations/{invitation_id}/renew", dependencies=ONLY)
def renew(request: Request, desk: AtDesk, visitor: Meaning, invitation_id: InvitationId) -> Response:
    """Send an invitation again, with a new link."""
    with desk.pool.transaction() as conn:
        made = invitations.renew(conn, invitation_id=invitation_id, by=visitor.agent_id, now=desk.clock())
    return _shown(
        request, desk, tell_invited(desk, made, inviter=visitor.name), _("Invited again; the earlier link opens nothing any more")
    )


@router.post("/invitations/{invitation_id}/revoke", dependencies=ONLY)
def revoke(request: Request, desk: AtDesk, visitor: Meaning, invitation_id: InvitationId) -> Response:
    """Take an invitation back."""
    with desk.pool.transaction() as conn:
        invitations.revoke(conn, invitation_id=invitation_id, by=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, None, _("Taken back; the link opens nothing any more"))


@router.post("/{agent_id}/role", dependencies=ONLY)
def change_role(request: Request, desk: AtDesk, visitor: Meaning, agent_id: AgentId, role: Annotated[Role, Form()]) -> Response:
    """Change what somebody is here for."""
    with desk.pool.transaction() as conn:
        people.change_role(conn, agent_id=agent_id, role=role, by=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, None, _("Changed; it counts from their next click on"))


@router.post("/{agent_id}/teams", dependencies=ONLY)
def change_teams(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    agent_id: AgentId,
    team: Annotated[list[TeamId] | None, Form()] = None,
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Change which teams somebody is in, unless somebody did since the page was opened."""
    with desk.pool.transaction() as conn:
        people.change_teams(conn, agent_id=agent_id, team_ids=team or [], by=visitor.agent_id, now=desk.clock(), seen=seen)
    return _shown(request, desk, None, _("Teams changed"))


@router.post("/{agent_id}/deactivate", dependencies=ONLY)
def deactivate(request: Request, desk: AtDesk, visitor: Meaning, agent_id: AgentId) -> Response:
    """Let somebody in no more."""
    with desk.pool.transaction() as conn:
        cases = people.deactivate(conn, agent_id=agent_id, by=visitor.agent_id, now=desk.clock())
    words = ngettext("Deactivated. %(number)s case has no agent now.", "Deactivated. %(number)s cases have no agent now.", cases) % {
        "number": number(cases)
    }
    return _shown(request, desk, None, words if cases else _("Deactivated: sessions and tokens have ended"))


@router.post("/{agent_id}/reactivate", dependencies=ONLY)
def reactivate(request: Request, desk: AtDesk, visitor: Meaning, agent_id: AgentId) -> Response:
    """Let somebody in again."""
    with desk.pool.transaction() as conn:
        people.reactivate(conn, agent_id=agent_id, by=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, None, _("They may sign in again, with the password they had"))


@router.post("/{agent_id}/password-link", dependencies=ONLY)
def password_link(request: Request, desk: AtDesk, visitor: Meaning, agent_id: AgentId) -> Response:
    """Make a link for a new password, and show it this once; there is none where everybody signs in elsewhere."""
    if desk.settings.oidc_only:
        raise Refused(_("Here everybody signs in by single sign-on."))
    with desk.pool.transaction() as conn:
        agent, token = password_links.make_link(conn, agent_id=agent_id, by=visitor.agent_id, now=desk.clock())
    sentence = _("A link for %(name)s to choose a new password. It works once, for an hour.") % {"name": agent.name}
    told = Told(sentence=sentence, url=our_address(desk, f"/new-password?key={token}"))
    return _shown(request, desk, told, _("The link is made; pass it on by a way that only they read"))


@router.post("/{agent_id}/second-factor/remove", dependencies=ONLY)
def remove_second_factor(request: Request, desk: AtDesk, visitor: Meaning, agent_id: AgentId) -> Response:
    """Take a lost second factor away."""
    with desk.pool.transaction() as conn:
        second_factor.remove(conn, agent_id=agent_id, by=visitor.agent_id, now=desk.clock())
    return _shown(request, desk, None, _("Removed; they sign in by password alone until they set up a new one"))


def _shown(request: Request, desk: Desk, told: Told | None, words: str) -> Response:
    values = {**_listed(desk), "told": told}
    return saying(desk.screens.blocks(request, "people.html", ["listed"], values), words)


def _listed(desk: Desk) -> dict[str, Any]:
    with desk.pool.transaction() as conn:
        return {
            "people": rows.everyone(conn),
            "teams": teams.every(conn),
            "invitations": invitation_rows.every_open(conn),
            "roles": people_words.ROLES,
            "mark": mark,
            "only_sign_on": desk.settings.oidc_only,
            "mailed": bool(desk.settings.mail_url.get_secret_value()),
            "told": None,
        }
