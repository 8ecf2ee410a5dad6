"""SmolLM2 as installed: the numbers of transformers, the file's own template, and what is told is what it says."""

import jinja2
import numpy as np
import pytest
import torch
from torch import nn

from data.dataset import DataError
from data.extras import MissingExtraError
from data.vision import load_torchvision
from experiments.decoder_writing import Drawing
from experiments.pretrained_language import MAX_TOKENS, asked, next_logits, read_through, smollm, tokens_of
from experiments.pretrained_lens import MOST_TOKENS, BlockLens, look_through
from experiments.pretrained_shelf import memory
from experiments.pretrained_writing import QUESTIONS, Letter, answer_to

TEXT = "The capital of France is"


def halves_apart(weight, heads):
    """Rows of queries or keys in the order of transformers: first numbers of all pairs of a head, then the second."""
    return weight.unflatten(0, (heads, -1, 2)).transpose(1, 2).flatten(0, 2)


def transformers_weights(network):
    """Our weights under the names that transformers gives them."""
    names = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "out": "o_proj"}
    found = {"model.embed_tokens.weight": network.token_emb.weight, "model.norm.weight": network.norm.weight}
    for number, block in enumerate(network.blocks):
        begin, attention = f"model.layers.{number}", block.attention
        for ours, theirs in names.items():
            weight = getattr(attention, ours).weight
            if ours in ("query", "key"):
                weight = halves_apart(weight, attention.n_heads if ours == "query" else attention.n_kv_heads)
            found[f"{begin}.self_attn.{theirs}.weight"] = weight
        for part in ("gate", "up", "down"):
            found[f"{begin}.mlp.{part}_proj.weight"] = getattr(block.feed_forward, part).weight
        found[f"{begin}.input_layernorm.weight"] = block.norm1.weight
        found[f"{begin}.post_attention_layernorm.weight"] = block.norm2.weight
    return {**found, "lm_head.weight": network.token_emb.weight}


@pytest.fixture(scope="module")
def reference() -> nn.Module:
    """The network of transformers with the same weights, in the same memory."""
    load_torchvision()
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=49_152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
        num_key_value_heads=3, rms_norm_eps=1e-5, rope_parameters={"rope_type": "default", "rope_theta": 100_000.0},
        tie_word_embeddings=True, attn_implementation="eager",
    )  # fmt: skip
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    weights = {name: weight.detach() for name, weight in transformers_weights(smollm().network).items()}
    model.load_state_dict(weights, assign=True)
    model.model.rotary_emb = type(model.model.rotary_emb)(config)  # its table of angles was on no device
    return model.eval()


def test_the_logits_are_those_of_transformers(reference):
    x = tokens_of("The capital of France is Paris, and in 1789 there was a revolution.")[None]
    with torch.inference_mode():
        theirs, ours = reference(x, output_attentions=True, output_hidden_states=True), smollm().network(x)
        embedded = smollm().network.token_emb(x)
        streams, weights = zip(*smollm().network.blocks_in_turn(embedded), strict=True)
    assert (ours - theirs.logits).abs().max() < 1e-4 * theirs.logits.abs().max()
    torch.testing.assert_close(ours.softmax(-1), theirs.logits.softmax(-1), rtol=0, atol=1e-4)
    torch.testing.assert_close(torch.stack(weights), torch.stack(theirs.attentions), rtol=0, atol=1e-4)
    for one, other in zip((embedded, *streams[:-1]), theirs.hidden_states[:-1], strict=True):
        assert (one - other).abs().max() < 1e-4 * other.abs().max()


def test_with_and_without_the_cache_the_same_is_said():
    x, network = tokens_of(TEXT + " a large city on the river")[None], smollm().network
    caches = network.fresh_caches()
    with torch.inference_mode():
        pieces = [network(piece, caches=caches) for piece in x.split([4, 1, 1, x.shape[1] - 6], dim=1)]
        whole = network(x)
    assert (torch.cat(pieces, dim=1) - whole).abs().max() < 1e-4 * whole.abs().max()
    kept = sum(one.keys.numel() + one.values.numel() for one in caches)
    assert kept == 2 * 30 * 192 * x.shape[1]


def test_what_comes_later_changes_nothing_before():
    texts = [tokens_of(TEXT + end)[None] for end in (" Paris", " London")]
    with torch.inference_mode():
        paris, london = (smollm().network(x) for x in texts)
    torch.testing.assert_close(paris[:, :-1], london[:, :-1], rtol=1e-4, atol=1e-4)
    assert not torch.allclose(paris[:, -1], london[:, -1], atol=0.1)


def test_nothing_is_loaded_twice_and_memory_is_told():
    assert smollm() is smollm()
    assert memory()["smollm"] == 4 * sum(one.num_weights for one in smollm().stored) == 538_060_032
    assert not any(weight.requires_grad for weight in smollm().parameters())


def test_bits_per_weight_are_those_of_the_file():
    stored = {one.kind: one for one in smollm().stored}
    # 32 weights of 4 bits with two numbers of 16; 32 of 8 bits with one
    assert stored["Q4_1"].bits == (32 * 4 + 2 * 16) / 32
    assert stored["Q8_0"].bits == (32 * 8 + 16) / 32
    assert stored["F32"].bits == 32
    assert sum(one.num_tensors for one in stored.values()) == 272


@pytest.mark.parametrize("text", ["The year 1984 isn't far.", "  two spaces\n\nand lines", "naïve 東京 🙂"])
def test_a_text_is_cut_and_put_together_again(text):
    tokenizer = smollm().tokenizer
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_digits_stand_alone_and_the_template_has_special_tokens():
    tokenizer = smollm().tokenizer
    assert [tokenizer.vocabulary[token] for token in tokenizer.encode("in 1984")] == ["in", "␣", "1", "9", "8", "4"]
    ids = tokens_of("Hello", is_question=True).tolist()
    assert ids[0] == 1
    assert ids.count(1) == 3
    assert ids.count(2) == 2


