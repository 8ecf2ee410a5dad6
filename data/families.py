"""Well-known networks: when they came, how large they are, what they learnt from, and on which terms they are given.

Numbers are those of the papers, or counted from the weights where somebody can count them: torchvision's registry and
the weights that install with the page `pretrained` are compared by the tests. Licences are those of trained weights,
not of programs.
"""

from typing import Final, Literal, NamedTuple

Task = Literal[
    "name what a picture shows",
    "find things in pictures",
    "pictures and words",
    "make pictures",
    "represent words and text",
    "translate and rewrite",
    "go on writing",
    "speech",
    "molecules and proteins",
]
TASKS: Final[tuple[Task, ...]] = (
    "name what a picture shows", "find things in pictures", "pictures and words", "make pictures",
    "represent words and text", "translate and rewrite", "go on writing", "speech", "molecules and proteins",
)  # fmt: skip

_SEE: Final = "name what a picture shows"
_FIND: Final = "find things in pictures"
_BOTH: Final = "pictures and words"
_MAKE: Final = "make pictures"
_READ: Final = "represent words and text"
_REWRITE: Final = "translate and rewrite"
_WRITE: Final = "go on writing"
_HEAR: Final = "speech"
_CHEM: Final = "molecules and proteins"
_ARXIV: Final = "https://arxiv.org/abs/"
_IMAGENET: Final = "ImageNet-1k: 1.28 million photos, 1,000 classes"
_COCO: Final = "COCO: 118,000 photos with outlines"
NOT_GIVEN: Final = "no weights were given away"
_TORCHVISION: Final = "not stated for the weights; torchvision itself is BSD-3-Clause"
_WEB: Final = "text of the web and books"


class Family(NamedTuple):
    """One network on the map, as the best-known member of its family.

    Attributes:
        name: with the size, where there are several.
        year: in which it was published.
        parameters: weights and biases.
        task: what it is for.
        data: what it learnt from.
        licence: of the trained weights.
        where: where to find them, a name on the hub or of torchvision; empty if nowhere.
        paper: its address; the documentation where there is no paper.
        registry: its name in torchvision, whose number this is; else empty.
    """

    name: str
    year: int
    parameters: int
    task: Task
    data: str
    licence: str
    where: str
    paper: str
    registry: str = ""


def _of_torchvision(
    name: str, year: int, parameters: int, registry: str, paper: str, task: Task = _SEE, data: str = _IMAGENET
) -> Family:
    where = f"torchvision: {registry}"
    return Family(name, year, parameters, task, data, _TORCHVISION, where, _ARXIV + paper, registry)


