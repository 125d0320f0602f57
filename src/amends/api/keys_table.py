"""The one table of what can be done by key: the help, the command bar, the hints on buttons and the keys themselves are made from it.

Place in the path: the templates ask here (`keys`), `static/keys.js` gets the same table as JSON. `does` says how a thing is done:
`press:` a button that is on the page (whoever adds the button needs only this line here), `call:` a function of keys.js, `go:` an
address. What has no key is found in the command bar alone; what the page has no button for is not offered there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from amends.core.translating import N_, gettext
from amends.inbox.rules.rights import Right, may


class Group(StrEnum):
    """Under which heading the help shows a key; the value is its words."""

    LIST = N_("The list")
    CASE = N_("The case")
    POST = N_("The post in focus, else the newest")
    MATCH = N_("The merge desk")
    GO = N_("Go to")
    ANYWHERE = N_("Anywhere")


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One thing that can be done. `keys` are written as `j`, `g o`, `Ctrl+k`; `own` is true where the browser or a form hears them.

    `on` names what is on the only screen where the keys mean this; there they mean nothing else. Who lacks `right` has no such key.
    """

    name: str
    says: str
    does: str
    group: Group
    keys: tuple[str, ...] = ()
    own: bool = False
    on: str = ""
    right: Right = Right.SEE


def _case(name: str, says: str, does: str, *keys: str, own: bool = False) -> Key:
    return Key(name=name, says=says, does=does, group=Group.CASE, keys=keys, own=own)


def _decide(outcome: str) -> str:
    """Return the button of the follow-up in focus, else of the first."""
    button = f"[data-decide={outcome}]"
    return f"press:.task:focus-within {button}, .tasks:not(:focus-within) .task:first-child {button}"


def _list(name: str, says: str, does: str, *keys: str, own: bool = False) -> Key:
    return Key(name=name, says=says, does=does, group=Group.LIST, keys=keys, own=own)


def _label(label: str, says: str, key: str) -> Key:
    return Key(name=f"label-{label.replace(':', '-')}", says=says, does=f"call:label {label}", group=Group.POST, keys=(key,))


def _match(name: str, says: str, key: str) -> Key:
    return Key(name=name, says=says, does=f"press:#{name}", group=Group.MATCH, keys=(key,), on="#match-desk")


def _go(address: str, says: str, *keys: str, right: Right = Right.SEE) -> Key:
    return Key(name=f"go-{address}", says=says, does=f"go:{address}", group=Group.GO, keys=keys, right=right)


def _anywhere(name: str, says: str, does: str, *keys: str, own: bool = False) -> Key:
    return Key(name=name, says=says, does=does, group=Group.ANYWHERE, keys=keys, own=own)