def test_a_question_is_written_down_as_the_file_says():
    template = jinja2.Environment(autoescape=False).from_string(smollm().template)
    told = template.render(messages=[{"role": "user", "content": "Who?"}], add_generation_prompt=True)
    assert asked("Who?") == told


def test_the_likeliest_token_is_the_answer():
    assert smollm().tokenizer.decode([int(next_logits(TEXT).argmax())]) == " Paris"
    assert smollm().tokenizer.decode([int(next_logits("2, 4, 6, 8,").argmax())]) == " "
    with pytest.raises(ValueError, match="read-only"):
        next_logits(TEXT)[0] = 0  # it is shared


@pytest.mark.parametrize("text", ["", " \n"])
def test_no_text_costs_a_sentence(text):
    with pytest.raises(DataError, match="There is no text"):
        tokens_of(text)


@pytest.mark.parametrize(("text", "words"), [("a" * 501, "501 letters"), ("7" * 300, "300 tokens")])
def test_a_long_text_costs_a_sentence(text, words):
    with pytest.raises(DataError, match=f"{words}.*at most.*{MAX_TOKENS} tokens"):
        tokens_of(text)


# ---- surprise ------------------------------------------------------------------------------------------------------


def test_surprise_is_what_the_network_says_of_the_next_token():
    found = read_through(TEXT + " Paris")
    logs = torch.tensor(next_logits(TEXT)).log_softmax(0)
    token = int(tokens_of(TEXT + " Paris")[-1])
    assert found.nats[-1] == pytest.approx(-logs[token].item(), abs=1e-4)
    assert np.isnan(found.nats[0])
    assert found.ranks[-1] == 1
    assert found.likely[-1][0][0] == "␣Paris"
    with pytest.raises(DataError, match="single token"):
        read_through("The")


# ---- writing -------------------------------------------------------------------------------------------------------


def test_the_template_makes_it_answer():
    plain, chat = (Letter("What is the capital of France?", is_question=chosen) for chosen in (False, True))
    for _ in range(10):
        for letter in (plain, chat):
            letter.go_on(Drawing(0.0))
    assert chat.text == "The capital of France is Paris."
    assert chat.is_done
    assert len(chat.ids) == 8  # nothing is written behind the end
    assert chat.shares == [1.0] * 8
    assert chat.seconds > 0
    assert plain.is_done
    assert plain.text == ""  # trained on conversations: who has asked has finished


def test_without_the_template_it_goes_on():
    letter = Letter("Once upon a time", is_question=False)
    for _ in range(5):
        letter.go_on(Drawing(0.0))
    assert len(letter.ids) == 5
    assert letter.text.startswith(", ")


def test_a_seed_fixes_what_is_written():
    texts = []
    for seed in (1, 1, 2):
        letter = Letter("Once upon a time", is_question=False, seed=seed)
        for _ in range(6):
            letter.go_on(Drawing(1.0))
        texts.append(letter.text)
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.right)
def test_it_is_wrong_where_the_page_says_so(question):
    answer = answer_to(question)
    assert answer.is_right == (question.right == "Paris")
    assert answer.text
    assert 0.3 < answer.mean_chance < 1, "it is not unsure"


def test_a_sum_that_is_wrong_is_wrong():
    assert answer_to(QUESTIONS[3]).text == "12 times 12 is equal to 120."
    assert QUESTIONS[3].right == "144"


# ---- lens ----------------------------------------------------------------------------------------------------------


def test_the_last_reading_is_what_the_network_says():
    seen = look_through(TEXT)
    logits = next_logits(TEXT)
    assert len(seen.readings) == 31
    assert seen.ids[-1, -1, 0] == logits.argmax()
    assert seen.chances[-1, -1, 0] == pytest.approx(torch.tensor(logits).softmax(0).max().item(), abs=1e-4)
    assert (seen.ranks[-1] == 1).all()
    np.testing.assert_allclose(seen.shares[-1], seen.chances[-1, :, 0], rtol=1e-5)
    assert seen.weights.shape == (30, 9, 5, 5)
    np.testing.assert_allclose(seen.weights.sum(-1), 1, atol=1e-5)
    assert np.triu(seen.weights, 1).max() == 0
    assert seen.ranks[0, -1] > 1000, "the embeddings know the answer"


def test_an_answer_leads_from_where_it_is_not_overtaken_again():
    ranks = np.array([[1, 5], [3, 4], [1, 1], [1, 2], [1, 1]])
    empty = np.zeros((5, 2, 1))
    seen = BlockLens(("a", "b"), tuple("01234"), empty, empty, ranks, ranks / 10, np.zeros((4, 1, 2, 2)))
    assert seen.leads_from.tolist() == [2, 4]
    always = BlockLens(("a",), tuple("01"), empty, empty, np.ones((2, 1)), np.ones((2, 1)), np.zeros((1, 1, 1, 1)))
    assert always.leads_from.tolist() == [0]


def test_too_much_for_the_picture_costs_a_sentence():
    with pytest.raises(DataError, match=f"at most {MOST_TOKENS} fit"):
        look_through("one " * 20)


def test_without_the_extra_it_says_how_to_get_it(without_extras, monkeypatch):
    monkeypatch.setattr("experiments.pretrained_shelf._shelf", {})
    with pytest.raises(MissingExtraError, match="SmolLM2-135M-Instruct is not installed"):
        smollm()
