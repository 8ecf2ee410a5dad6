"""Tiny random networks of timm and transformers, saved as they stand on the hub."""

from pathlib import Path
from typing import Any

import torch

from data.vision import load_torchvision

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "little",
    "cat",
    "sat",
    "on",
    "mat",
    "sky",
    "is",
    "blue",
    ".",
]
SHAPE = {"vocab_size": len(WORDS), "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
         "intermediate_size": 32, "max_position_embeddings": 40}  # fmt: skip


def read(folder: Path) -> dict[str, bytes]:
    """The files of a folder, as the hub would serve them."""
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


def save_timm(folder: Path, **changes: Any) -> Path:
    """A residual network for three classes with names."""
    load_torchvision()
    import timm
    from timm.models import save_for_hf

    torch.manual_seed(0)
    module = timm.create_model("test_resnet", pretrained=False, num_classes=3, **changes)
    config = {"num_classes": 3, "label_names": ["cat", "dog", "fish"]}
    save_for_hf(module, folder, model_config=config, safe_serialization=True)
    return folder


def save_bert(folder: Path, head: str = "MaskedLM", **changes: Any) -> Path:
    """An encoder with a vocabulary of fifteen words."""
    load_torchvision()
    import transformers

    torch.manual_seed(0)
    config = transformers.BertConfig(**{**SHAPE, **changes})
    if head == "SequenceClassification":
        config.id2label, config.label2id = {0: "glad", 1: "sad"}, {"glad": 0, "sad": 1}
    name = f"BertFor{head}" if head else "BertModel"
    getattr(transformers, name)(config).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def save_gpt(folder: Path) -> Path:
    """A decoder with the same words."""
    load_torchvision()
    import transformers

    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=len(WORDS), n_embd=16, n_layer=2, n_head=2, n_positions=40, bos_token_id=2, eos_token_id=3
    )
    transformers.GPT2LMHeadModel(config).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def save_t5(folder: Path) -> Path:
    """An encoder with a decoder, which needs two inputs."""
    load_torchvision()
    import transformers

    torch.manual_seed(0)
    config = transformers.T5Config(vocab_size=len(WORDS), d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    transformers.T5ForConditionalGeneration(config).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def _tokenizer() -> Any:
    import transformers
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    words = {word: place for place, word in enumerate(WORDS)}
    made = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation()])
    made.add_special_tokens(WORDS[:5])
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]", eos_token="[SEP]", model_max_length=40,
    )  # fmt: skip
