"""How an over-long text is cut, in training and at work alike. Place in the path: token numbers -> `shorten` -> encoder."""

from collections.abc import Sequence


def shorten(numbers: Sequence[int], limit: int) -> list[int]:
    """Return at most `limit` token numbers: the beginning and the end, where people say what they want; the middle goes.

    The first and the last number (the start and the end mark) always stay.
    """
    if len(numbers) <= limit:
        return list(numbers)
    tail = limit * 3 // 8
    return [*numbers[: limit - tail], *numbers[-tail:]]
