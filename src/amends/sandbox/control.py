"""The control API, under `/control`: what demo, tests and benchmarks ask and tell the sandbox. No network has such a thing."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from amends.sandbox import people, publishing
from amends.sandbox.faults import Fault, Mode
from amends.sandbox.floods import Flood
from amends.sandbox.publishing import keep_account
from amends.sandbox.records import Draft, Network, Origin, PublicPost, Temper
from amends.sandbox.reddit_shape import permalink
from amends.sandbox.scenario import Person
from amends.sandbox.state import Here, Sandbox
from amends.sandbox.watches import Source

router = APIRouter(prefix="/control")


class Missing(Exception):
    """The control API was asked about something that is not there."""

    def response(self) -> JSONResponse:
        """Return the answer that the caller gets."""
        return JSONResponse({"detail": str(self)}, 404)


@router.get("/watches")
def watches(request: Request, here: Here) -> dict[str, Any]:
    """Return each brand's sources: handle, user id, credentials, options and watches, as a demo enters them."""
    base = str(request.base_url)
    brands = [
        {"key": brand.key, "name": brand.name, "sources": [_source(source, base) for source in here.sources if source.brand is brand]}
        for brand in here.scenario.brands.values()
    ]
    return {"base_urls": {network: f"{base}{network}" for network in Network}, "brands": brands}


def _source(source: Source, base: str) -> dict[str, Any]:
    return {
        "network": source.network,
        "handle": source.handle,
        "user_id": source.user_id,
        "credentials": source.credentials,
        "options": {"base_url": f"{base}{source.network}", "user_id": source.user_id},
        "watches": [{"kind": kind, "query": query} for kind, query in source.watches],
    }


@router.get("/published")
def published(request: Request, here: Here, after: Annotated[int, Query()] = 0) -> dict[str, Any]:
    """Return every post that at least one default watch finds, in order of publication; `seq` of the last one continues the list.

    Customers' posts, our own ones, our replies and shares alike. A post with `deleted_at` may have gone before anybody could read it.
    """
    posts = here.store.posts("p.watched <> '' and p.seq > :after order by p.seq", after=after)
    return {"posts": [_published(post, here, str(request.base_url)) for post in posts]}


def _published(post: PublicPost, here: Sandbox, base: str) -> dict[str, Any]:
    return {
        "seq": post.seq,
        "network": post.network,
        "id": post.id,
        "published_at": post.published_at,
        "edited_at": post.edited_at,
        "deleted_at": post.deleted_at,
        "author": post.author.handle,
        "person": post.author.person,
        "own": bool(post.author.brand),
        "share": bool(post.shared_id),
        "reply": bool(post.parent_id),
        "origin": post.origin,
        "brands": list(post.watched),
        "text": f"{post.title}\n\n{post.text}".strip(),
        "language": post.language,
        "mood": post.mood,
        "kind": post.kind,
        "permalink": _permalink(post, here, base),
    }


def _permalink(post: PublicPost, here: Sandbox, base: str) -> str:
    if post.network is Network.X:
        return f"{base}x/{post.author.handle}/status/{post.id}"
    return f"{base}reddit{permalink(here.store.must_have(Network.REDDIT, post.root_id), post)}"


@router.get("/replies")
def replies(request: Request, here: Here) -> dict[str, Any]:
    """Return our replies that came over the APIs, as the public sees them; `doubled` marks a second one of the same text under one post."""
    posts = here.store.posts("p.origin = 'api' and p.parent_id <> '' and p.deleted = '' order by p.seq")
    seen, found = set[tuple[str, str]](), list[dict[str, Any]]()
    for post in posts:
        key = (post.parent_id, post.text)
        found.append(
            _published(post, here, str(request.base_url)) | {"parent_id": post.parent_id, "root_id": post.root_id, "doubled": key in seen}
        )
        seen.add(key)
    return {"replies": found}


@router.get("/state")
def state(here: Here) -> dict[str, Any]:
    """Return where the scenario stands and how much was published."""
    counts = here.store.rows("select network, origin, count(*) as n from posts group by 1, 2")
    return {
        "paused": here.player.paused,
        "pace": here.player.pace,
        "minute": here.player.minute,
        "played": here.player.played,
        "entries": len(here.scenario.entries),
        "flooding": here.floods.running(),
        "posts": counts,
        "must_be_collected": here.store.rows("select count(*) as n from posts where watched <> ''")[0]["n"],
        "reactions_due": here.store.rows("select count(*) as n from due")[0]["n"],
        "faults": len(here.faults.listed()),
    }


class NewPost(BaseModel):
    """A post to publish now; `reply_to`, `quote`, `share` are ids of the same network."""

    network: Network
    text: str
    author: str = "cy_customer"
    name: str = ""
    title: str = ""
    subreddit: str = ""
    reply_to: str = ""
    quote: str = ""
    share: str = ""
    language: str = "en"
    mood: str = ""
    kind: str = ""
    temper: Temper = Temper.SILENT
    followers: int = 120


