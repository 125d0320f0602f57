"""The recorded answers of real servers, which lie outside the repository and are never copied into it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("AMENDS_CASSETTES") or Path(__file__).parents[3] / "shared" / "cassettes")
ABSENT = f"no recorded answers: set AMENDS_CASSETTES (looked in {FOLDER.name})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cassette:
    """One recorded answer."""

    network: str
    file: str
    method: str
    url: str
    status: int
    headers: dict[str, str]

    @property
    def body(self) -> bytes:
        """The recorded body, unaltered."""
        return (FOLDER / self.network / self.file).read_bytes()


def recorded(network: str) -> list[Cassette]:
    """Return what was recorded of a network; nothing where the folder is absent."""
    index = FOLDER / network / "index.jsonl"
    lines: list[dict[str, Any]] = [json.loads(line) for line in index.read_text().splitlines()] if index.is_file() else []
    return [
        Cassette(
            network=network,
            file=line["file"],
            method=line.get("method", "GET"),
            url=line.get("url", ""),
            status=line.get("status", 200),
            headers=line.get("headers", {}),
        )
        for line in lines
    ]
