import threading
import time

import pytest
import torch

from tests.training.toy import assert_same_trace, finish, in_thread, toy_run, trace, wait_until
from training.turn import RandomState, Turn


def test_commands_go_before_the_next_slice():
    turn, num_slices, is_over = Turn(), [0], threading.Event()

    def train():
        while not is_over.is_set():
            with turn.slice(RandomState(0)):
                num_slices[0] += 1
                time.sleep(2e-3)

    worker = in_thread(train)
    wait_until(lambda: num_slices[0] > 0)
    waited = []
    for _ in range(20):
        before = num_slices[0]
        with turn.command(RandomState(0)):
            waited.append(num_slices[0] - before)
    is_over.set()
    worker.join(5)
    assert sum(waited) <= 20  # the one that was running, at most
    assert not turn.is_wanted


def test_a_slice_lets_a_waiting_command_go_first_even_when_the_turn_is_free():
    turn, entered = Turn(), threading.Event()

    def train():
        with turn.slice(RandomState(0)):
            entered.set()

    turn._num_waiting = 1  # as between a command's call and its waking up
    thread = in_thread(train)
    assert not entered.wait(0.05)
    turn._num_waiting = 0
    assert entered.wait(5)
    thread.join(5)


def test_a_slice_sees_that_it_should_end():
    turn, entered = Turn(), threading.Event()

    def command():
        with turn.command(RandomState(0)):
            entered.set()

    with turn.slice(RandomState(0)):
        thread = in_thread(command)
        wait_until(lambda: turn.is_wanted)
        assert not entered.is_set()
    assert entered.wait(5)
    thread.join(5)


def test_a_command_that_raises_gives_the_turn_back():
    turn, before = Turn(), torch.get_rng_state()
    with pytest.raises(RuntimeError, match="shape"), turn.command(RandomState(0)):
        torch.rand(3).view(2)
    assert torch.equal(torch.get_rng_state(), before)
    with turn.slice(RandomState(0)):
        assert not turn.is_wanted


def test_a_random_state_goes_on_where_it_was_and_leaves_no_trace_outside():
    torch.manual_seed(5)
    whole = torch.rand(6)
    state, before = RandomState(5), torch.get_rng_state()
    with state.swapped_in():
        first = torch.rand(3)
    torch.rand(100)
    with state.swapped_in():
        place = state.state_dict()
        second = torch.rand(3)
    with state.swapped_in():
        state.load_state_dict(place)
        again = torch.rand(3)
    assert torch.equal(torch.cat([first, second]), whole)
    assert torch.equal(again, second)
    torch.set_rng_state(before)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_global_sequence_is_put_back():
    torch.manual_seed(1)
    expected = torch.rand(4)
    torch.manual_seed(1)
    got = [torch.rand(2)]
    with RandomState(7).swapped_in():
        torch.rand(9)
    got.append(torch.rand(2))
    assert torch.equal(torch.cat(got), expected)


def test_two_interleaved_runs_are_each_as_if_alone():
    alone = []
    for seed in (3, 4):
        run = toy_run(seed=seed)
        run.take(60)
        alone.append(trace(finish(run)))
    together = [toy_run(seed=3), toy_run(seed=4)]
    for run in together:
        run.take(60)
    while any(run.is_playing for run in together):
        for run in together:
            run.advance(0)  # one step
        torch.rand(1)  # and somebody outside draws, too
    for run, expected in zip(together, alone, strict=True):
        assert_same_trace(trace(run), expected)


def test_matrix_products_take_one_processor_in_every_thread():
    """torch says 1 in a new thread too, and takes all there are."""
    turn, x, shares = Turn(), torch.randn(600, 600), []

    def work():
        with turn.slice(RandomState(0)):
            began, spent = time.perf_counter(), time.process_time()
            for _ in range(60):
                x @ x
            shares.append((time.process_time() - spent) / (time.perf_counter() - began))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert shares
    assert shares[0] < 1.4