FAMILIES: Final = (
    Family("LeNet-5", 1998, 60_000, _SEE, "MNIST: 60,000 written digits", NOT_GIVEN, "",
           "https://doi.org/10.1109/5.726791"),
    _of_torchvision("AlexNet", 2012, 61_100_840, "alexnet", "1404.5997"),
    _of_torchvision("VGG-16", 2014, 138_357_544, "vgg16", "1409.1556"),
    _of_torchvision("GoogLeNet", 2014, 6_624_904, "googlenet", "1409.4842"),
    _of_torchvision("ResNet-50", 2015, 25_557_032, "resnet50", "1512.03385"),
    _of_torchvision("SqueezeNet", 2016, 1_248_424, "squeezenet1_0", "1602.07360"),
    _of_torchvision("DenseNet-121", 2016, 7_978_856, "densenet121", "1608.06993"),
    _of_torchvision("MobileNetV2", 2018, 3_504_872, "mobilenet_v2", "1801.04381"),
    _of_torchvision("EfficientNet-B0", 2019, 5_288_548, "efficientnet_b0", "1905.11946"),
    Family("EfficientNet-Lite0", 2020, 4_652_008, _SEE, _IMAGENET, "Apache-2.0", "this page, tab “A picture”",
           _ARXIV + "1905.11946"),
    _of_torchvision("ViT-B/16", 2020, 86_567_656, "vit_b_16", "2010.11929"),
    _of_torchvision("Swin-T", 2021, 28_288_354, "swin_t", "2103.14030"),
    _of_torchvision("ConvNeXt-T", 2022, 28_589_128, "convnext_tiny", "2201.03545"),
    _of_torchvision("Faster R-CNN", 2015, 41_755_286, "fasterrcnn_resnet50_fpn", "1506.01497", _FIND, _COCO),
    Family("U-Net", 2015, 31_030_658, _FIND, "30 microscope pictures of cells", "not stated",
           "https://lmb.informatik.uni-freiburg.de/people/ronneber/u-net/", _ARXIV + "1505.04597"),
    _of_torchvision("Mask R-CNN", 2017, 44_401_393, "maskrcnn_resnet50_fpn", "1703.06870", _FIND, _COCO),
    Family("DETR", 2020, 41_000_000, _FIND, _COCO, "Apache-2.0", "hub: facebook/detr-resnet-50",
           _ARXIV + "2005.12872"),
    Family("YOLOv8n", 2023, 3_200_000, _FIND, _COCO, "AGPL-3.0", "Ultralytics: yolov8n",
           "https://docs.ultralytics.com/models/yolov8/"),
    Family("SAM (ViT-B)", 2023, 93_700_000, _FIND, "SA-1B: 11 million photos, 1.1 billion outlines", "Apache-2.0",
           "hub: facebook/sam-vit-base", _ARXIV + "2304.02643"),
    Family("CLIP (ViT-B/32)", 2021, 151_277_313, _BOTH, "400 million pictures of the web with their words", "MIT",
           "https://github.com/openai/CLIP", _ARXIV + "2103.00020"),
    Family("DCGAN (generator)", 2015, 3_576_704, _MAKE, "faces or bedrooms, in PyTorch's example of it",
           "no weights with it; the example is BSD-3-Clause", "https://github.com/pytorch/examples/tree/main/dcgan",
           _ARXIV + "1511.06434"),
    Family("DDPM (CIFAR-10)", 2020, 35_700_000, _MAKE, "CIFAR-10: 50,000 small photos", "Apache-2.0",
           "hub: google/ddpm-cifar10-32", _ARXIV + "2006.11239"),
    Family("Stable Diffusion 1.5 (U-Net)", 2022, 860_000_000, _MAKE, "LAION: pictures of the web with their words",
           "CreativeML OpenRAIL-M, which forbids some uses", "hub: stable-diffusion-v1-5/stable-diffusion-v1-5",
           _ARXIV + "2112.10752"),
    Family("GloVe (6B, 300 numbers)", 2014, 120_000_000, _READ, "Wikipedia 2014 and Gigaword 5", "PDDL-1.0",
           "https://nlp.stanford.edu/projects/glove/", "https://aclanthology.org/D14-1162/"),
    Family("BERT base", 2018, 110_000_000, _READ, "BooksCorpus and Wikipedia", "Apache-2.0",
           "hub: google-bert/bert-base-uncased", _ARXIV + "1810.04805"),
    Family("BERT large", 2018, 340_000_000, _READ, "BooksCorpus and Wikipedia", "Apache-2.0",
           "hub: google-bert/bert-large-uncased", _ARXIV + "1810.04805"),
    Family("RoBERTa base", 2019, 125_000_000, _READ, "160 GB of text", "MIT", "hub: FacebookAI/roberta-base",
           _ARXIV + "1907.11692"),
    Family("DistilBERT", 2019, 66_000_000, _READ, "BooksCorpus and Wikipedia, and BERT's answers", "Apache-2.0",
           "hub: distilbert/distilbert-base-uncased", _ARXIV + "1910.01108"),
    Family("all-MiniLM-L6-v2", 2021, 22_713_216, _READ, "1.17 billion pairs of sentences", "Apache-2.0",
           "this page, tab “Sentences”", _ARXIV + "2002.10957"),
    Family("seq2seq LSTM", 2014, 384_000_000, _REWRITE, "WMT'14: 12 million sentences, English and French",
           NOT_GIVEN, "", _ARXIV + "1409.3215"),
    Family("Transformer base", 2017, 65_000_000, _REWRITE, "WMT'14, English and German",
           "not stated for the weights; tensor2tensor is Apache-2.0", "https://github.com/tensorflow/tensor2tensor",
           _ARXIV + "1706.03762"),
    Family("T5 base", 2019, 220_000_000, _REWRITE, "C4: 750 GB of text of the web", "Apache-2.0",
           "hub: google-t5/t5-base", _ARXIV + "1910.10683"),
    Family("GPT", 2018, 117_000_000, _WRITE, "BooksCorpus", "MIT", "hub: openai-community/openai-gpt",
           "https://openai.com/index/language-unsupervised/"),
    Family("GPT-2", 2019, 124_439_808, _WRITE, "WebText: 40 GB of pages that Reddit links to", "MIT",
           "hub: openai-community/gpt2", "https://openai.com/index/better-language-models/"),
    Family("GPT-2 XL", 2019, 1_557_611_200, _WRITE, "WebText: 40 GB of pages that Reddit links to", "MIT",
           "hub: openai-community/gpt2-xl", "https://openai.com/index/better-language-models/"),
    Family("GPT-3", 2020, 175_000_000_000, _WRITE, f"300 billion tokens of {_WEB}", NOT_GIVEN, "",
           _ARXIV + "2005.14165"),
    Family("PaLM", 2022, 540_000_000_000, _WRITE, f"780 billion tokens of {_WEB}", NOT_GIVEN, "",
           _ARXIV + "2204.02311"),
    Family("BLOOM", 2022, 176_000_000_000, _WRITE, "ROOTS: 1.6 TB in 46 languages and 13 programming languages",
           "BigScience RAIL, which forbids some uses", "hub: bigscience/bloom", _ARXIV + "2211.05100"),
    Family("LLaMA 65B", 2023, 65_200_000_000, _WRITE, "1.4 trillion tokens of open text",
           "for research only, on request", "", _ARXIV + "2302.13971"),
    Family("Llama 2 7B", 2023, 6_738_415_616, _WRITE, "2 trillion tokens of open text",
           "Llama 2 Community License, which forbids some uses", "hub: meta-llama/Llama-2-7b-hf (on request)",
           _ARXIV + "2307.09288"),
    Family("Mistral 7B", 2023, 7_241_732_096, _WRITE, "not said", "Apache-2.0", "hub: mistralai/Mistral-7B-v0.1",
           _ARXIV + "2310.06825"),
    Family("SmolLM2-135M", 2024, 134_515_008, _WRITE, "2 trillion tokens of filtered text", "Apache-2.0",
           "this page, tab “The next token”", _ARXIV + "2502.02737"),
    Family("DeepSeek-V3", 2024, 671_000_000_000, _WRITE, "14.8 trillion tokens",
           "DeepSeek Model License, which forbids some uses", "hub: deepseek-ai/DeepSeek-V3", _ARXIV + "2412.19437"),
    Family("wav2vec 2.0 base", 2020, 95_000_000, _HEAR, "LibriSpeech: 960 hours of read English", "Apache-2.0",
           "hub: facebook/wav2vec2-base", _ARXIV + "2006.11477"),
    Family("Whisper large", 2022, 1_550_000_000, _HEAR, "680,000 hours of speech with its text", "MIT",
           "https://github.com/openai/whisper", _ARXIV + "2212.04356"),
    Family("SchNet", 2017, 455_809, _CHEM, "QM9: 134,000 small molecules",
           "not stated for the weights; the library is MIT", "torch-geometric: SchNet.from_qm9_pretrained",
           _ARXIV + "1706.08566"),
    Family("AlphaFold 2", 2021, 93_000_000, _CHEM, "Protein Data Bank, and its own sure predictions", "CC BY 4.0",
           "https://github.com/google-deepmind/alphafold", "https://doi.org/10.1038/s41586-021-03819-2"),
    Family("ESM-2 (650M)", 2022, 650_000_000, _CHEM, "UniRef50: protein sequences", "MIT",
           "hub: facebook/esm2_t33_650M_UR50D", "https://doi.org/10.1126/science.ade2574"),
)  # fmt: skip


