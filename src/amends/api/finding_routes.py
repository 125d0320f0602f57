"""Finds a request's route among those of its first word and depth: one after the other, seven hundred cost more than a short answer.

`app.router.routes` stays the one list of what there is; FastAPI's own router works on the short lists made from it.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TypeGuard

from fastapi import APIRouter
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

BELOW = {"api": 2}
"""How many words of an address say nothing: all that programs ask for begins with `/api/v1`."""

REST_OF_PATH = ":path}"
"""So ends a word of a route that stands for all the rest of an address, however deep."""

_Key = tuple[str, int]


class FindingRoutes:
    """ASGI application: hands a request to the few routes that look like its address, or to all of them where none does."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the routes of the request's kind answer it."""
        router = self.near(scope["path"]) if scope["type"] == "http" else self._router
        scope.setdefault("router", self._router)  # by which addresses are made of names
        await router.app(scope, receive, send)

    def near(self, path: str) -> APIRouter:
        """Return what knows the routes that look like `path`."""
        return self._near.get(_key(path), self._router)

    @cached_property
    def _near(self) -> Mapping[_Key, APIRouter]:
        """The routes by their first word and depth, in the order of all; what may go on behind its words stands with each depth."""
        found: dict[_Key, list[BaseRoute]] = {_key(route.path): [] for route in self._router.routes if isinstance(route, Route)}
        for route in self._router.routes:
            for key in [_key(route.path)] if _is_plain(route) else [key for key in found if _fits(route, key)]:
                found[key].append(route)
        return {key: _only(self._router, routes) for key, routes in found.items()}


def _key(path: str) -> _Key:
    words = path.strip("/").split("/")
    return words[min(BELOW.get(words[0], 0), len(words) - 1)], len(words)


def _is_plain(route: BaseRoute) -> TypeGuard[Route]:
    """Tell whether all addresses of a route are as deep as it is: none is where its last word may hold slashes."""
    return isinstance(route, Route) and REST_OF_PATH not in route.path


def _fits(route: BaseRoute, key: _Key) -> bool:
    """Tell whether what is no plain route, a mount above all, may answer addresses of this kind."""
    if not isinstance(route, Route | Mount):
        return True
    word, depth = _key(route.path)
    return key[0] == word and (isinstance(route, Mount) or key[1] >= depth)


def _only(router: APIRouter, routes: list[BaseRoute]) -> APIRouter:
    """Return a router of these routes, which says of what is not among them what `router` would say."""
    found = APIRouter(redirect_slashes=router.redirect_slashes, default=router.default)
    found.routes.extend(routes)
    return found
