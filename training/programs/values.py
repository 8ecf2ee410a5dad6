"""What is known of an expression before the program runs: a value, the settings themselves, or an object of the run."""

import ast
import dataclasses
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

from training.programs.source import Definition, Import, Module, resolve
from training.settings import Settings

Word: TypeAlias = str | bool | None


@dataclass(frozen=True)
class Known:
    """A value that is the same whenever the program comes by; `fields` are the settings that decided it."""

    value: Any
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Live:
    """An object of the running experiment that is set once and stays."""

    value: Any


class Mark:
    """A value of which only one thing is known."""


SETTINGS: Final = Mark()  # the settings object
UNKNOWN: Final = Mark()
Value: TypeAlias = Known | Live | Mark

_OPERATORS: Final[dict[type, Callable[[Any, Any], Any]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: lambda one, _: -one,
    ast.Not: lambda one, _: not one,
}
_CALLS: Final[dict[str, Callable[..., Any]]] = {
    "min": min,
    "max": max,
    "len": len,
    "tuple": tuple,
    "int": int,
    "float": float,
    "bool": bool,
}
_TEXT_METHODS: Final = frozenset({"replace", "lower", "upper", "strip", "startswith", "endswith", "removeprefix"})
_PLAIN: Final = (str, int, float, bool, type(None), tuple, frozenset, dict)


@dataclass
class Frame:
    """What is known inside one function.

    Attributes:
        module: where it is written.
        free: its names that are global.
        names: what its own names stand for: a value, or the one expression that is assigned to them.
        attributes: what is known of the attributes of `self`.
        self_name: what the experiment is called in it; empty elsewhere.
    """

    module: Module
    free: frozenset[ast.Name]
    names: dict[str, Value | ast.expr] = field(default_factory=dict)
    attributes: Mapping[str, Value] = field(default_factory=dict)
    self_name: str = ""


@dataclass
class Evaluator:
    """Finds out what expressions are worth.

    Attributes:
        settings: what the run was started with.
        fixed: the settings that stay as they are all through the run.
    """

    settings: Settings
    fixed: frozenset[str]

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The settings that are numbers."""
        return frozenset(name for name, value in self.settings if type(value) in (int, float))

    def value(self, node: ast.expr | None, frame: Frame, depth: int = 0) -> Value:
        """What is known of an expression."""
        if node is None or depth > 12:
            return UNKNOWN
        try:
            return self._value(node, frame, depth + 1)
        except Exception:  # what cannot be computed now will say so when the program runs
            return UNKNOWN

    def truth(self, node: ast.expr, frame: Frame) -> Known | None:
        """Whether a test comes out true, with the settings that decide it; `None` if that is not known."""
        if isinstance(node, ast.BoolOp):
            decisive = isinstance(node.op, ast.Or)
            known: list[Known] = []
            for part in node.values:
                truth = self.truth(part, frame)
                if truth is None:
                    return None
                if truth.value == decisive:
                    return truth
                known.append(truth)
            return Known(not decisive, frozenset().union(*(truth.fields for truth in known)))
        value = self.value(node, frame)
        return Known(bool(value.value), value.fields) if isinstance(value, Known) else None

    def _value(self, node: ast.expr, frame: Frame, depth: int) -> Value:
        match node:
            case ast.Constant():
                return Known(node.value)
            case ast.Name():
                return self._name(node, frame, depth)
            case ast.Attribute():
                return self._attribute(node, frame, depth)
            case ast.IfExp():
                truth = self.truth(node.test, frame)
                chosen = None if truth is None else node.body if truth.value else node.orelse
                return self.value(chosen, frame, depth)
            case ast.BoolOp():
                return self._first_deciding(node, frame, depth)
            case ast.UnaryOp() if type(node.op) in _OPERATORS:
                return self._applied(_OPERATORS[type(node.op)], frame, depth, node.operand, ast.Constant(None))
            case ast.BinOp() if type(node.op) in _OPERATORS:
                return self._applied(_OPERATORS[type(node.op)], frame, depth, node.left, node.right)
            case ast.Compare() if all(type(op) in _OPERATORS for op in node.ops):
                return self._comparison(node, frame, depth)
            case ast.Tuple() | ast.List():
                return self._sequence(node, frame, depth)
            case ast.Subscript():
                return self._applied(operator.getitem, frame, depth, node.value, node.slice)
            case ast.Call(func=ast.Name() as name, keywords=[]) if name.id in _CALLS and name in frame.free:
                return self._applied(_CALLS[name.id], frame, depth, *node.args)
            case ast.Call(func=ast.Attribute(attr=attr) as called, keywords=[]) if attr in _TEXT_METHODS:
                return self._applied(
                    lambda text, *rest: getattr(str(text), attr)(*rest), frame, depth, called.value, *node.args
                )
        return UNKNOWN

    def _applied(self, function: Callable[..., Any], frame: Frame, depth: int, *nodes: ast.expr) -> Value:
        values = [self.value(node, frame, depth) for node in nodes]
        known = [value for value in values if isinstance(value, Known)]
        if len(known) < len(values):
            return UNKNOWN
        fields = frozenset().union(*(value.fields for value in known))
        return Known(function(*(value.value for value in known)), fields)

    def _first_deciding(self, node: ast.BoolOp, frame: Frame, depth: int) -> Value:
        decisive, fields = isinstance(node.op, ast.Or), frozenset[str]()
        value: Value = UNKNOWN
        for part in node.values:
            value = self.value(part, frame, depth)
            if not isinstance(value, Known):
                return value if part is node.values[-1] else UNKNOWN
            fields |= value.fields
            if bool(value.value) == decisive:
                break
        return Known(value.value, fields) if isinstance(value, Known) else UNKNOWN

    def _comparison(self, node: ast.Compare, frame: Frame, depth: int) -> Value:
        fields, left = frozenset[str](), node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            one = self._applied(_OPERATORS[type(op)], frame, depth, left, right)
            if not isinstance(one, Known):
                return UNKNOWN
            fields |= one.fields
            if not one.value:
                return Known(False, fields)
            left = right
        return Known(True, fields)

    def _sequence(self, node: ast.Tuple | ast.List, frame: Frame, depth: int) -> Value:
        items: list[Any] = []
        fields: frozenset[str] = frozenset()
        for item in node.elts:
            value = self.value(item.value if isinstance(item, ast.Starred) else item, frame, depth)
            if not isinstance(value, Known):
                return UNKNOWN
            items += [*value.value] if isinstance(item, ast.Starred) else [value.value]
            fields |= value.fields
        return Known(tuple(items), fields)

    def _name(self, node: ast.Name, frame: Frame, depth: int) -> Value:
        if node not in frame.free:
            known = frame.names.get(node.id, UNKNOWN)
            return self.value(known, frame, depth) if isinstance(known, ast.expr) else known
        found = resolve(frame.module, node.id)
        return constant(found) if isinstance(found, Definition | Import) else UNKNOWN

    def _attribute(self, node: ast.Attribute, frame: Frame, depth: int) -> Value:
        if isinstance(node.value, ast.Name) and frame.self_name and node.value.id == frame.self_name:
            return frame.attributes.get(node.attr, UNKNOWN)
        owner = self.value(node.value, frame, depth)
        if owner is SETTINGS and node.attr in self.fixed:
            return Known(getattr(self.settings, node.attr), frozenset({node.attr}))
        if isinstance(owner, Live) and is_frozen(owner.value):
            return lasting(getattr(owner.value, node.attr))
        return UNKNOWN


def constant(found: Definition | Import) -> Value:
    """The value of a constant at the top of a module."""
    if isinstance(found, Import) or not isinstance(found.node, ast.Assign | ast.AnnAssign):
        return UNKNOWN
    is_final = isinstance(found.node, ast.AnnAssign) and "Final" in ast.dump(found.node.annotation)
    return Known(found.value) if is_final and type(found.value) in _PLAIN else UNKNOWN


def is_frozen(thing: Any) -> bool:
    """Whether the fields of an object can never be set again."""
    parameters = getattr(thing, "__dataclass_params__", None)
    return dataclasses.is_dataclass(thing) and bool(parameters and parameters.frozen)


def lasting(thing: Any) -> Value:
    """What may be taken for granted of an attribute that is set once: words and whole objects, no numbers.

    The program shall still be right when somebody changes how many points there are.
    """
    if isinstance(thing, Word):
        return Known(thing)
    return Live(thing) if not isinstance(thing, int | float | tuple | list | dict) else UNKNOWN


def joined(values: list[Value]) -> Value:
    """What is known when one of several values is there."""
    first = values[0] if values else UNKNOWN
    if isinstance(first, Known):
        same = all(
            isinstance(v, Known) and type(v.value) is type(first.value) and v.value == first.value for v in values
        )
        fields = frozenset[str]().union(*(v.fields for v in values if isinstance(v, Known)))
        return Known(first.value, fields) if same else UNKNOWN
    if isinstance(first, Live):
        return first if all(isinstance(v, Live) and v.value is first.value for v in values) else UNKNOWN
    return first if all(v is first for v in values) else UNKNOWN