@router.post("/publish", status_code=201)
def publish(request: Request, here: Here, new: NewPost) -> dict[str, Any]:
    """Publish one post now, of a customer or (by a brand's key as author) of a brand."""
    if new.author in here.scenario.brands:
        author = keep_account(here.store, people.brand_account(here.scenario.brands[new.author], new.network))
    else:
        person = Person(key=new.author, x=new.author, reddit=new.author, name=new.name or new.author, language=new.language)
        account = people.person_account(person, new.network, 0)
        author = keep_account(here.store, people.tempered(account, new.temper, new.followers))
    parent = _post(here, new.network, new.reply_to) if new.reply_to else None
    draft = Draft(
        author=author,
        text=people.answering(author, parent, new.text),
        title=new.title,
        subreddit=new.subreddit,
        parent_id=new.reply_to,
        quoted_id=new.quote,
        shared_id=new.share,
        language=new.language,
        mood=new.mood,
        kind=new.kind,
        origin=Origin.CONTROL,
    )
    return _published(publishing.publish(here.press, draft, here.now()), here, str(request.base_url))


class Wording(BaseModel):
    """A new text for a post."""

    text: str


@router.patch("/posts/{network}/{post_id}")
def edit(request: Request, here: Here, network: Network, post_id: str, new: Wording) -> dict[str, Any]:
    """Let the author edit a post; on X the answer's `head` is the new id."""
    post = publishing.edit(here.store, _post(here, network, post_id), new.text, here.now())
    return _published(post, here, str(request.base_url)) | {"head": str(post.head)}


@router.delete("/posts/{network}/{post_id}", status_code=204)
def delete(here: Here, network: Network, post_id: str, by: Literal["author", "moderator"] = "author") -> None:
    """Let the author or a moderator delete a post."""
    publishing.delete(here.store, _post(here, network, post_id), here.now(), by=by)


@router.post("/posts/reddit/{post_id}/lock", status_code=204)
def lock(here: Here, post_id: str) -> None:
    """Let a moderator lock a thread."""
    here.store.write("update posts set locked = 1 where seq = :seq", seq=_post(here, Network.REDDIT, post_id).seq)


def _post(here: Sandbox, network: Network, post_id: str) -> PublicPost:
    found = here.store.post(network, post_id)
    if found is None:
        raise Missing(f"there is no post {post_id} on {network}")
    return found


class NewFlood(BaseModel):
    """Many posts about one brand."""

    network: Network
    brand: str
    count: int = Field(ge=1, le=200_000)
    per_second: float = Field(gt=0, le=5_000, default=50)


@router.post("/flood", status_code=202)
def flood(here: Here, new: NewFlood) -> dict[str, Any]:
    """Begin to publish many posts; `state` says how many are still to come."""
    if new.brand not in here.scenario.brands:
        raise Missing(f"there is no brand {new.brand}")
    here.floods.start(Flood(network=new.network, brand=new.brand, count=new.count, per_second=new.per_second))
    return {"flooding": here.floods.running()}


class NewFault(BaseModel):
    """An error mode to switch on."""

    network: Network
    mode: Mode
    path: str = ""
    method: str = ""
    count: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)
    wait: float = Field(default=20, ge=0, le=60)
    reset: int = Field(default=60, ge=1)


@router.post("/faults", status_code=201)
def add_fault(here: Here, new: NewFault) -> Fault:
    """Switch an error mode on: for `count` requests, for `seconds`, or until it is cleared."""
    until = here.now() + new.seconds if new.seconds else None
    return here.faults.add(Fault(id=0, until=until, **new.model_dump(exclude={"seconds"})))


@router.get("/faults")
def list_faults(here: Here) -> list[Fault]:
    """Return the error modes that are on."""
    return here.faults.listed()


@router.delete("/faults", status_code=204)
def clear_faults(here: Here, network: str = "") -> None:
    """Switch error modes off, all or those of one network."""
    here.faults.clear(network)


class NewLimit(BaseModel):
    """A rate limit."""

    network: Network
    limit: int = Field(ge=1)
    seconds: float = Field(gt=0)


@router.post("/limits", status_code=204)
def set_limit(here: Here, new: NewLimit) -> None:
    """Make a network's rate limit as narrow as its real one, or wide again."""
    here.limits.set_limit(new.network, new.limit, new.seconds)


@router.post("/pause", status_code=204)
def pause(here: Here) -> None:
    """Stop the scenario's time; the networks go on answering."""
    here.player.paused = True


@router.post("/resume", status_code=204)
def resume(here: Here) -> None:
    """Let the scenario's time run again."""
    here.player.paused = False


class Step(BaseModel):
    """How far to move the scenario's time."""

    minutes: float = Field(gt=0)


@router.post("/step")
def step(here: Here, new: Step) -> dict[str, Any]:
    """Move the scenario's time at once and publish what falls due, paused or not."""
    return {"published": here.player.step(new.minutes), "minute": here.player.minute}
