"""The words for roles, as the pages about people show them; `_` translates them where they are shown."""

from amends.core.translating import N_, _
from amends.inbox.rules.words import Role

ROLES = {
    Role.AGENT: N_("Agent"),
    Role.LEAD: N_("Team lead"),
    Role.MANAGER: N_("Manager"),
    Role.ADMIN: N_("Administrator"),
    Role.AUDITOR: N_("Auditor (looks only)"),
}
WAYS = {"password": N_("by password"), "single_sign_on": N_("by single sign-on")}


def role_name(role: str) -> str:
    """Return what a role is called, in the language that is spoken."""
    return _(ROLES[Role(role)])