class Place(NamedTuple):
    """Where trained networks are found, or what uses them.

    Attributes:
        name: as people call it.
        sentence: what it is.
        licence: of the program; of a place, of what lies there.
        address: of it.
    """

    name: str
    sentence: str
    licence: str
    address: str


PLACES: Final = (
    Place("Hugging Face hub", "Networks and data sets by the name of their owner, each with a card about it.",
          "each its own", "https://huggingface.co/models"),
    Place("transformers", "Thousands of language, sound and picture networks behind one call, from_pretrained.",
          "Apache-2.0", "https://huggingface.co/docs/transformers"),
    Place("datasets", "The hub's data sets, read piece by piece so that they need not fit into memory.", "Apache-2.0",
          "https://huggingface.co/docs/datasets"),
    Place("peft", "Fine-tuning with few new weights, LoRA among them; the old ones stay as they are.", "Apache-2.0",
          "https://huggingface.co/docs/peft"),
    Place("bitsandbytes", "Weights in 8 or 4 bits: a network then takes a quarter or an eighth of its memory.", "MIT",
          "https://huggingface.co/docs/bitsandbytes"),
    Place("timm", "More than a thousand image networks with weights, and the scripts that trained them.", "Apache-2.0",
          "https://huggingface.co/docs/timm"),
    Place("torchvision", "The classic image networks, written to be read; they come with PyTorch.", "BSD-3-Clause",
          "https://docs.pytorch.org/vision/stable/models.html"),
    Place("Ultralytics YOLO", "Finds and outlines things in pictures and films, fast, and learns your own easily.",
          "AGPL-3.0", "https://docs.ultralytics.com/"),
    Place("Papers and their repositories", "A paper's first page often links to its code; the file LICENSE there says "
          "on which terms.", "each its own", "https://arxiv.org/list/cs.LG/recent"),
)  # fmt: skip
AGPL: Final = (
    "AGPL-3.0 on code and weights: who gives away a program with it, or lets others use it over a network, has to "
    "publish the source of the whole program under the same licence, or buys another licence from Ultralytics."
)
