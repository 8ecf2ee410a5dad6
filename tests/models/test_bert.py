"""BERT's encoder: transformers' numbers, with random weights and with the trained ones."""

import pytest
import torch

from data.extras import weights_file
from data.vision import load_torchvision
from experiments.pretrained_sentences import network, tokenizer
from models.bert import Bert
from models.encoder import SimpleTransformerEncoder

SIZES = {"vocab_size": 40, "d_model": 16, "n_heads": 4, "num_layers": 2, "dim_feedforward": 24, "max_len": 12}
TEXTS = ["The film was good.", "How can I lose weight?", "Unbelievably, <b>naïve</b> cafés cost €1,000 — don't they?"]


def build():
    torch.manual_seed(0)
    return Bert(**SIZES).eval()


def theirs():
    """The same network as the library transformers has it."""
    load_torchvision()
    from transformers import AutoModel

    model = AutoModel.from_pretrained(weights_file("minilm").parent, attn_implementation="eager", local_files_only=True)
    return model.eval()


def batch(pairs):
    read = tokenizer().encode_batch(pairs)
    longest = max(len(one.ids) for one in read)
    fill = [[0] * (longest - len(one.ids)) for one in read]
    ids, types = (
        torch.tensor([getattr(one, name) + zeros for one, zeros in zip(read, fill, strict=True)])
        for name in ("ids", "type_ids")
    )
    return ids, types, ids != 0


@torch.inference_mode()
def test_it_gives_what_transformers_gives_with_the_trained_weights():
    model = theirs()
    ids, types, is_token = batch([(TEXTS[0], TEXTS[1]), TEXTS[1], TEXTS[2]])
    assert types.any()
    expected = model(ids, is_token.long(), types, output_attentions=True)
    states, weights = network()(ids, types, is_token)
    assert weights.shape[:3] == (6, 3, 12)
    torch.testing.assert_close(states[is_token], expected.last_hidden_state[is_token], atol=1e-5, rtol=1e-5)
    for ours, other in zip(weights, expected.attentions, strict=True):
        rows = is_token[:, None, :, None].expand_as(ours)
        torch.testing.assert_close(ours[rows], other[rows], atol=1e-5, rtol=1e-5)
    mask = is_token[:, :, None].float()  # as its model card pools
    pooled = (expected.last_hidden_state * mask).sum(1) / mask.sum(1)
    pooled = torch.nn.functional.normalize(pooled, dim=1)
    torch.testing.assert_close(network().sentence_vectors(ids, types, is_token), pooled, atol=1e-5, rtol=1e-5)


def test_every_trained_weight_is_used_but_the_two_that_the_mean_does_not_need():
    num_theirs = sum(weight.numel() for name, weight in theirs().named_parameters() if "pooler" not in name)
    assert sum(weight.numel() for weight in network().parameters()) == num_theirs == 22_565_376


@torch.no_grad()
def test_rows_of_weights_sum_to_1_and_nobody_looks_at_padding():
    tokens = torch.tensor([[3, 4, 5, 0, 0], [6, 7, 8, 9, 10]])
    _, weights = build()(tokens, is_token=tokens != 0)
    assert weights.shape == (2, 2, 4, 5, 5)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 2, 4, 5))
    assert not weights[:, 0, :, :, 3:].any()


@torch.no_grad()
def test_padding_changes_no_vector():
    model, tokens = build(), torch.tensor([[3, 4, 5]])
    filled = torch.tensor([[3, 4, 5, 0, 0]])
    vectors = model.sentence_vectors(tokens)
    torch.testing.assert_close(model.sentence_vectors(filled, is_token=filled != 0), vectors)
    assert not torch.allclose(model.sentence_vectors(filled), vectors, atol=1e-3)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(1))


@torch.no_grad()
def test_the_mean_by_hand():
    model, tokens = build(), torch.tensor([[3, 4, 5]])
    mean = model(tokens)[0][0].mean(0)
    torch.testing.assert_close(model.sentence_vectors(tokens)[0], mean / mean.norm())


@torch.no_grad()
def test_places_and_the_two_texts_matter():
    model, tokens = build(), torch.tensor([[3, 4, 5, 6]])
    vectors = model.sentence_vectors(tokens)
    assert not torch.allclose(model.sentence_vectors(tokens.flip(1)), vectors, atol=1e-4)
    assert not torch.allclose(model.sentence_vectors(tokens, torch.tensor([[0, 0, 1, 1]])), vectors, atol=1e-4)


def test_every_parameter_gets_a_gradient():
    model = build()
    model.sentence_vectors(torch.arange(12)[None] + 3, torch.arange(12)[None] % 2)[0, 0].backward()
    assert all(weight.grad is not None for weight in model.parameters())


def test_it_differs_from_the_page_s_encoder_as_its_docstring_says():
    page, ours = SimpleTransformerEncoder(40), Bert(vocab_size=40)
    activations = [block.feed_forward[1] for block in (page.encoder[0], ours.blocks[0])]
    assert [type(one) for one in activations] == [torch.nn.ReLU, torch.nn.GELU]
    assert (len(ours.blocks), ours.blocks[0].attention.n_heads) == (6, 12)
    assert (len(page.encoder), page.encoder[0].attention.n_heads) == (2, 4)


@pytest.mark.parametrize("text", TEXTS)
def test_the_tokenizer_is_the_one_it_was_trained_with(text):
    load_torchvision()
    from transformers import AutoTokenizer

    expected = AutoTokenizer.from_pretrained(weights_file("minilm").parent, local_files_only=True)(text)["input_ids"]
    assert tokenizer().encode(text).ids == expected
