"""The state of a run taken apart: its tensors by name for a file, and everything else as JSON."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

PLAIN = (bool, int, str, type(None))


def taken_apart(nest: Any) -> tuple[dict[str, Tensor], Any]:
    """Separates the tensors of a nest from the rest.

    Args:
        nest: dicts (keys are words or whole numbers), lists and tuples of tensors, numbers, words and None.

    Returns:
        The tensors by a name made of the keys on the way, such as `experiment/weights/0`; and the rest, ready for
        JSON, with those names in place of the tensors.

    Raises:
        TypeError: if there is something else in it.
    """
    tensors: dict[str, Tensor] = {}
    return tensors, _rest(nest, "", tensors)


def _rest(value: Any, path: str, tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, Tensor):
        name = path or "value"
        while name in tensors:  # the keys 1 and "1" give the same path
            name += "'"
        tensors[name] = value.detach().cpu().contiguous()
        return {"tensor": name}
    if isinstance(value, dict):
        if any(type(key) not in (int, str) for key in value):
            raise TypeError(f"a key at {path!r} is neither a word nor a whole number")
        return {"dict": [[key, _rest(item, _below(path, key), tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        items = [_rest(item, _below(path, index), tensors) for index, item in enumerate(value)]
        return {"tuple" if isinstance(value, tuple) else "list": items}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, PLAIN):
        return value
    raise TypeError(f"{type(value).__name__} at {path!r} cannot be kept in a file")


def _below(path: str, key: object) -> str:
    return f"{path}/{key}" if path else str(key)


def put_together(tensors: Mapping[str, Tensor], rest: Any) -> Any:
    """The nest that `taken_apart` took apart.

    Raises:
        ValueError: if `rest` is not made by it, or names a tensor that is not there.
    """
    if isinstance(rest, (float, *PLAIN)):
        return rest
    match rest:
        case {"tensor": str(name)} if name in tensors and len(rest) == 1:
            return tensors[name]
        case {"float": "nan" | "inf" | "-inf" as word} if len(rest) == 1:
            return float(word)
        case {"list": list(items)} if len(rest) == 1:
            return [put_together(tensors, item) for item in items]
        case {"tuple": list(items)} if len(rest) == 1:
            return tuple(put_together(tensors, item) for item in items)
        case {"dict": list(pairs)} if len(rest) == 1:
            return {_key(pair): put_together(tensors, pair[1]) for pair in pairs}
    raise ValueError("a part of the state is not understood")


def _key(pair: Any) -> int | str:
    if isinstance(pair, list) and len(pair) == 2 and type(pair[0]) in (int, str):
        key: int | str = pair[0]
        return key
    raise ValueError("a part of the state has no name")


def difference(found: Any, like: Any, parameters: Sequence[Tensor], path: str = "") -> str:
    """Where a nest is built otherwise than another one; empty if nowhere.

    Tensors must agree in shape and type, numbers and words in type. In a dict whose keys are whole numbers, which is
    how torch.optim keeps what it remembers of each parameter, entries may be missing, and there may be more of them if
    each fits the parameter of that number.

    Args:
        found: the nest to judge.
        like: the nest it should be like.
        parameters: what learns, in the order of the optimiser.
        path: the place of both in a larger nest.
    """
    if isinstance(found, Tensor) and isinstance(like, Tensor):
        return "" if found.shape == like.shape and found.dtype == like.dtype else path
    if isinstance(found, dict) and isinstance(like, dict):
        is_by_number = all(isinstance(key, int) for key in (*found, *like))
        if not is_by_number and found.keys() != like.keys():
            return path
        pairs = ((key, value, like.get(key, _MISSING)) for key, value in found.items())
        return _first(
            _memory(value, key, parameters, _below(path, key))
            if other is _MISSING
            else difference(value, other, parameters, _below(path, key))
            for key, value, other in pairs
        )
    if isinstance(found, list | tuple) and type(found) is type(like):
        if len(found) != len(like):
            return path
        triples = zip(range(len(found)), found, like, strict=True)
        return _first(difference(one, other, parameters, _below(path, index)) for index, one, other in triples)
    are_numbers = type(found) in (int, float) and type(like) in (int, float)
    return "" if are_numbers or (type(found) is type(like) and isinstance(found, PLAIN)) else path


_MISSING = object()


def _first(places: Any) -> str:
    return next((place for place in places if place), "")


def _memory(value: Any, number: int, parameters: Sequence[Tensor], path: str) -> str:
    """Whether an optimiser's memory of parameter `number` may look like this: the place where not."""
    if not isinstance(value, dict) or not 0 <= number < len(parameters):
        return path
    shapes = (parameters[number].shape, ())
    fits = (item is None or (isinstance(item, Tensor) and item.shape in shapes) for item in value.values())
    return "" if all(fits) else path
