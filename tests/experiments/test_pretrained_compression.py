"""Rounding a student, cutting what fine-tuning changed, and learning with a low rank: measured, and on copies."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from data.extras import is_installed, weights_file
from experiments.pretrained import PretrainedExperiment
from experiments.pretrained_adapting import HEAD, AdaptingExperiment, AdaptingSettings, entrants
from experiments.pretrained_judging import STUDENTS, before_and_after, judge, num_classes, student, subject_of, weighty
from experiments.pretrained_low_rank import RANKS, changes, cut_to, cuts, differences, directions_for, has_changed
from experiments.pretrained_rounding import BITS, PERS, alone, costs, full_bytes, part_of, round_layers
from experiments.pretrained_settings import PHOTOS, PretrainedSettings
from experiments.pretrained_storage import LARGE
from models.lora import num_learning
from models.quantisation import rounded
from training.race import Race
from training.run import Run


def trained(steps: int, **settings) -> Run:
    run = Run(PretrainedExperiment, PretrainedSettings(**settings))
    run.take(steps)
    while run.is_playing:
        run.advance(1.0)
    return run


@pytest.fixture(scope="module")
def run():
    return trained(100)


# ---- a copy, and what judges it --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STUDENTS)
def test_a_copy_is_as_good_as_the_student_and_stays_as_it_is(name):
    run = trained(10)
    subject = run.look(lambda experiment: student(experiment, name))
    row = run.experiment.evaluate()
    prefix = {"frozen": "frozen_", "fine-tuned": "", "from scratch": "scratch_"}[name]
    found = judge(subject.network, subject.x, subject.y)
    assert found.accuracy == pytest.approx(row[f"{prefix}test_accuracy"], abs=1e-6)
    assert found.loss == pytest.approx(row[f"{prefix}test_loss"], abs=1e-4)
    assert num_classes(subject) == 10
    assert subject.digest == run.look(lambda experiment: student(experiment, name)).digest
    before = copy.deepcopy(subject.network.state_dict())
    run.take(1)
    run.advance(1.0)
    assert subject.digest != run.look(lambda experiment: student(experiment, name)).digest
    for key, value in subject.network.state_dict().items():
        assert torch.equal(value, before[key])


# ---- rounding --------------------------------------------------------------------------------------------------------


def test_the_bytes_of_a_rounded_network_counted_by_hand():
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(8, 2))
    weights, rest = 36 + 16, 4 + 4 * 4 + 2  # the biases; weight, bias, mean and variance of the norm; the biases
    assert full_bytes(network) == 4 * (weights + rest)
    _, num_bytes, _ = round_layers(network, 4, "row", "symmetric")
    assert num_bytes == weights // 2 + 4 * (4 + 2) + 4 * rest
    _, num_bytes, _ = round_layers(network, 8, "tensor", "min-max", ("3",))
    assert num_bytes == 16 + 5 + 4 * (36 + rest)


def test_only_the_weights_of_layers_are_rounded_and_only_in_a_copy(run):
    subject = run.look(lambda experiment: student(experiment, "fine-tuned"))
    before = copy.deepcopy(subject.network.state_dict())
    network, _, error = round_layers(subject.network, 3, "row", "symmetric")
    layers = weighty(subject.network)
    changed, length = 0.0, 0.0
    for key, value in network.state_dict().items():
        assert torch.equal(subject.network.state_dict()[key], before[key])
        layer = key.removesuffix(".weight")
        if layer in layers and key.endswith("weight"):
            assert torch.equal(value, rounded(before[key], 3, "row").values)
            changed += (value - before[key]).double().square().sum().item()
            length += before[key].double().square().sum().item()
        else:
            assert torch.equal(value, before[key])
    assert error == pytest.approx((changed / length) ** 0.5, rel=1e-4)


def test_every_way_is_measured_and_fewer_bits_are_further_off(run):
    subject = run.look(lambda experiment: student(experiment, "fine-tuned"))
    for form in ("symmetric", "min-max"):
        found = costs(subject, form)
        assert [(cost.bits, cost.per) for cost in found[1:]] == [(bits, per) for bits in BITS for per in PERS]
        assert found[0].num_bytes == full_bytes(subject.network)
        for per in PERS:
            mine = [cost for cost in found if cost.per == per]
            assert [cost.error for cost in mine] == sorted(cost.error for cost in mine)
            assert [cost.num_bytes for cost in mine] == sorted((cost.num_bytes for cost in mine), reverse=True)
        for bits in BITS:
            tensor, row, group = (cost.error for cost in found if cost.bits == bits)
            assert tensor > row > group


def test_eight_bits_cost_next_to_nothing_and_two_nearly_everything(run):
    """What the tab shows of the students, on the run it opens with."""
    for name in STUDENTS[:2]:
        found = costs(run.look(lambda experiment, name=name: student(experiment, name)), "symmetric")
        full = found[0]
        assert full.accuracy > 0.5
        for cost in found[1:]:
            if cost.bits == 8:
                assert abs(cost.accuracy - full.accuracy) <= 0.02
                assert abs(cost.loss - full.loss) < 0.02
            if cost.bits == 2:
                assert cost.accuracy < full.accuracy - 0.2
        assert 3.4 < full.num_bytes / found[1].num_bytes < 4


def test_the_worst_layer_is_first(run):
    subject = run.look(lambda experiment: student(experiment, "fine-tuned"))
    found = alone(subject, 3, "tensor", "symmetric")
    assert {one.name for one in found} == set(weighty(subject.network))
    losses = [one.loss for one in found]
    assert losses == sorted(losses, reverse=True)
    network = copy.deepcopy(subject.network)
    layer = weighty(network)[found[0].name]
    layer.weight.data.copy_(rounded(layer.weight, 3, "tensor").values)
    assert judge(network, subject.x, subject.y).loss == pytest.approx(found[0].loss)


@pytest.mark.parametrize("per", PERS)
def test_the_weights_of_a_scale_lie_on_its_levels(run, per):
    subject = run.look(lambda experiment: student(experiment, "fine-tuned"))
    part = part_of(subject, "conv2", 3, per, "symmetric", 2)
    assert part.num_parts == {"tensor": 1, "row": 32, "group": 32 * 5}[per]
    assert len(part.weights) == {"tensor": 32 * 144, "row": 144, "group": 32}[per]
    assert len(part.layer) == 32 * 144
    nearest = part.levels[np.abs(part.weights[:, None] - part.levels).argmin(1)]
    assert part.values == pytest.approx(nearest)


# ---- the change that fine-tuning makes -------------------------------------------------------------------------------


def low_rank_pair(rank: int):
    """A network, and one whose change has a known rank."""
    torch.manual_seed(0)
    before = nn.Sequential(nn.Conv2d(4, 12, 3), nn.Flatten(), nn.Linear(12, 3)).eval()
    after = copy.deepcopy(before)
    with torch.no_grad():
        after[0].weight += 0.1 * (torch.randn(12, rank) @ torch.randn(rank, 36)).view(12, 4, 3, 3)
        after[2].weight += 1.0
    x, y = torch.randn(40, 4, 3, 3), torch.randint(0, 3, (40,))
    return subject_of(before, x, y), subject_of(after, x, y)


def test_a_change_of_rank_two_is_found_to_be_one():
    before, after = low_rank_pair(2)
    (change,) = changes(before, after)
    assert change.name == "0", "the head is left out"
    assert change.shape == (12, 36)
    assert change.needed <= 2
    assert change.held(2) == pytest.approx(1, abs=1e-5)
    assert change.singular[2] < 1e-4 * change.singular[0]
    assert change.needed_by_chance >= 6
    assert np.linalg.norm(change.chance) == pytest.approx(np.linalg.norm(change.singular), rel=1e-4)


def test_cut_to_its_own_rank_nothing_is_lost_and_rank_none_is_the_pretrained_layer():
    before, after = low_rank_pair(2)
    found = {cut.rank: cut for cut in cuts(before, after)}
    assert list(found) == [0, *RANKS, None]
    assert found[2].loss == pytest.approx(found[None].loss, abs=1e-5)
    assert not torch.allclose(cut_to(before.network, after.network, 1)[0].weight, after.network[0].weight, atol=1e-2)
    assert found[2].num_weights == 2 * (12 + 36)
    assert found[None].num_weights == 12 * 36
    network = cut_to(before.network, after.network, 0)
    assert torch.equal(network[0].weight, before.network[0].weight)
    assert torch.equal(network[2].weight, after.network[2].weight), "the head stays fine-tuned"


def test_how_many_directions_hold_a_share():
    assert directions_for(np.array([3.0, 1.0, 0.0])) == 1  # 9 of 10
    assert directions_for(np.array([1.0, 1.0, 1.0, 1.0])) == 4
    assert directions_for(np.array([1.0, 1.0, 1.0, 1.0]), 0.5) == 2


def test_an_untrained_student_has_changed_nothing_and_a_trained_one_in_every_layer(run):
    before, after = Run(PretrainedExperiment, PretrainedSettings()).look(before_and_after)
    assert not has_changed(changes(before, after))
    before, after = run.look(before_and_after)
    found = changes(before, after)
    assert [one.name for one in found] == ["conv1", "conv2", "conv3", "conv4"]
    assert has_changed(found)
    moved = {one.name: one.moved for one in run.call("movements")}
    for one in found:
        assert one.size == pytest.approx(moved[one.name], rel=1e-3)
        assert differences(before.network, after.network)[one.name].norm().item() == pytest.approx(
            np.linalg.norm(one.singular), rel=1e-4
        )


# ---- learning with a low rank ----------------------------------------------------------------------------------------


def test_all_ways_start_with_the_same_outputs_and_take_the_same_batches():
    started = [Run(one.build, one.settings).experiment for one in entrants(PretrainedSettings(seed=3), None)]
    first = started[0]
    for other in started[1:]:
        assert torch.equal(first.model(first.x[:4]), other.model(other.x[:4]))
    batches = []
    for one in started:
        one.num_steps = 17
        batches.append(one._batch().tolist())
    assert all(batch == batches[0] for batch in batches)
    first.num_steps = 0
    seen = []
    for step in range(first.steps_per_epoch):
        first.num_steps = step
        seen += first._batch().tolist()
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("way", ["head only", "low rank", "in full"])
def test_only_what_the_way_says_moves(way):
    run = Run(AdaptingExperiment, AdaptingSettings(way=way, rank=2, learning_rate=1e-2, body_share=0.1))
    model = run.experiment.model
    before = copy.deepcopy(model.state_dict())
    run.take(3)
    run.advance(60)
    moved = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    head = {f"{HEAD}.weight", f"{HEAD}.bias"}
    thin = {f"conv{number}.{matrix}" for number in range(1, 5) for matrix in "AB"}
    if way == "in full":
        assert moved == {name for name, _ in model.named_parameters()}
    else:
        assert moved == head | (thin if way == "low rank" else set())
    assert run.experiment.num_learning == num_learning(model) == sum(map(torch.numel, run.experiment.parameters()))


def test_a_checkpoint_restores_exactly():
    run = Run(AdaptingExperiment, AdaptingSettings(rank=2))
    experiment = run.experiment
    for _ in range(3):
        experiment.step()
    state = copy.deepcopy(experiment.state_dict())
    for _ in range(4):
        experiment.step()
    later = copy.deepcopy(experiment.parameters())
    experiment.load_state_dict(state)
    for _ in range(4):
        experiment.step()
    for one, other in zip(experiment.parameters(), later, strict=True):
        assert torch.equal(one, other)


def test_the_race_trains_each_and_stores_what_learns():
    race = Race(entrants(PretrainedSettings(), None), 20)
    while race.is_running:
        race.advance(1.0)
    assert race.is_finished
    assert not race.message
    shapes = [(16, 9), (32, 144), (64, 288), (128, 576)]
    by_rank = [sum(rank * (rows + columns) for rows, columns in shapes) + 1290 for rank in RANKS]
    counts = [one.experiment.num_learning for one in race.runs]
    assert counts[:-1] == [1290, *by_rank]
    assert counts[-1] == sum(rows * columns for rows, columns in shapes) + 2 * (16 + 32 + 64 + 128) + 1290
    for columns in race.histories:
        assert columns.last("loss") < columns.values["loss"][0]


@pytest.mark.skipif(not is_installed("efficientnet"), reason="the weights are an extra")
def test_efficientnet_can_be_adapted_rounded_and_looked_into_too():
    settings = PretrainedSettings(start=PHOTOS, data="fruit", image_size=32, num_per_class=2)
    run = trained(2, **dict(settings))
    before, after = run.look(before_and_after)
    assert has_changed(changes(before, after))
    found = alone(after, 8, "row", "symmetric")
    assert len(found) == len(weighty(after.network)) > 40
    low = entrants(run.settings, None)[2]
    adapting = Run(low.build, low.settings)
    adapting.take(1)
    adapting.advance(60)
    assert adapting.step == 1
    assert not adapting.poll().has_failed


# ---- large models ----------------------------------------------------------------------------------------------------


def test_the_sizes_of_large_models_are_the_known_ones():
    small, seven = LARGE
    assert small.num_weights == 134_515_008
    assert seven.num_weights == 6_738_415_616
    assert seven.num_adapted(8, all_layers=False) == 32 * 2 * 8 * (4096 + 4096) == 4_194_304
    assert small.num_adapted(8, all_layers=False) == 30 * 8 * (576 + 576 + 192 + 576)
    everything = 2 * (4096 + 4096) * 2 + 3 * (4096 + 11_008)
    assert seven.num_adapted(4, all_layers=True) == 32 * 4 * everything


@pytest.mark.skipif(not is_installed("smollm"), reason="the weights are an extra")
def test_smollm_has_the_shapes_that_are_written_here():
    from gguf import GGUFReader

    tensors = {tensor.name: tuple(map(int, tensor.shape)) for tensor in GGUFReader(weights_file("smollm")).tensors}
    names = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output"}
    names |= {"gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down"}
    for ours, theirs in names.items():
        assert tensors[f"blk.29.{theirs}.weight"] == LARGE[0].matrices[ours][::-1]
    assert "blk.30.attn_q.weight" not in tensors
    assert tensors["token_embd.weight"] == (576, 49_152)
    assert "output.weight" not in tensors, "the last layer is the embedding again"
