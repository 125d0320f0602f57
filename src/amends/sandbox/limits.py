"""Rate limits, counted per caller and endpoint in fixed windows as the networks do."""

import threading
from dataclasses import dataclass

GENEROUS = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """What is left of a window; `reset` is the moment (seconds) when the next one begins."""

    limit: int
    used: int
    reset: float

    @property
    def remaining(self) -> int:
        """Return how many requests are left."""
        return max(self.limit - self.used, 0)

    @property
    def is_spent(self) -> bool:
        """Tell whether this request was one too many."""
        return self.used > self.limit


class Limits:
    """The windows of all callers. Generous unless `set_limit` makes them as narrow as the real ones."""

    def __init__(self, windows: dict[str, float]) -> None:
        """Begin with the seconds that each network's window lasts."""
        self._lock = threading.Lock()
        self._seconds = dict(windows)
        self._limits = dict.fromkeys(windows, GENEROUS)
        self._windows: dict[tuple[str, str, str], tuple[float, int]] = {}

    def set_limit(self, network: str, limit: int, seconds: float) -> None:
        """Allow `limit` requests in `seconds` on each endpoint of `network`, from now on."""
        with self._lock:
            self._limits[network], self._seconds[network] = limit, seconds
            self._windows.clear()

    def spend(self, network: str, caller: str, endpoint: str, now: float) -> Allowance:
        """Count one request and return what is left."""
        with self._lock:
            key = (network, caller, endpoint)
            began, used = self._windows.get(key, (now, 0))
            if now >= began + self._seconds[network]:
                began, used = now, 0
            self._windows[key] = (began, used + 1)
            return Allowance(limit=self._limits[network], used=used + 1, reset=began + self._seconds[network])
