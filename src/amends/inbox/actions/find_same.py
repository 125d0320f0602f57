"""Looks for the same person elsewhere. Place in the path: new handle, name, contact way or order -> backlog -> here -> merge or suggestion.

Strong evidence (the same verified address; an order of theirs, named in private with an address on it) makes one record of two by itself;
it can be taken back.
Anything weaker is a question for an agent. A pair that somebody has parted before is never made one again without being asked.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import blake2b

from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.personal.finding import find
from amends.core.personal.kinds import Kind
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.rules import matching_people
from amends.inbox.rules.evidence import Evidence, EvidenceKind
from amends.inbox.rules.identity import keys_of, normal, order_key
from amends.inbox.rules.ids import AuthorId, CustomerId, PostId
from amends.inbox.rules.matching_people import Profile
from amends.inbox.rules.order_proof import contacts_in, is_proven
from amends.inbox.store import identity_keys, match_suggestions, merges, order_shapes
from amends.inbox.store.identity_keys import Facts, Likes, Saying
from amends.inbox.store.match_suggestions import Found

BATCH = 500
MOST_HOLDERS = 50
"""A key that more hold says nothing: a common name, a switchboard's number."""
MOST_SHARING = 5
"""An address that more records have is nobody's own."""
POSTS_EACH = 200
DIGEST = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class _Named:
    """An order number that a customer wrote."""

    customer_id: CustomerId
    author_id: AuthorId
    number: str
    post_id: PostId
    private: bool


_Ones = tuple[CustomerId, CustomerId]
"""Two records that may be one, the smaller id first."""


def find_same(conn: Connection, *, now: datetime, limit: int = BATCH) -> int:
    """Look for at most `limit` records elsewhere and return how many it were; safe to run at once with anything, and again."""
    claimed = identity_keys.claim(conn, limit=limit)
    ids = identity_keys.standing(conn, [*claimed, *_namers(conn, claimed)])
    if ids:
        _look(conn, ids, claimed, now)
    return len(claimed)


def follow_strong(conn: Connection, *, now: datetime) -> bool:
    """Make one record of two that strong evidence links; False where there are none. It is a question for an agent where it cannot be."""
    found = match_suggestions.claim_strong(conn)
    if found is None:
        return False
    evidence = [Evidence(kind=EvidenceKind(one["kind"]), note=one["note"], post_id=one["post_id"]) for one in found.strong]
    try:
        merge(conn, Pair(survivor_id=found.older_id, absorbed_id=found.newer_id, evidence=evidence), agent_id=None, now=now)
    except Refused:
        match_suggestions.only_ask(conn, found.id)
    return True


def _namers(conn: Connection, customer_ids: Sequence[CustomerId]) -> list[CustomerId]:
    """Return who named an order of these customers before it stood among their purchases."""
    keys = {order_key(number) for number in identity_keys.bought(conn, customer_ids)} - {""}
    return identity_keys.owners(conn, [f"o:{key}" for key in keys], most=MOST_HOLDERS)


def _look(conn: Connection, ids: Sequence[CustomerId], claimed: Sequence[CustomerId], now: datetime) -> None:
    """Look for these records; only of who was `claimed` all is known that a question may stand on, also who named an order of theirs."""
    sayings = identity_keys.sayings(conn, ids, each=POSTS_EACH)
    named = _named(sayings, order_shapes.newest(conn))
    keys = _refresh_keys(conn, ids, named)
    held = identity_keys.holders(conn, sorted({key for found in keys.values() for key in found}), most=MOST_HOLDERS + 1)
    few = [(key, owner) for owner, found in keys.items() for key in found if 1 < held[key] <= MOST_HOLDERS]
    sharing = identity_keys.sharing(conn, [key for key, _ in few], [owner for _, owner in few])
    bought = identity_keys.bought_alike(conn, *_numbers(named))
    reached = identity_keys.reached_alike(conn, ids, most=MOST_SHARING + 1)
    asked = {(one.one_id, one.other_id) for one in match_suggestions.asked(conn, claimed)}
    pairs = {_ones(one.customer_id, one.other_id) for one in (*sharing, *bought, *reached)} | asked
    found = {one.id: one for one in identity_keys.facts(conn, sorted({one for pair in pairs for one in pair}))}
    profiles = _profiles(found, named, [*sharing, *bought])
    strong = _by_pair([*_same_address(found, reached), *_proven_orders(found, named, bought, _told(sayings))])
    there = [pair for pair in pairs if set(pair) <= set(profiles)]
    suggested = {pair: _found(pair, profiles, held, strong.get(pair, ())) for pair in there}
    match_suggestions.save(conn, _undecided(conn, [one for one in suggested.values() if one is not None]), now=now)
    match_suggestions.withdraw(conn, [pair for pair in asked if pair in suggested and suggested[pair] is None])