TABLE: Sequence[Key] = (
    _list("next", N_("next case"), "call:next", "j"),
    _list("previous", N_("previous case"), "call:previous", "k"),
    _list("open", N_("open the case"), "call:open", "Enter", own=True),
    _list("search", N_("search"), "call:search", "/"),
    _list("mark", N_("select the case; Shift and a click select up to there"), "call:mark", "v"),
    _list("mark-next", N_("select and go on to the next"), "call:mark-next", "J"),
    _list("mark-previous", N_("select and go on to the previous"), "call:mark-previous", "K"),
    _list("mark-all", N_("select all on screen, or none"), "call:mark-all", "V"),
    _list("fresh", N_("show what is new"), "press:#fresh:not([hidden])", "."),
    _list("density", N_("dense or comfortable list"), "press:[data-do=density]"),
    _case("reply", N_("reply"), "call:reply", "r"),
    _case("answered-there", N_("say that you answered where it was written"), "press:[data-do=answered-there]"),
    _case("note", N_("write a note"), "call:note", "n"),
    _case("send", N_("send what you wrote"), "call:send", "Ctrl+Enter", own=True),
    _case("send-resolve", N_("send and resolve"), "call:send-resolve", "Ctrl+Shift+Enter", own=True),
    _case("assign", N_("take the case; where it is with somebody, choose who gets it"), "call:take", "a"),
    _case("give", N_("give the case to somebody"), "call:give", "A"),
    _case("resolve", N_("resolve"), "press:#resolve", "e"),
    _case("snooze", N_("snooze the case"), "call:snooze", "s"),
    _case("later", N_("snooze until the nearest of the times"), "call:later", "h"),
    _case("topic", N_("give the case a topic"), "press:#give-topic", "t"),
    _case("not-for-us", N_("not for us: put the case aside, and its source learns from it"), "press:#not-for-us", "x"),
    _case("put-aside", N_("put the case aside"), "press:#dismiss"),
    _case("reopen", N_("reopen the case"), "press:#reopen"),
    _case("macro", N_("use a macro"), "call:macro", "m"),
    _case("translate", N_("translate, or show the original"), "call:translate", "y"),
    _case("older", N_("the customer's post before"), "call:older", "["),
    _case("newer", N_("the customer's next post"), "call:newer", "]"),
    _case("customer", N_("show or hide the customer"), "call:customer", "i"),
    _case("customer-page", N_("open the customer's page"), "press:#customer-page", "P"),
    _case("whole-thread", N_("read the whole thread"), "press:#whole-thread"),
    _case("follow-up-held", N_("follow-up: the answer held"), _decide("held"), "f h"),
    _case("follow-up-relapsed", N_("follow-up: it did not hold"), _decide("relapsed"), "f x"),
    _case("follow-up-silent", N_("follow-up: the customer stayed silent"), _decide("silent"), "f s"),
    _case("follow-up-unknown", N_("follow-up: nobody knows"), _decide("unknown"), "f u"),
    _case("original", N_("open the newest post on its network"), "press:#original", "l"),
    _label("mood:negative", N_("it is negative"), "1"),
    _label("mood:neutral", N_("it is neutral"), "2"),
    _label("mood:positive", N_("it is positive"), "3"),
    _label("intent:complaint", N_("it is a complaint"), "c"),
    _label("intent:question", N_("it is a question"), "q"),
    _label("intent:request", N_("it is a request"), "w"),
    _label("intent:praise", N_("it is praise"), "p"),
    _label("intent:other", N_("it is something else"), "o"),
    _label("language", N_("it is in another language"), "L"),
    _match("match-next", N_("next suggestion"), "j"),
    _match("match-previous", N_("previous suggestion"), "k"),
    _match("match-merge", N_("make one record of the two"), "m"),
    _match("match-dismiss", N_("they are two people"), "d"),
    _go("/inbox?view=open", N_("Waiting for us"), "g o"),
    _go("/inbox?view=mine", N_("Mine"), "g m"),
    _go("/inbox?view=unassigned", N_("Unassigned"), "g u"),
    _go("/inbox?view=needs_look", N_("Needs a look"), "g l"),
    _go("/inbox?view=waiting", N_("Waiting for customer"), "g w"),
    _go("/inbox?view=due_soon", N_("Due soon"), "g d"),
    _go("/inbox?view=breached", N_("Late"), "g x"),
    _go("/inbox?view=snoozed", N_("Snoozed"), "g z"),
    _go("/inbox?view=follow_ups", N_("Follow-ups due"), "g f"),
    _go("/inbox?view=mentions", N_("Mentions of me"), "g @"),
    _go("/inbox?view=resolved", N_("Resolved"), "g r"),
    _go("/inbox?view=all", N_("All cases"), "g a"),
    _go("/search", N_("Search"), "g /"),
    _go("/customers", N_("Customers"), "g c"),
    _go("/settings/attributes", N_("Attributes of customers"), right=Right.ATTRIBUTES),
    _go("/occasions", N_("Occasions"), right=Right.OCCASIONS),
    _go("/customers/import", N_("In and out"), right=Right.EXCHANGE),
    _go("/privacy", N_("Privacy"), right=Right.PRIVACY),
    _go("/segments", N_("Segments"), "g e"),
    _go("/organisations", N_("Organisations"), "g j"),
    _go("/approvals", N_("Approvals"), "g p", right=Right.APPROVE),
    _go("/follow-ups", N_("Follow-ups"), "g v"),
    _go("/notifications", N_("Notifications"), "g i", right=Right.SELF),
    _go("/customers/merge", N_("Merge desk"), "g y", right=Right.WORK),
    _go("/settings/notifications", N_("How you are notified"), right=Right.SELF),
    _go("/settings/macros", N_("Macros"), right=Right.WORK),
    _go("/settings/teams", N_("Teams"), right=Right.TEAMS),
    _go("/settings/rules", N_("Rules"), right=Right.RULES),
    _go("/settings/follow-up", N_("When we look and ask"), right=Right.RULES),
    _go("/settings/sla", N_("SLA policies"), right=Right.RULES),
    _go("/settings/calendars", N_("Calendars of business time"), right=Right.RULES),
    _go("/settings/people", N_("People"), right=Right.PEOPLE),
    _go("/settings/audit", N_("Audit log"), right=Right.AUDIT),
    _go("/settings/profile", N_("Your profile and sign-in"), right=Right.SELF),
    _go("/settings/tokens", N_("API tokens"), right=Right.SELF),
    _go("/numbers", N_("Numbers"), "g n", right=Right.NUMBERS),
    _go("/reports", N_("Reports"), "g k", right=Right.NUMBERS),
    _go("/my-numbers", N_("Your numbers")),
    _go("/sources", N_("Sources"), "g s", right=Right.SEE_SOURCES),
    _go("/settings/triage", N_("Triage"), "g t", right=Right.TRIAGE),
    _go("/alarms", N_("Alarms"), "g b"),
    _go("/settings/alarms", N_("When a post rings"), right=Right.RULES),
    _go("/settings/surges", N_("What rings"), right=Right.RULES),
    _go("/alarms/quality", N_("Were the alarms right?"), right=Right.NUMBERS),
    _go("/incidents", N_("Incidents"), "g q"),
    _go("/incidents/suggestions", N_("Suggested incidents")),
    _go("/on-call", N_("Who is on call"), "g h"),
    _go("/settings/alarm-routes", N_("Who is told of which alarms"), right=Right.RULES),
    _anywhere("command", N_("find or do anything"), "call:command", "Ctrl+k", own=True),
    _anywhere("undo", N_("take back what was done last, again and again"), "call:undo", "u"),
    _anywhere("theme", N_("light, dark or high contrast"), "press:[data-do=theme]"),
    _anywhere("help", N_("this help"), "call:help", "?"),
    _anywhere("leave", N_("leave the box, back to the list"), "call:leave", "Escape", own=True),
    _anywhere("sign-out", N_("sign out"), "press:#sign-out"),
)
SHOWN = {"Escape": "Esc", "Enter": "↵"}
_BY_NAME = {key.name: key for key in TABLE}


