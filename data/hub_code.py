"""The lines of Python that load a network of the hub by its name, as one copies them into a notebook."""

from typing import Final

from data.hub_models import HubModel

_TIMM: Final = """import timm
import torch
from PIL import Image

model = timm.create_model("hf-hub:{name}", pretrained=True).eval()
config = timm.data.resolve_model_data_config(model)
transform = timm.data.create_transform(**config, is_training=False)
picture = transform(Image.open("picture.jpg").convert("RGB"))[None]
with torch.inference_mode():
    chances = model(picture).softmax(-1)[0]
print(chances.topk(min(5, len(chances))))
"""
_TEXT: Final = """import torch
from transformers import AutoTokenizer, {auto}

name = "{name}"
tokenizer = AutoTokenizer.from_pretrained(name)
model = {auto}.from_pretrained(name, use_safetensors=True, trust_remote_code=False).eval()
text = tokenizer({text}, return_tensors="pt")
with torch.inference_mode():
    {use}
"""
_OTHER: Final = """from transformers import AutoModel

model = AutoModel.from_pretrained("{name}", use_safetensors=True, trust_remote_code=False).eval()
print(model)
"""
_USES: Final = {
    "fill-mask": (
        "AutoModelForMaskedLM",
        'f"The sky is {tokenizer.mask_token}."',
        'place = (text["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0, 0]\n'
        "    chances = model(**text).logits[0, place].softmax(-1)\n"
        "print(tokenizer.convert_ids_to_tokens(chances.topk(5).indices))",
    ),
    "text-generation": (
        "AutoModelForCausalLM",
        '"The sky is"',
        "written = model.generate(**text, max_new_tokens=20, do_sample=False)\nprint(tokenizer.decode(written[0]))",
    ),
    "text-classification": (
        "AutoModelForSequenceClassification",
        '"The sky is blue."',
        "chances = model(**text).logits[0].softmax(-1)\n"
        "print({model.config.id2label[index]: float(chance) for index, chance in enumerate(chances)})",
    ),
}


def code_of(model: HubModel) -> str:
    """A program that loads it and asks it something; empty for a library that this app does not know."""
    if model.kind == "timm":
        return _TIMM.format(name=model.name)
    if model.kind == "other":
        return ""
    if model.task not in _USES:
        return _OTHER.format(name=model.name)
    auto, text, use = _USES[model.task]
    return _TEXT.format(name=model.name, auto=auto, text=text, use=use)
