"""A drain runs a step until nothing is left, and loses no wake-up that comes meanwhile."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Queue

from amends.worker.context import make_drains, wake_here_first
from amends.worker.drain import Drain
from amends.worker.hands import Hands
from amends.worker.names import Lane, Task

SURELY = 30.0
"""Seconds in which a busy machine, too, starts two threads."""


def test_a_step_runs_until_it_says_that_nothing_is_left() -> None:
    left = [1, 2, 3]
    Drain(stopping=threading.Event()).run(lambda: bool(left and left.pop()))
    assert left == []


def test_a_wake_up_during_the_work_brings_one_more_look() -> None:
    drain = Drain(stopping=threading.Event())
    looks: list[str] = []

    def step() -> bool:
        looks.append("look")
        if len(looks) == 1:
            drain.run(step)
        return False

    drain.run(step)
    assert looks == ["look", "look"]


def test_who_wakes_a_full_drain_needs_no_message() -> None:
    stopping = threading.Event()
    drain = Drain(stopping=stopping)
    looks: list[bool] = []

    def step() -> bool:
        if len(looks) < 2:
            looks.append(drain.look_again())
        return False

    assert not drain.look_again(), "nobody is at work who could look"
    drain.run(step)
    assert looks == [True, True], "the look that was asked for was taken by the same call"
    stopping.set()
    assert not drain.look_again(), "nobody looks who is asked to stop"


def test_a_task_of_our_lanes_is_woken_without_the_broker_and_any_other_by_it() -> None:
    stopping, drains = threading.Event(), make_drains(threading.Event())
    hands, performed = Hands(stopping=stopping), Queue[Task]()
    published: list[Task] = []
    waking = partial(wake_here_first, drains=drains, hands=hands, publish=lambda task: bool(published.append(task)))

    waking(Task.CLUSTER)
    assert published == [Task.CLUSTER], "before we have said what we work on"
    hands.work_on([Lane.DESK], performed.put)
    waking(Task.LOOK_AGAIN)
    waking(Task.CLUSTER)
    assert performed.get(timeout=SURELY) is Task.CLUSTER
    looks = [False, True]
    drains[Task.RELAY].run(lambda: looks.pop() and not waking(Task.RELAY))
    assert (looks, performed.empty()) == ([], True), "who was at work looked once more"
    stopping.set()
    waking(Task.GIVE_OUT)
    assert published == [Task.CLUSTER, Task.LOOK_AGAIN, Task.GIVE_OUT]


def test_no_more_threads_run_a_step_than_there_are_places() -> None:
    drain = Drain(stopping=threading.Event(), at_once=2)
    lock, full, go = threading.Lock(), threading.Event(), threading.Event()
    inside: list[int] = [0, 0]

    def step() -> bool:
        with lock:
            inside[0] += 1
            inside[1] = max(inside)
            if inside[0] == 2:
                full.set()
        go.wait(SURELY)
        with lock:
            inside[0] -= 1
        return False

    threads = [threading.Thread(target=drain.run, args=(step,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert full.wait(SURELY)
    time.sleep(0.05)  # in which a third one could come in
    go.set()
    for thread in threads:
        thread.join()
    assert inside == [0, 2]


def test_every_piece_of_work_is_seen_however_wake_ups_and_looks_meet() -> None:
    drain = Drain(stopping=threading.Event())
    work: list[int] = []
    done: list[int] = []

    def step() -> bool:
        if not work:
            return False
        done.append(work.pop())
        return True

    def bring(start: int) -> None:
        for number in range(start, start + 300):
            work.append(number)
            drain.run(step)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(bring, (0, 1000, 2000)))
    assert work == []
    assert len(done) == 900


def test_a_worker_that_is_told_to_stop_begins_nothing_new() -> None:
    stopping = threading.Event()
    looks: list[str] = []

    def step() -> bool:
        looks.append("look")
        stopping.set()
        return True

    Drain(stopping=stopping).run(step)
    assert looks == ["look"]


def test_an_error_in_a_step_frees_its_place() -> None:
    drain = Drain(stopping=threading.Event())
    looks: list[str] = []

    def broken() -> bool:
        raise ZeroDivisionError

    try:
        drain.run(broken)
    except ZeroDivisionError:
        drain.run(lambda: bool(looks.append("look")))
    assert looks == ["look"]
