"""What a decoder costs: published totals come out, and of a live network everything is counted."""

import numpy as np
import pytest
import torch

from experiments.decoder import DecoderExperiment
from experiments.decoder_cost import (
    PARTS,
    PUBLISHED,
    Shape,
    live_cost,
    measured_cache_bytes,
    part_of,
    published_costs,
    shares,
)
from experiments.decoder_settings import DecoderSettings

TOTALS = {  # as counted in the published weights, each parameter once
    "GPT-2 small": 124_439_808,
    "GPT-2 medium": 354_823_168,
    "GPT-2 large": 774_030_080,
    "GPT-2 XL": 1_557_611_200,
}
ROUNDED = {"GPT-3 2.7B": 2.7e9, "GPT-3 6.7B": 6.7e9, "GPT-3 175B": 175e9}  # table 2.1 of the paper


def experiment(**changes):
    torch.manual_seed(0)
    return DecoderExperiment(DecoderSettings(**changes))


def test_published_totals_come_out_of_the_shapes():
    totals = {cost.name: cost.total for cost in published_costs()}
    assert totals.keys() == TOTALS.keys() | ROUNDED.keys()
    for name, total in TOTALS.items():
        assert totals[name] == total
    for name, total in ROUNDED.items():
        assert totals[name] == pytest.approx(total, rel=0.02)
    assert list(totals.values()) == sorted(totals.values())


KINDS = ({}, {"is_pre_norm": True, "is_tied": True}, {"positions": "RoPE"}, {"variant": "leaking"}, {"dropout": 0.1})


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_of_a_live_network_every_parameter_is_counted_once(changes):
    made = experiment(**changes)
    cost = live_cost(made, "this")
    assert cost.total == sum(weight.numel() for weight in made.parameters())
    assert all(count > 0 for count in cost.num_parameters[:4])
    assert (cost.num_parameters[4] == 0) == made.settings.is_tied


def test_the_formula_of_the_published_ones_fits_a_network_of_that_kind():
    made = experiment(is_pre_norm=True, is_tied=True, n_layers=2, positions="learned")
    settings, model = made.settings, made.model
    widening, rest = divmod(settings.dim_feedforward, settings.d_model)
    assert rest == 0
    shape = Shape("this", 2, settings.d_model, model.max_len, len(made.task.symbols), widening)
    told, counted = shape.cost(), live_cost(made, "this")
    assert told.num_parameters == counted.num_parameters
    assert told.num_operations == pytest.approx(counted.num_operations), "counted in one pass over a full context"
    assert (told.num_cached, told.max_len) == (counted.num_cached, counted.max_len)


def test_operations_by_hand():
    cost = Shape("tiny", 1, 2, max_len=3, vocab_size=5).cost()
    # four 2 × 2 products and twice three places of width 2; 2 → 8 → 2; 2 → 5; two operations each
    assert cost.num_operations == (0, 2 * (16 + 12), 2 * 32, 0, 2 * 10)
    assert cost.num_parameters == (5 * 2 + 3 * 2, 16 + 8, 32 + 8 + 2, 4 * 2 + 4, 0)


@pytest.mark.parametrize("num_tokens", [1, 7])
def test_the_cache_of_a_real_pass_has_the_bytes_of_the_formula(num_tokens):
    made = experiment(n_layers=3)
    cost = live_cost(made, "this")
    assert measured_cache_bytes(made.model, num_tokens) == cost.cache_bytes(num_tokens, 4)
    np.testing.assert_array_equal(cost.cache_bytes(np.array([1, 2]), 2), np.array([1, 2]) * cost.num_cached * 2)


def test_gpt3_needs_nine_gibibytes_for_a_full_context_in_half_precision():
    largest = published_costs()[-1]
    assert largest.cache_bytes(largest.max_len, 2) == 2 * 96 * 12288 * 2048 * 2 == 9 * 2**30


def test_shares_sum_to_one():
    for quantity in ("num_parameters", "num_operations"):
        table = shares(published_costs(), quantity)
        assert table.shape == (len(PUBLISHED), len(PARTS))
        np.testing.assert_allclose(table.sum(1), 1)


def test_a_stranger_belongs_to_no_part():
    assert part_of("blocks.1.cross_attention.qkv") == "attention"
    with pytest.raises(ValueError, match="no part"):
        part_of("blocks.0.convolution")
