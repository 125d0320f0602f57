"""The words of the list of networks that an account can be connected on: what they are grouped by, what each can do."""

from amends.api.words import label
from amends.core.abilities import Abilities, Group
from amends.core.translating import N_, Table, _, ngettext
from amends.core.written import dollars, number

GROUPS = Table(
    {
        Group.SOCIAL: N_("Social networks"),
        Group.REVIEWS: N_("Reviews"),
        Group.FORUMS: N_("Forums and code"),
        Group.MESSAGES: N_("Messages and mail"),
        Group.FEEDS: N_("Feeds, files and other programs"),
    }
)
CREDENTIALS = Table(
    {
        "access_token": N_("Access token"),
        "access_token_secret": N_("Access token secret"),
        "api_key": N_("API key"),
        "app_id": N_("App ID"),
        "api_secret": N_("API secret"),
        "app_password": N_("App password"),
        "app_secret": N_("App secret"),
        "bearer_token": N_("Bearer token"),
        "client_id": N_("Client ID"),
        "client_secret": N_("Client secret"),
        "consumer_key": N_("Consumer key"),
        "consumer_secret": N_("Consumer secret"),
        "issuer_id": N_("Issuer ID"),
        "key": N_("Key"),
        "key_id": N_("Key ID"),
        "page_token": N_("Page token"),
        "password": N_("Password"),
        "previous_secret": N_("Previous secret"),
        "private_key": N_("Private key"),
        "refresh_token": N_("Refresh token"),
        "secret": N_("Secret"),
        "service_account": N_("Service account"),
        "smtp_password": N_("SMTP password"),
        "smtp_user": N_("SMTP user"),
        "token": N_("Token"),
        "user": N_("User"),
        "username": N_("Username"),
        "verify_token": N_("Verify token"),
        "webhook_secret": N_("Webhook secret"),
    }
)

GRANTS = Table(
    {
        "given": N_("The network lets us in; the first posts are on their way."),
        "denied": N_("The network was told no. Nothing was changed; sign in there again when the owner of the account agrees."),
        "refused": N_("The network gave no token for the grant. Nothing was changed; check the app's id and secret, then ask again."),
        "stale": N_("Nobody set out to sign in there from here, or more than ten minutes ago. Start once more."),
    }
)


def credential(name: str) -> str:
    """Return what a credential is called, as its field asks for it."""
    return CREDENTIALS.get(name) or label(name)


def asked(text: str) -> str:
    """Return the label or hint of an option, which its collector marked with `N_`."""
    return _(text)


def powers(able: Abilities) -> str:
    """Return what we can do on a network, before anybody has connected it."""
    told = [_("We read and answer there.") if able.replies else _("We read only; it takes no answers from here.")]
    told += [_("It can be read without credentials.")] if able.keyless else []
    told += [_("New posts can come by a stream.")] if able.streams else []
    told += [_("It can call us.")] if able.hooks and able.polls else []
    told += [_reach(able.reach.days)] if able.reach and able.reach.days else []
    told += [_("One read costs %(price)s at its list price.") % {"price": dollars(able.price, exact=True)}] if able.price else []
    return " ".join(told)


def _reach(days: int) -> str:
    return ngettext("It shows no more than the last day.", "It shows no more than the last %(n)s days.", days) % {"n": number(days)}