def caps(keys: str) -> list[str]:
    """Return what stands on the caps to be pressed, in order: `Ctrl+k` is Ctrl, K; `g o` is g, o; `A` is Shift, a."""
    pressed = [part for press in keys.split(" ") for part in (press.split("+") if len(press) > 1 else [press])]
    told = [SHOWN.get(part, part) for part in pressed]
    if len(told) == 1 and told[0].isalpha() and told[0].isupper():
        return ["Shift", told[0].lower()]
    return [part.upper() if len(part) == 1 and "+" in keys else part for part in told]


def cap(name: str) -> str:
    """Return the key of a thing, as its button shows it."""
    return " ".join(caps(_BY_NAME[name].keys[0]))


def tip(name: str) -> str:
    """Return the words of a thing with its key: what a button's tooltip says."""
    key = _BY_NAME[name]
    says = gettext(key.says)
    says = says[:1].upper() + says[1:]
    return f"{says} ({cap(name)})" if key.keys else says


def helped(role: str) -> list[tuple[str, list[Key]]]:
    """Return what the help shows to somebody of this role: each heading with the things that have a key."""
    return [(gettext(group.value), [key for key in _of(role) if key.group is group and key.keys]) for group in Group]


def as_data(role: str) -> list[dict[str, object]]:
    """Return the table as keys.js and command.js read it for somebody of this role.

    Where the words are translated, `english` has them as the documentation says them: the command bar finds a thing by either.
    """
    return [_as_data(key) for key in _of(role)]


def _as_data(key: Key) -> dict[str, object]:
    says = gettext(key.says)
    found: dict[str, object] = {"name": key.name, "says": says, "does": key.does, "keys": key.keys, "own": key.own, "on": key.on}
    found["group"] = gettext(key.group.value)
    return found if says == key.says else found | {"english": key.says}


def _of(role: str) -> list[Key]:
    return [key for key in TABLE if may(role, key.right)]
