"""The one worker thread, on the toy experiment. Every wait is bounded."""

import gc
import logging
import subprocess
import sys
import threading
import time
import weakref

import pytest
import torch

from tests.training.toy import Toy, assert_same_trace, finish, is_sentence, toy_run, trace, wait_until
from training import run as engine
from training.run import Stop
from training.scheduler import BusyError, Scheduler


class Visitors:
    """Runs that somebody looks at, on a scheduler of their own."""

    def __init__(self):
        self.scheduler = Scheduler()
        self.runs = []

    def open(self, **settings):
        self.runs.append(toy_run(**settings))
        return self.runs[-1]

    def look(self, *runs):
        for run in runs or self.runs:
            run.poll()
            self.scheduler.submit(run)

    def play(self, *runs, stop=None):
        for run in runs:
            run.play(stop)
        self.look(*runs)


@pytest.fixture
def visitors():
    visitors = Visitors()
    yield visitors
    for run in visitors.runs:
        run.pause()
    wait_until(lambda: visitors.scheduler.num_playing == 0)


def test_a_run_is_trained_to_its_end(visitors):
    run = visitors.open()
    visitors.play(run, stop=Stop(steps=200))
    assert run.wait(5)
    wait_until(lambda: run.poll().step == 200)
    assert run.poll().message == "Stopped after 200 steps, as asked."
    wait_until(lambda: visitors.scheduler.num_playing == 0)


def test_the_thread_and_the_button_train_alike(visitors):
    run, by_hand = visitors.open(seed=3), toy_run(seed=3)
    visitors.play(run, stop=Stop(steps=300))
    by_hand.play(Stop(steps=300))
    assert run.wait(5)
    run.pause()
    assert_same_trace(trace(run), trace(finish(by_hand)))


def test_one_thread_for_all(visitors):
    others = set(threading.enumerate())
    runs = [visitors.open(seed=seed, step_seconds=0.001) for seed in range(8)]
    for _ in range(3):
        visitors.play(*runs)
        wait_until(lambda: all(run.step > 3 for run in runs))
    new = [thread for thread in threading.enumerate() if thread not in others]
    assert [thread.name for thread in new] == ["trainer"]
    assert new[0].daemon
    assert visitors.scheduler.num_playing == 8


def test_runs_share_the_time_evenly(visitors):
    runs = [visitors.open(seed=seed, step_seconds=0.001) for seed in range(5)]
    visitors.play(*runs)
    wait_until(lambda: sum(run.step for run in runs) > 300)
    steps = [run.step for run in runs]
    assert max(steps) < 2 * min(steps), steps


def test_a_slow_neighbour_does_not_starve_a_fast_one(visitors):
    slow, fast = visitors.open(step_seconds=0.02), visitors.open(step_seconds=0.001)
    visitors.play(slow, fast)
    wait_until(lambda: slow.step >= 10)
    assert fast.step > 20


def test_submitting_twice_gives_no_second_place(visitors):
    runs = [visitors.open(step_seconds=0.001) for _ in range(2)]
    visitors.play(*runs)
    for _ in range(20):
        visitors.look(runs[0])
    assert visitors.scheduler.num_playing == 2
    wait_until(lambda: sum(run.step for run in runs) > 100)
    assert runs[0].step < 2 * runs[1].step


def test_what_is_not_due_is_not_taken(visitors):
    paused, unseen = visitors.open(), visitors.open()
    unseen.play()
    visitors.scheduler.submit(unseen)
    visitors.look(paused)
    assert visitors.scheduler.num_playing == 0
    assert paused.step == unseen.step == 0


def test_a_run_nobody_looks_at_rests_until_somebody_does(visitors, monkeypatch):
    monkeypatch.setattr(engine, "LEASE_SECONDS", 0.1)
    run = visitors.open(step_seconds=0.001)
    visitors.play(run)
    wait_until(lambda: visitors.scheduler.num_playing == 0)
    assert run.is_playing
    step = run.step
    assert step > 0
    time.sleep(0.05)
    assert run.step == step
    visitors.look(run)
    wait_until(lambda: run.step > step)


def test_a_parked_run_rests_at_once(visitors):
    run = visitors.open(step_seconds=0.001)
    visitors.play(run)
    wait_until(lambda: run.step > 0)
    run.park()
    wait_until(lambda: visitors.scheduler.num_playing == 0, seconds=1)
    step = run.step
    time.sleep(0.05)
    assert run.step == step
    visitors.look(run)
    wait_until(lambda: run.step > step)


def test_a_run_that_is_given_up_is_freed(visitors):
    run = visitors.open()
    visitors.play(run, stop=Stop(steps=5))
    assert run.wait(5)
    wait_until(lambda: visitors.scheduler.num_playing == 0)
    visitors.runs.clear()
    gone = weakref.ref(run)
    del run

    def is_freed():
        gc.collect()
        return gone() is None

    wait_until(is_freed, seconds=2)