def _named(sayings: Iterable[Saying], shapes: Sequence[str]) -> list[_Named]:
    """Return the order numbers that stand in these posts, in public and in private."""
    return [
        _Named(
            customer_id=post.customer_id,
            author_id=post.author_id,
            number=post.text[found.start : found.end],
            post_id=post.post_id,
            private=post.private,
        )
        for post in sayings
        for found in find(post.text, post.language, shapes=shapes)
        if found.kind is Kind.ORDER
    ]


def _told(sayings: Iterable[Saying]) -> dict[CustomerId, set[str]]:
    """Return the addresses and numbers that these customers wrote in private."""
    told: defaultdict[CustomerId, set[str]] = defaultdict(set)
    for post in sayings:
        if post.private:
            told[post.customer_id] |= contacts_in(post.text, post.language)
    return told


def _refresh_keys(conn: Connection, ids: Sequence[CustomerId], named: Iterable[_Named]) -> dict[CustomerId, list[str]]:
    """Keep the keys of all handles of these customers, and return them by customer."""
    accounts = identity_keys.accounts(conn, ids)
    keys = {one.author_id: keys_of(one.handle, [one.name]) for one in accounts}
    for one in named:
        keys[one.author_id].append(f"o:{order_key(one.number)}")
    identity_keys.save_keys(conn, {author_id: sorted(set(found)) for author_id, found in keys.items()})
    together: dict[CustomerId, list[str]] = {}
    for one in accounts:
        together.setdefault(one.customer_id, []).extend(keys[one.author_id])
    return {customer_id: sorted(set(found)) for customer_id, found in together.items()}


def _numbers(named: Iterable[_Named]) -> tuple[list[str], list[CustomerId]]:
    """Return order numbers, and beside them who wrote them."""
    pairs = {(order_key(one.number), one.customer_id) for one in named}
    return [number for number, _ in pairs], [owner for _, owner in pairs]


def _ones(one: CustomerId, other: CustomerId) -> _Ones:
    return (one, other) if one < other else (other, one)


def _profiles(found: Mapping[CustomerId, Facts], named: Iterable[_Named], likes: Iterable[Likes]) -> dict[CustomerId, Profile]:
    orders: dict[CustomerId, set[str]] = {customer_id: {order_key(one) for one in facts.bought} for customer_id, facts in found.items()}
    told = [(one.customer_id, order_key(one.number)) for one in named]
    shared = [(owner, one.key[2:]) for one in likes if one.key.startswith("o:") for owner in (one.customer_id, one.other_id)]
    for owner, number in (*told, *shared):
        orders.get(owner, set()).add(number)
    return {customer_id: _profile(facts, orders[customer_id]) for customer_id, facts in found.items()}


def _profile(facts: Facts, orders: Iterable[str]) -> Profile:
    pairs = [handle.split("\n", 1) for handle in facts.handles]
    spelled = {normal(handle) for _, handle in pairs}
    return Profile(
        handles=frozenset((network, handle) for network, handle in pairs),
        names=frozenset(name for name in {facts.name, *facts.names} if normal(name) not in spelled | {""}),
        contacts=frozenset(contact.split("\n", 1)[1] for contact in facts.contacts),
        orders=frozenset(orders),
        languages=frozenset(facts.languages),
        brands=frozenset(facts.brands),
        zones=frozenset({facts.zone} - {""}),
    )


