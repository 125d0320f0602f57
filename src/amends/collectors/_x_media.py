"""Pictures that go out on X with an answer: uploaded one by one, with what they show, before the answer names them.

Place in the path: `X.reply`, `_x_talks.send` -> `uploaded` -> `Api` -> X. What was uploaded and never named ends there by itself in a day.
"""

from collections.abc import Sequence

from amends.collectors._x_client import Api
from amends.core import reading
from amends.core.errors import ReplyRefused, Unreachable
from amends.core.network_words import Said
from amends.core.ports import Attachment
from amends.core.translating import N_

IN_PUBLIC, IN_PRIVATE = "tweet_image", "dm_image"
MOST = {IN_PUBLIC: 4, IN_PRIVATE: 1}
TAKEN = frozenset({"image/png", "image/jpeg", "image/webp"})


def uploaded(api: Api, pictures: Sequence[Attachment], place: str) -> list[str]:
    """Return X's ids of pictures for an answer `IN_PUBLIC` or `IN_PRIVATE`; `ReplyRefused` where X would not take one."""
    if any(picture.content_type not in TAKEN for picture in pictures):
        raise ReplyRefused(N_("X takes PNG, JPEG and WebP from here, and no moving pictures."))
    if len(pictures) > MOST[place]:
        raise ReplyRefused(Said.X_MOST_PICTURES, public=MOST[IN_PUBLIC], private=MOST[IN_PRIVATE])
    return [_uploaded(api, picture, place) for picture in pictures]


def _uploaded(api: Api, picture: Attachment, place: str) -> str:
    told = api.call_as_user("upload_media", picture.content, content_type=picture.content_type, category=place)
    media_id = reading.name(reading.mapping(told.get("data")).get("id"))
    if not media_id:
        raise Unreachable(N_("X took a picture but does not name it."))
    if picture.alt:
        api.call_as_user("describe_media", media_id, picture.alt)
    return media_id
