"""The control API's verbs: publish, edit, delete, flood, break, narrow, pause. `control` has what it tells."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from amends.sandbox import messages, people, publishing
from amends.sandbox.control import described
from amends.sandbox.faults import Fault, Mode
from amends.sandbox.floods import Flood
from amends.sandbox.publishing import keep_account
from amends.sandbox.records import Account, Draft, Network, Origin, PublicPost, Temper
from amends.sandbox.script import Person
from amends.sandbox.state import Here, Sandbox

router = APIRouter(prefix="/control")


class Missing(Exception):
    """The control API was asked about something that is not there."""

    def response(self) -> JSONResponse:
        """Return the answer that the caller gets."""
        return JSONResponse({"detail": str(self)}, 404)


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
    parent = _post(here, new.network, new.reply_to) if new.reply_to else None
    author = _author(here, new)
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
    return described(publishing.publish(here.press, draft, here.now()), here, str(request.base_url))


def _author(here: Sandbox, new: NewPost) -> Account:
    brand = here.scenario.brands.get(new.author)
    if brand is not None:
        return keep_account(here.store, people.brand_account(brand, new.network))
    person = Person(
        key=new.author,
        x=new.author,
        reddit=new.author,
        bluesky=new.author,
        name=new.name or new.author,
        language=new.language,
        temper=new.temper,
        followers=new.followers,
    )
    return keep_account(here.store, people.person_account(person, new.network, 0))


class NewMessage(BaseModel):
    """A private message on X from a customer to a brand, by its key."""

    brand: str
    text: str
    author: str = "cy_customer"


@router.post("/messages", status_code=201)
def write(here: Here, new: NewMessage) -> dict[str, str]:
    """Let a customer write to a brand in private, and return the message's id."""
    brand = here.scenario.brands.get(new.brand)
    if brand is None:
        raise Missing(f"there is no brand {new.brand}")
    sender = _author(here, NewPost(network=Network.X, text=new.text, author=new.author))
    receiver = keep_account(here.store, people.brand_account(brand, Network.X))
    return {"id": str(messages.say(here.store, sender, receiver, new.text, here.now())["id"])}


class Wording(BaseModel):
    """A new text for a post."""

    text: str


@router.patch("/posts/{network}/{post_id:path}")
def edit(request: Request, here: Here, network: Network, post_id: str, new: Wording) -> dict[str, Any]:
    """Let the author edit a post; on X the answer's `head` is the new id."""
    if network is Network.BLUESKY:
        raise Missing("nobody can edit a post on bluesky")
    post = publishing.edit(here.store, _post(here, network, post_id), new.text, here.now())
    return described(post, here, str(request.base_url)) | {"head": str(post.head)}


@router.delete("/posts/{network}/{post_id:path}", status_code=204)
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
