"""How a source's network counts a reply: asked of its collector, without credentials and without a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from amends import collectors
from amends.api.trouble_words import trouble
from amends.collectors import build, load, networks
from amends.core.abilities import PRICE_PER_READ, Abilities, Option
from amends.core.errors import Refused, SettingsWrong
from amends.core.ports import LARGEST_OPTION, Account, Collector
from amends.core.pushing import STREAM
from amends.core.querying import Composed, Words
from amends.core.translating import N_, _
from amends.core.watching import Watch, WatchKind
from amends.core.written import number
from amends.inbox.rules.parts_of_reply import parts_of
from amends.inbox.rules.rechecking import USUAL_DAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """A text's length as the network counts it, and the most it takes; None where there is only a file of its posts, and no reply."""

    length: int
    most: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured(Counted):
    """A text's length, and the posts it could go out as where it is too long for one and the network has threads; else none."""

    posts: tuple[str, ...] = ()


Able = Callable[[str], Abilities]
ANYBODY = "@anybody@network.invalid"
"""In whose name is counted: some networks' sources say their server in the handle alone, and counting asks no server."""


def abilities(network: str) -> Abilities:
    """Return what `network` can do; nothing where there is only a file of its posts."""
    if network in networks():
        return collectors.abilities(network)
    return Abilities(title=network.capitalize(), mark=network[:1], replies=False, refreshes=False, threads=False, polls=False)


@lru_cache(maxsize=64)
def _collector(network: str, options: tuple[tuple[str, str], ...]) -> Collector:
    return build(network, Account(handle=ANYBODY, options=dict(options)))


def counted(network: str, options: Mapping[str, str], text: str, *, private: bool = False) -> Counted:
    """Return how long `text` is on `network`, for a source with these options; a `private` message may have another length."""
    most = abilities(network).message_length if private else None
    if most is not None:
        return Counted(length=len(text), most=most)
    try:
        collector = _collector(network, tuple(sorted(options.items())))
    except SettingsWrong:  # posts of a file, of a network that there is no file for or whose settings nobody entered: read, not answered
        return Counted(length=len(text), most=None)
    return Counted(length=collector.reply_length(text), most=collector.max_reply_length)


def check_length(network: str, options: Mapping[str, str], text: str, *, private: bool = False) -> None:
    """Raise `Refused` where the network would not take so long a reply."""
    found = counted(network, options, text, private=private)
    if found.most is not None and found.length > found.most:
        raise Refused(
            _("The reply counts %(length)s of at most %(most)s: shorten it by %(n)s.")
            % {"length": number(found.length), "most": number(found.most), "n": number(found.length - found.most)}
        )


def posts_of(network: str, options: Mapping[str, str], text: str, *, private: bool = False) -> tuple[str, ...]:
    """Return the posts that `text` goes out as in a row; one where it fits. `Refused` where they would be too many."""
    most = counted(network, options, "", private=private).most
    return parts_of(text, most=most, length=lambda piece: counted(network, options, piece, private=private).length) if most else (text,)


def measured(network: str, options: Mapping[str, str], text: str, *, able: Abilities, private: bool = False) -> Measured:
    """Return how long `text` is, and how it would go out as several posts where it must."""
    found = counted(network, options, text, private=private)
    if found.most is None or found.length <= found.most or not able.threads:
        return Measured(length=found.length, most=found.most)
    try:
        posts = posts_of(network, options, text, private=private)
    except Refused:
        posts = ()
    return Measured(length=found.length, most=found.most, posts=posts)


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkForm:
    """What a new source on a network is asked for."""

    network: str
    able: Abilities
    credentials: tuple[str, ...]
    options: tuple[Option, ...]
    watches: tuple[WatchKind, ...]
    composes: bool


def option_names(network: str) -> frozenset[str]:
    """Return what the form of `network` calls the settings that are no secret."""
    return frozenset(one.name for one in _options(load(network)))


RECHECK = Option(
    name="recheck_days",
    label=N_("Days to look back for deletions"),
    hint=N_("old posts are asked for ever more rarely, and no more after this; 0 for never"),
    default=f"{USUAL_DAYS:g}",
)


def forms() -> list[NetworkForm]:
    """Return the form of every network that there is a file for."""
    modules = {name: load(name) for name in networks()}
    return [
        NetworkForm(
            network=name,
            able=module.ABILITIES,
            credentials=module.CREDENTIALS,
            options=_options(module),
            watches=_watches(module),
            composes=hasattr(module, "compose"),
        )
        for name, module in modules.items()
    ]


def _options(module: ModuleType) -> tuple[Option, ...]:
    """Return the options of a network, with those that follow from what it can do."""
    named: tuple[Option, ...] = module.OPTIONS
    able: Abilities = module.ABILITIES
    more = [option for option, fits in ((STREAM, bool(able.streams)), (RECHECK, able.refreshes), (PRICE_PER_READ, able.polls)) if fits]
    return (*named, *(option for option in more if all(one.name != option.name for one in named)))


def _watches(module: ModuleType) -> tuple[WatchKind, ...]:
    """Return what a source on a network can watch; what it is called with is no watch of a collector's own, since nothing fetches it."""
    named: tuple[WatchKind, ...] = module.WATCHES
    able: Abilities = module.ABILITIES
    return (*named, WatchKind.CALLS) if able.hooks and WatchKind.CALLS not in named else named


def asked_at(network: str, options: Mapping[str, str]) -> str:
    """Return who is asked to let us into an account, in words: its network, or whom that names; empty where nobody can be."""
    if network not in networks() or not abilities(network).grants:
        return ""
    told: Callable[[Mapping[str, str]], str] = getattr(load(network), "asked_at", lambda _: abilities(network).title)
    return told(options)


def check_settings(network: str, *, handle: str, credentials: Mapping[str, str], options: Mapping[str, str]) -> None:
    """Raise `Refused` where a source with these settings could not work, naming the setting; the network is not asked."""
    asked = _options(load(network))
    missing = [_(one.label) for one in asked if one.required and not options.get(one.name)]
    if missing:
        raise Refused(_("Still missing: %(missing)s.") % {"missing": ", ".join(missing)})
    for one in asked:
        given = options.get(one.name, "")
        if given and (one.number or _is_number(one.default)) and not _is_number(given):
            raise Refused(f"{_(one.label)}: {_('“%(number)s” is no number.') % {'number': given[:40]}}")
    try:
        build(network, Account(handle=handle, credentials=credentials, options=options))
    except SettingsWrong as error:
        raise Refused(trouble(str(error))) from error


def _is_number(text: str) -> bool:
    """Tell whether a setting is a number that `Account.number` takes."""
    try:
        return 0 <= float(text) <= LARGEST_OPTION
    except ValueError:
        return False


def composer(network: str) -> Callable[[Words], Composed]:
    """Return what builds a search of `network` from words; `Refused` where it has no such thing."""
    found = getattr(load(network), "compose", None) if network in networks() else None
    if found is None:
        raise Refused(_("Searches there are written by hand."))
    return found


def check_searches(network: str, watches: Sequence[Watch]) -> None:
    """Raise `Refused` where somebody wrote a search that `network` takes under no contract."""
    wrong_with: Callable[[str], Sequence[str]] | None = getattr(load(network), "wrong_with", None)
    if wrong_with is None:
        return
    for watch in watches:
        troubles = wrong_with(watch.query) if watch.kind is WatchKind.SEARCH else ()
        if troubles:
            raise Refused(
                _("“%(query)s” cannot be searched for. %(troubles)s") % {"query": watch.query[:60], "troubles": " ".join(troubles)}
            )
