"""Networks of timm and transformers from files that somebody else made: loaded, counted, asked, and refused."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from data.dataset import DataError
from data.photos import colour_picture
from experiments.pretrained_hub import in_torchvision, layers, let_go, load, tensors, timm_twin
from experiments.pretrained_hub_answers import MAX_LETTERS, classify, complete
from tests.experiments.hub_networks import save_bert, save_gpt, save_t5, save_timm
from tests.training.toy import is_sentence

PHOTO = (colour_picture("flower") * 255).astype(np.uint8)


def test_a_network_of_timm_answers_as_timm_itself_does(tmp_path):
    network = load(save_timm(tmp_path), "timm")
    import timm
    from PIL import Image

    assert network.answers == "picture"
    assert network.num_parameters == sum(one.numel() for one in load_file(tmp_path / "model.safetensors").values()) - (
        sum(one.numel() for one in network.module.buffers())
    )
    assert not network.module.training
    assert not any(one.requires_grad for one in network.module.parameters())
    found = classify(network, PHOTO)
    assert set(found.names) == {"cat", "dog", "fish"}
    assert found.chances.sum() == pytest.approx(1, abs=1e-5)
    module = timm.create_model(f"local-dir:{tmp_path}", pretrained=True).eval()
    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(module), is_training=False)
    with torch.inference_mode():
        wanted = module(transform(Image.fromarray(PHOTO))[None]).softmax(-1)[0].sort(descending=True)
    np.testing.assert_allclose(found.chances, wanted.values.numpy(), atol=1e-6)
    assert found.names == tuple(["cat", "dog", "fish"][index] for index in wanted.indices)
    assert layers(network).num_parameters == network.num_parameters


def test_a_gap_is_filled(tmp_path):
    network = load(save_bert(tmp_path), "transformers")
    assert network.answers == "gap"
    found = complete(network, "The sky is ___.")
    assert len(found.names) == 5
    assert np.all(np.diff(found.chances) <= 0)
    given = network.tokenizer("The sky is [MASK].", return_tensors="pt")
    with torch.inference_mode():
        chances = network.module(**given).logits[0, 4].softmax(-1)
    assert found.chances[0] == pytest.approx(float(chances.max()), abs=1e-6)
    assert found.names[0] == network.tokenizer.decode([int(chances.argmax())])
    assert layers(network).num_parameters == network.num_parameters
    for text in ("no gap", "___ two ___"):
        with pytest.raises(DataError, match="three underscores") as wrong:
            complete(network, text)
        assert is_sentence(str(wrong.value))
    with pytest.raises(DataError, match="lies beyond"):
        complete(network, "cat " * 60 + "___")


def test_a_text_goes_on(tmp_path):
    network = load(save_gpt(tmp_path), "transformers")
    assert network.answers == "goes on"
    found = complete(network, "the little cat")
    assert len(found.names) == 5
    given = network.tokenizer("the little cat", return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        chances = network.module(given).logits[0, -1].softmax(-1)
    assert found.chances[0] == pytest.approx(float(chances.max()), abs=1e-6)
    wanted = network.module.generate(given, max_new_tokens=20, do_sample=False, pad_token_id=3)[0, given.shape[1] :]
    assert found.text == network.tokenizer.decode(wanted, skip_special_tokens=True)
    assert complete(network, "cat " * MAX_LETTERS).names, "a long text is cut, not refused"
    assert layers(network).num_parameters == network.num_parameters
    with pytest.raises(DataError, match="no text"):
        complete(network, "  ")


def test_a_text_gets_a_class(tmp_path):
    network = load(save_bert(tmp_path, "SequenceClassification"), "transformers")
    assert network.answers == "classes"
    found = complete(network, "the cat is blue")
    assert sorted(found.names) == ["glad", "sad"]
    assert found.chances.sum() == pytest.approx(1, abs=1e-5)


def test_what_cannot_be_asked_has_a_table_all_the_same(tmp_path):
    base = load(save_bert(tmp_path / "base", ""), "transformers")
    assert base.answers == ""
    assert layers(base).num_parameters == base.num_parameters
    pair = load(save_t5(tmp_path / "pair"), "transformers")
    assert pair.answers == ""
    assert layers(pair) is None, "it needs two inputs"
    assert sum(int(np.prod(shape)) for _, shape, _ in tensors(pair)) == pair.num_parameters


def test_weights_that_the_file_lacks_are_counted_and_silence_it(tmp_path):
    save_bert(tmp_path)
    held = load_file(tmp_path / "model.safetensors")
    lost = held.pop("bert.encoder.layer.0.output.dense.weight")
    save_file(held, tmp_path / "model.safetensors", metadata={"format": "pt"})
    network = load(tmp_path, "transformers")
    assert network.num_random == lost.numel()
    assert network.answers == ""


def test_halves_become_whole_numbers_in_memory(tmp_path):
    save_bert(tmp_path)
    held = {name: one.half() for name, one in load_file(tmp_path / "model.safetensors").items()}
    save_file(held, tmp_path / "model.safetensors", metadata={"format": "pt"})
    network = load(tmp_path, "transformers")
    assert {kind for _, _, kind in tensors(network)} == {"float32"}
    buffers = sum(one.numel() * one.element_size() for one in network.module.buffers())
    assert network.num_bytes == 4 * network.num_parameters + buffers


def test_names_of_torchvision_are_known_and_so_are_their_twins(without_extras, monkeypatch):
    assert in_torchvision("resnet50")
    assert not in_torchvision("resnet51")
    assert timm_twin("resnet50") == ""
    monkeypatch.undo()
    assert timm_twin("resnet50") == "timm/resnet50.tv_in1k"
    assert timm_twin("maskrcnn_resnet50_fpn") == ""


def _edit(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("kind", ["timm", "transformers"])
def test_a_damaged_file_is_one_sentence(tmp_path, kind):
    folder = save_timm(tmp_path) if kind == "timm" else save_bert(tmp_path)
    content = (folder / "model.safetensors").read_bytes()
    for damaged in (content[: len(content) // 2], b"", b"\xff" * 1000):
        (folder / "model.safetensors").write_bytes(damaged)
        with pytest.raises(DataError, match="damaged") as found:
            load(folder, kind)
        assert is_sentence(str(found.value))


def test_what_a_config_asks_too_much_is_refused_before_memory_is_taken(tmp_path):
    save_bert(tmp_path)
    _edit(tmp_path, vocab_size=10**9)
    with pytest.raises(DataError, match="its file holds") as found:
        load(tmp_path, "transformers")
    assert is_sentence(str(found.value))
    _edit(tmp_path, vocab_size=15, num_hidden_layers=10**6)
    with pytest.raises(DataError, match="asks for 1,000,000 layers"):
        load(tmp_path, "transformers")
    save_timm(tmp_path / "timm")
    _edit(tmp_path / "timm", model_args={"layers": [10**6, 1, 1, 1]})
    with pytest.raises(DataError, match="asks for 1,000,000 layers"):
        load(tmp_path / "timm", "timm")


@pytest.mark.parametrize("asked", [{"input_size": [3, 50_000, 50_000]}, {"crop_pct": 1e-4}])
def test_pictures_that_would_fill_the_memory_are_refused(tmp_path, asked):
    save_timm(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    _edit(tmp_path, pretrained_cfg=config["pretrained_cfg"] | asked)
    with pytest.raises(DataError, match="asks for pictures of") as found:
        load(tmp_path, "timm")
    assert is_sentence(str(found.value))


def test_how_it_writes_is_not_left_to_its_files(tmp_path):
    save_gpt(tmp_path)
    plain = complete(load(tmp_path, "transformers"), "the little cat").text
    (tmp_path / "generation_config.json").write_text(json.dumps({"num_beams": 10**6, "do_sample": True}))
    let_go()
    assert complete(load(tmp_path, "transformers"), "the little cat").text == plain


def test_a_network_that_fails_when_it_is_asked_costs_a_sentence(tmp_path):
    network = load(save_bert(tmp_path), "transformers")
    network.tokenizer.mask_token = None
    with pytest.raises(DataError, match="cannot be asked about this text") as found:
        complete(network, "The sky is ___.")
    assert is_sentence(str(found.value))
    seeing = load(save_timm(tmp_path / "timm"), "timm")
    seeing.module.pretrained_cfg["mean"] = ("nobody",) * 3
    with pytest.raises(DataError, match="cannot be shown this picture"):
        classify(seeing, PHOTO)
    let_go()


def test_code_that_comes_along_is_not_run(tmp_path):
    save_bert(tmp_path)
    (tmp_path / "modeling_own.py").write_text(f"open({str(tmp_path / 'was_run')!r}, 'w')\n")
    _edit(
        tmp_path, model_type="own", auto_map={"AutoConfig": "modeling_own.C", "AutoModelForMaskedLM": "modeling_own.M"}
    )
    with pytest.raises(DataError, match="transformers cannot load it") as found:
        load(tmp_path, "transformers")
    assert is_sentence(str(found.value))
    assert not (tmp_path / "was_run").exists()


@pytest.mark.parametrize("kind", ["timm", "transformers"])
def test_a_pickle_beside_is_not_opened(tmp_path, kind):
    folder = save_timm(tmp_path) if kind == "timm" else save_bert(tmp_path)
    (folder / "pytorch_model.bin").write_bytes(b"not even a pickle")
    load(folder, kind)
    let_go()
    (folder / "model.safetensors").unlink()
    with pytest.raises(DataError):
        load(folder, kind)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"architecture": "nobody"}', '{"model_type": "nobody"}'])
@pytest.mark.parametrize("kind", ["timm", "transformers"])
def test_a_config_that_says_nothing_is_one_sentence(tmp_path, kind, text):
    folder = save_timm(tmp_path) if kind == "timm" else save_bert(tmp_path)
    (folder / "config.json").write_text(text)
    with pytest.raises(DataError) as found:
        load(folder, kind)
    assert is_sentence(str(found.value))
