"""tweepy's client, with what it lacks: pictures over API v2."""

from typing import Any

import tweepy

ADDRESS = "https://api.twitter.com/2/media/upload"


class Client(tweepy.Client):
    """A client of API v2 that sends pictures too; its methods are spelt as tweepy's own."""

    def upload_media(self, content: bytes, *, content_type: str, category: str, user_auth: bool = True) -> Any:
        """Upload one picture whole and return what X says of it."""
        keys = (self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret)
        auth = tweepy.OAuth1UserHandler(*keys).apply_auth() if user_auth else None
        headers = {"User-Agent": self.user_agent} | ({} if user_auth else {"Authorization": f"Bearer {self.bearer_token}"})
        files = {"media": (f"picture.{content_type.partition('/')[2]}", content, content_type)}
        said = {"media_category": category, "media_type": content_type}
        return self.session.request("POST", ADDRESS, data=said, files=files, headers=headers, auth=auth).json()

    def describe_media(self, media_id: str, alt: str, *, user_auth: bool = True) -> Any:
        """Say what a picture shows."""
        body = {"id": media_id, "metadata": {"alt_text": {"text": alt}}}
        return self._make_request("POST", "/2/media/metadata", json=body, user_auth=user_auth)
