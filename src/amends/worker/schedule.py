"""The beat table: what wakes by the clock, and after how many seconds again."""

from typing import Any

from amends.worker.names import Task


def _every(seconds: float, task: Task) -> dict[str, Any]:
    return {"task": task.value, "schedule": seconds}


BEAT: dict[str, dict[str, Any]] = {
    "collect what is due": _every(1, Task.COLLECT_DUE),
    "find what is undone": _every(2, Task.SWEEP),
    "count what is looked at": _every(5, Task.COUNT_VIEWS),
    "fold the facts of the numbers": _every(2, Task.FOLD_FACTS),
    "apply the rules of time": _every(60, Task.APPLY_TIMED_RULES),
    "raise who waits": _every(60, Task.RAISE_WAITING),
    "ask whether posts still stand": _every(60, Task.RECHECK),
    "watch over the sources": _every(60, Task.WATCH_SOURCES),
    "ask who we are": _every(60, Task.CHECK_STANDINGS),
    "ask hubs to call us": _every(30, Task.SUBSCRIBE),
    "read new examples": _every(15, Task.READ_EXAMPLES),
    "clear away": _every(60, Task.TIDY),
    "count segments": _every(20, Task.COUNT_SEGMENTS),
    "remind of renewals": _every(600, Task.REMIND_OF_RENEWALS),
    "learn at night": _every(600, Task.LEARN),
    "forget at night": _every(600, Task.FORGET),
    "end clusters that are over": _every(300, Task.SETTLE_CLUSTERS),
    "look for surges": _every(30, Task.LOOK_FOR_SURGES),
    "tell again of what nobody sees to": _every(30, Task.ESCALATE),
    "look for gaps in the rotas": _every(600, Task.WATCH_ROTAS),
    "plan what falls on today": _every(300, Task.PLAN_OCCASIONS),
    "send what is due": _every(30, Task.SEND_OCCASIONS),
    "send reports that are due": _every(15, Task.SEND_REPORTS),
}