def _by_pair(strong: Iterable[tuple[_Ones, Evidence]]) -> dict[_Ones, list[Evidence]]:
    """Return what links each pair by itself, everything once."""
    by_pair: defaultdict[_Ones, dict[Evidence, None]] = defaultdict(dict)
    for pair, evidence in strong:
        by_pair[pair][evidence] = None
    return {pair: list(evidence) for pair, evidence in by_pair.items()}


def _same_address(found: Mapping[CustomerId, Facts], reached: Sequence[Likes]) -> Iterator[tuple[_Ones, Evidence]]:
    """Yield the pairs that have an address or a number, verified in both records."""
    sharers = Counter((one.customer_id, one.key) for one in reached)
    for one in reached:
        both = [one.key in found[owner].verified for owner in (one.customer_id, one.other_id) if owner in found]
        few = sharers[one.customer_id, one.key] < MOST_SHARING
        if both == [True, True] and few and _is_whole(one.key) and not _are_two(found[one.customer_id], found[one.other_id]):
            yield _ones(one.customer_id, one.other_id), Evidence(kind=EvidenceKind(one.key.split("\n", 1)[0]))


def _are_two(one: Facts, other: Facts) -> bool:
    """Tell whether these were born on two days, as people of one family were who share an address."""
    told = (one.born_on, other.born_on), (one.born_in, other.born_in)
    return any(mine and theirs and not set(mine) & set(theirs) for mine, theirs in told)


def _is_whole(key: str) -> bool:
    """Tell whether an address or a number is one in the whole world: without its country's code a number is several people's."""
    kind, way = key.split("\n", 1)
    return kind != "phone" or way.startswith("+")


def _proven_orders(
    found: Mapping[CustomerId, Facts], named: Iterable[_Named], bought: Iterable[Likes], told: Mapping[CustomerId, Collection[str]]
) -> Iterator[tuple[_Ones, Evidence]]:
    """Yield the pairs of who told an order number in private, with an address or a number of who bought under it, and the buyer."""
    private = {(one.customer_id, order_key(one.number)): one for one in named if one.private}
    for one in bought:
        said, buyer = private.get((one.customer_id, order_key(one.key))), found.get(one.other_id)
        if said is not None and buyer is not None and is_proven(told.get(one.customer_id, ()), buyer.contacts):
            yield _ones(one.customer_id, one.other_id), Evidence(kind=EvidenceKind.ORDER, note=said.number, post_id=said.post_id)


def _found(pair: _Ones, profiles: Mapping[CustomerId, Profile], held: Mapping[str, int], strong: Sequence[Evidence]) -> Found | None:
    """Return what is to be suggested of a pair, or None where it is not worth a question."""
    one, other = (profiles[customer_id] for customer_id in pair)
    levels = matching_people.levels(one, other, held)
    if not strong and not matching_people.is_suggested(levels):
        return None
    return Found(
        one_id=pair[0],
        other_id=pair[1],
        score=1.0 if strong else matching_people.chance(levels),
        reasons=[asdict(reason) for reason in matching_people.reasons(one, other, levels)],
        evidence=[_digest(text) for text in matching_people.evidence(one, other, levels)],
        strong=[{"kind": one.kind, "note": one.note, "post_id": one.post_id} for one in strong],
    )


def _digest(text: str) -> str:
    """Return what is remembered of a piece of evidence: enough to know it again, without the address or the number itself."""
    return text.partition(":")[0] + ":" + blake2b(text.encode(), digest_size=DIGEST).hexdigest()


def _undecided(conn: Connection, suggested: Sequence[Found]) -> list[Found]:
    """Return what nobody has decided on yet, and what has new evidence; what was parted once is only asked."""
    known: dict[_Ones, set[str]] = {}
    for past in match_suggestions.dismissed(conn, sorted({owner for one in suggested for owner in (one.one_id, one.other_id)})):
        known.setdefault(_ones(past.one_id, past.other_id), set()).update(past.evidence)
    open_ones = [one for one in suggested if (one.one_id, one.other_id) not in known or set(one.evidence) - known[one.one_id, one.other_id]]
    return [replace(one, strong=()) if one.strong and merges.were_parted(conn, one.one_id, one.other_id) else one for one in open_ones]
