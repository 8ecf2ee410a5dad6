"""The changes of the page `augmentation` as torchvision writes them, to be taken along."""

from experiments.augmentation_settings import AugmentationSettings


def torchvision_code(settings: AugmentationSettings, side: int) -> str:
    """A program piece that makes `train_transforms`, `test_transforms` and, with mixing, `mix`.

    Args:
        settings: which changes, how strong.
        side: of the pictures, in pixels.
    """
    lines = ["import torch", "from torchvision.transforms import v2", "", "train_transforms = v2.Compose(", "    ["]
    lines += [f"        {line}," for line in _steps(settings, side)]
    lines += ["    ]", ")", "# nothing is changed at random in a test", "test_transforms = v2.Compose(", "    ["]
    lines += [f"        {line}," for line in ("v2.ToImage()", f"v2.Resize({side})", f"v2.CenterCrop({side})", *_END)]
    lines += ["    ]", ")"]
    if settings.mixing != "none":
        name = "MixUp" if settings.mixing == "mixup" else "CutMix"
        lines += ["", "# a whole batch and its classes at a time: x, y = mix(x, y)"]
        lines += [f"mix = v2.{name}(num_classes=NUM_CLASSES)"]
    return "\n".join(lines) + "\n"


_END = ("v2.ToDtype(torch.float32, scale=True)", "v2.Normalize((0.5,), (0.5,))")


def _steps(settings: AugmentationSettings, side: int) -> list[str]:
    """The transforms with an effect, in the order in which they act."""
    bilinear = "interpolation=v2.InterpolationMode.BILINEAR"
    lines = ["v2.ToImage()"]
    if settings.crop < 1:
        lines.append(f"v2.RandomResizedCrop({side}, scale=({settings.crop:g}, 1.0))")
    else:
        lines += [f"v2.Resize({side})", f"v2.CenterCrop({side})"]
    if settings.flip:
        lines.append(f"v2.RandomHorizontalFlip(p={settings.flip:g})")
    if settings.rotation:
        lines.append(f"v2.RandomRotation({settings.rotation:g}, {bilinear})")
    if settings.shift:
        lines.append(f"v2.RandomAffine(0, translate=({settings.shift:g}, {settings.shift:g}), {bilinear})")
    if settings.perspective:
        lines.append(f"v2.RandomPerspective({settings.perspective:g}, p=1.0)")
    if settings.jitter:
        jitter = f"{settings.jitter:g}"
        lines.append(f"v2.ColorJitter(brightness={jitter}, contrast={jitter}, saturation={jitter})")
    lines.append(_END[0])
    if settings.blur:
        lines.append(f"v2.GaussianBlur(5, sigma=(0.1, {settings.blur:g}))")
    if settings.noise:
        lines.append(f"v2.GaussianNoise(sigma={settings.noise:g})")
    lines.append(_END[1])
    if settings.erasing:
        lines.append(f"v2.RandomErasing(p={settings.erasing:g})")
    return lines