def test_a_broken_run_does_not_stop_the_others(visitors, caplog):
    caplog.set_level(logging.ERROR)
    broken, healthy = visitors.open(broken_at=7), visitors.open(step_seconds=0.001)
    visitors.play(broken, healthy)
    assert broken.wait(5)
    wait_until(lambda: broken.poll().has_failed)
    before = healthy.step
    wait_until(lambda: healthy.step > before + 10)
    snapshot = broken.poll()
    assert not snapshot.is_playing
    assert is_sentence(snapshot.message)
    assert "the floor gave way" in snapshot.message
    assert [record.getMessage() for record in caplog.records] == [
        "a run failed: RuntimeError: the floor gave way second line"
    ]
    assert caplog.records[0].exc_info is None
    broken.change(broken.settings.changed(broken_at=-1))
    visitors.play(broken, stop=Stop(steps=10))
    assert broken.wait(5)
    assert broken.step == 10


def test_an_exploding_run_leaves_the_queue_and_says_why(visitors):
    run, other = visitors.open(rate=10), visitors.open(step_seconds=0.001)
    visitors.play(run, other)
    assert run.wait(5)
    wait_until(lambda: visitors.scheduler.num_playing == 1)
    assert "so training paused" in run.poll().message


def test_the_cap_is_a_sentence_and_others_go_on(visitors):
    visitors.scheduler = Scheduler(max_playing=2)
    runs = [visitors.open(step_seconds=0.001) for _ in range(3)]
    visitors.play(*runs[:2])
    with pytest.raises(BusyError, match=r"^2 networks are training here already: try again in a minute\.$"):
        visitors.play(runs[2])
    assert not runs[2].is_due
    wait_until(lambda: all(run.step > 5 for run in runs[:2]))
    assert runs[2].step == 0
    visitors.look(runs[0])  # who is in already may stay
    runs[0].pause()
    wait_until(lambda: visitors.scheduler.num_playing == 1)
    visitors.look(runs[2])
    wait_until(lambda: runs[2].step > 0)


@pytest.mark.parametrize(
    "command",
    [
        lambda run: run.reset(),
        lambda run: run.play(),
        lambda run: run.pause(),
        lambda run: run.take(1),
        lambda run: run.rewind(0),
        lambda run: run.change(run.settings.changed(rate=0.2)),
        lambda run: run.change(run.settings.changed(width=9)),
        lambda run: run.edit("teleport", to=1.0),
    ],
    ids=["reset", "play", "pause", "take", "rewind", "live", "anew", "call"],
)
def test_commands_do_not_wait_for_training(visitors, command):
    run, *others = (visitors.open(step_seconds=0.005) for _ in range(4))
    visitors.play(*others)
    wait_until(lambda: all(other.step > 0 for other in others))
    begin = time.monotonic()
    for _ in range(5):
        command(run)
    assert (time.monotonic() - begin) / 5 < 0.1


def test_commands_of_many_visitors_at_once(visitors):
    runs = [visitors.open(seed=seed, step_seconds=0.002) for seed in range(6)]
    visitors.play(*runs)

    def press(run):
        for _ in range(5):
            run.reset()
            run.take(3)
            run.poll()
            visitors.scheduler.submit(run)
            run.wait(5)

    threads = [threading.Thread(target=press, args=(run,), daemon=True) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [run.step for run in runs] == [3] * 6
    for run in runs:
        alone = toy_run(seed=run.settings.seed, step_seconds=0.002)
        alone.take(3)
        assert_same_trace(trace(run), trace(finish(alone)))


def test_steps_asked_for_in_the_middle_of_training_are_exact(visitors):
    run = visitors.open(step_seconds=0.002)
    for _ in range(10):
        visitors.play(run)
        begin = run.step
        wait_until(lambda begin=begin: run.step > begin)
        run.pause()
        before = run.step
        run.take(4)
        visitors.look(run)
        assert run.wait(5)
        assert run.step == before + 4


def test_a_paced_run_leaves_the_time_to_others(visitors):
    paced, free = visitors.open(), visitors.open(step_seconds=0.001)
    paced.set_pace(20)
    visitors.play(paced, free)
    time.sleep(0.4)
    assert 3 <= paced.step <= 12
    assert free.step > 80


def test_training_leaves_the_random_state_of_others_alone(visitors):
    torch.manual_seed(0)
    before = torch.get_rng_state()
    run = visitors.open()
    visitors.play(run, stop=Stop(steps=100))
    assert run.wait(5)
    run.pause()
    assert torch.equal(torch.get_rng_state(), before)
    assert type(run.experiment) is Toy


def test_a_closed_scheduler_ends_its_worker_and_starts_no_other():
    scheduler, run = Scheduler(), toy_run()
    run.play()
    run.poll()
    scheduler.submit(run)
    wait_until(lambda: run.step > 0)
    scheduler.close()
    step = run.step
    assert not scheduler._thread.is_alive()
    run.poll()
    scheduler.submit(run)
    time.sleep(0.05)
    assert run.step == step


def test_python_can_end_while_a_network_trains():
    program = (
        "import time\n"
        "from experiments.mlp import EXPERIMENT, SETTINGS\n"
        "from training.run import Run\n"
        "from training.scheduler import SCHEDULER\n"
        "run = Run(EXPERIMENT, SETTINGS())\n"
        "run.play()\n"
        "run.poll()\n"
        "SCHEDULER.submit(run)\n"
        "while run.step < 20:\n"
        "    time.sleep(0.001)\n"
    )
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")
