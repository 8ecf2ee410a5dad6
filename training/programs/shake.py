"""Finds what a run needs of the project's source, and leaves out everything else.

Round after round, it starts at the methods that training calls and reads whatever they use. What a round finds out
(an argument that is always the same word, a value that nobody reads) makes the next round's code smaller, until
nothing changes any more. Each round on its own is safe: it leaves out only what cannot run under these settings.
"""

import ast
import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, Final

from training.programs.findings import Unit
from training.programs.idle import idle_stores, is_idle
from training.programs.reach import Reach, Round, class_body, is_dunder, targets
from training.programs.source import (
    Definition,
    Function,
    ProgramError,
    definition_of,
    resolve,
    single_assignments,
    stable_parameters,
)
from training.programs.values import UNKNOWN, Known, Live, Value, is_frozen, joined, lasting

MAX_ROUNDS: Final = 20


class Shaker(Reach):
    """Shakes the project's source until only what this run needs is left."""

    def shake(self, material: Sequence[str] = (), made: Sequence[type] = ()) -> Round:
        """Goes on until nothing more can be left out.

        Args:
            material: the arguments, besides the settings, that the experiment is built from.
            made: the classes that those arguments are written with.
        """
        size: tuple[int, ...] = ()
        self.material, self.made = material, made
        for _ in range(MAX_ROUNDS):
            self.round = Round()
            self._reach_roots()
            self._follow()
            has_learnt = self._learn()
            if self.round.size() == size and not has_learnt:
                return self.round
            size = self.round.size()
        raise ProgramError("What this run needs of the source could not be told apart, so there is no program for it.")

    # ---- what a round teaches the next -------------------------------------------------------------------------

    def _learn(self) -> bool:
        """Draws conclusions; returns whether there are new ones."""
        before = self._state()
        self._learn_parameters()
        self._learn_attributes()
        self._learn_results()
        self._learn_idle()
        self._learn_fields()
        return before != self._state()

    def _state(self) -> tuple[Any, ...]:
        known = [(id(f), n, _shown(v)) for f, names in self.verdicts.parameters.items() for n, v in names.items()]
        attributes = [(name, _shown(value)) for name, value in self.verdicts.attributes.items()]
        idle = sum(len(names) for names in self.verdicts.idle_parameters.values())
        fields = sum(len(names) for names in self.verdicts.idle_fields.values())
        names = sum(len(names) for names in self.verdicts.locals.values())
        return sorted(known), sorted(attributes), len(self.verdicts.idle_stores), idle, fields, names

    def _calls(self) -> dict[Function, list[Any]]:
        calls: dict[Function, list[Any]] = {}
        for found in self.round.findings.values():
            for function, values, written in found.calls:
                calls.setdefault(function, []).append((values, written))
            for definition in found.values:
                for function in self._functions_of(definition):
                    calls.setdefault(function, []).append((None, {}))
        return calls

    def _functions_of(self, definition: Definition) -> Iterator[Function]:
        if isinstance(definition.node, ast.FunctionDef):
            yield definition.node
        elif isinstance(definition.node, ast.ClassDef):
            yield from (part for part in definition.node.body if isinstance(part, ast.FunctionDef))

    def _is_called_openly(self, unit: Unit) -> bool:
        """Whether every call of a function can be seen: no object of unknown class is asked for it."""
        node = unit.node
        assert isinstance(node, ast.FunctionDef)
        if unit.owner is None:
            return not node.decorator_list
        if node.name == "__init__":
            return unit.owner not in self.classes or node.name in self.roots
        is_open = unit.owner in self.classes and not node.decorator_list and not is_dunder(node.name)
        leaks = any(found.is_leaking for found in self.round.findings.values())
        mentions = sum(node.name in found.own for found in self.round.findings.values())
        calls = sum(f is node for found in self.round.findings.values() for f, _, _ in found.calls)
        return is_open and not leaks and node.name not in self.roots and calls >= mentions

    def _learn_parameters(self) -> None:
        calls = self._calls()
        for node, unit in self.round.units.items():
            if not isinstance(node, ast.FunctionDef) or node not in calls or not self._is_called_openly(unit):
                continue
            if any(values is None for values, _ in calls[node]) or unit.module.floor == "models":
                continue
            known: dict[str, Value] = {}
            defaults = _defaults(node)
            for name in stable_parameters(node):
                values = [call[name] if name in call else defaults.get(name, UNKNOWN) for call, _ in calls[node]]
                known[name] = joined(values)
            self.verdicts.parameters[node] = known

    def _learn_attributes(self) -> None:
        """What every reachable assignment to an attribute of the experiment agrees on."""
        values: dict[str, list[Value]] = {}
        for definition in self.classes:
            for part in class_body(definition):
                for name in targets(part):
                    default = getattr(part, "value", None)
                    if default is not None:
                        known = Known(default.value) if isinstance(default, ast.Constant) else UNKNOWN
                        values.setdefault(name, []).append(known)
        for node, found in self.round.findings.items():
            unit = self.round.units.get(node)
            frame = self._reading(unit).frame if unit else None
            for _, target, value in found.stores:
                if isinstance(target, ast.Attribute) and frame is not None:
                    worth = self.evaluator.value(value, frame)
                    is_word = isinstance(worth, Known) and isinstance(worth.value, str | bool | None)
                    values.setdefault(target.attr, []).append(worth if is_word else UNKNOWN)
        learnt = {name: joined(found) for name, found in values.items()}
        left_out = {name: known for name, known in self.verdicts.attributes.items() if name not in values}
        self.verdicts.attributes = {
            **left_out,  # once known, the assignment itself is not needed and is gone; what it said still holds
            **{n: v for n, v in learnt.items() if v is not UNKNOWN},
            **self.lasting,
        }

    def _learn_results(self) -> None:
        """What the names in a function stand for whose result the experiment keeps: the very objects it keeps."""
        calls = self._calls()
        for found in self.round.findings.values():
            for _, target, value in found.stores:
                kept = self.lasting.get(target.attr) if isinstance(target, ast.Attribute) else None
                is_call = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
                if not isinstance(kept, Live) or not is_frozen(kept.value) or not is_call:
                    continue
                function = resolve(found.module, value.func.id)  # type: ignore[union-attr]
                if isinstance(function, Definition) and len(calls.get(function.node, [])) == 1:  # type: ignore[call-overload]
                    self._learn_result(function, kept.value)

    def _learn_result(self, function: Definition, made: Any) -> None:
        returns = self.round.findings[function.node].returns if function.node in self.round.findings else []
        call = returns[0] if len(returns) == 1 else None
        if not (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and isinstance(function.node, ast.FunctionDef)
        ):
            return
        if resolve(function.module, call.func.id) is not definition_of(made.__class__):
            return
        own = single_assignments(function.node)
        for keyword in call.keywords:
            if keyword.arg and isinstance(keyword.value, ast.Name) and keyword.value.id in own:
                value = lasting(getattr(made, keyword.arg))
                if value is not UNKNOWN:
                    self.verdicts.locals.setdefault(function.node, {})[keyword.value.id] = value

    def _read_names(self) -> set[str]:
        """The attributes that are read from anything."""
        typed = {name for found in self.round.findings.values() for _, name in found.typed}
        return set[str]().union(typed, self._untyped(), *(found.own for found in self.round.findings.values()))

    def _learn_fields(self) -> None:
        """The fields of dataclasses that nobody reads, where every object is made in the open."""
        read = self._read_names()
        made: dict[Definition, list[ast.Call]] = {}
        for found in self.round.findings.values():
            for definition, call in found.records:
                made.setdefault(definition, []).append(call)
        written = {definition_of(cls) for cls in self.made}
        for definition, calls in made.items():
            cls = definition.value if isinstance(definition.node, ast.ClassDef) else None
            is_plain = is_frozen(cls) and not cls.__dataclass_params__.eq and len(cls.__mro__) == 2  # type: ignore[union-attr]
            is_open = all(not call.args and all(part.arg for part in call.keywords) for call in calls)
            if not is_plain or not is_open or definition in written or definition.module.floor == "models":
                continue
            for name in {part.name for part in dataclasses.fields(cls)} - read:  # type: ignore[arg-type]
                values = [part.value for call in calls for part in call.keywords if part.arg == name]
                if all(is_idle(value, definition.module) for value in values):
                    self.verdicts.idle_fields.setdefault(definition, set()).add(name)

    def _learn_idle(self) -> None:
        read = self._read_names()
        calls = self._calls()
        for node, found in self.round.findings.items():
            unit = self.round.units.get(node)
            if unit is None or not isinstance(node, ast.FunctionDef) or unit.module.floor == "models":
                continue
            kept = read if unit.owner in self.classes else None
            self.verdicts.idle_stores |= idle_stores(found, kept)
            is_root = unit.owner in self.classes and node.name == "__init__" and not self.material
            written = [arguments for values, arguments in calls.get(node, []) if values is not None]
            is_seen = node in calls and len(written) == len(calls[node]) and self._is_called_openly(unit)
            if not is_seen and not is_root:
                continue
            stored = {target.id for _, target, _ in found.stores if isinstance(target, ast.Name)}
            for name in stable_parameters(node) - found.loads - stored - {"self"}:
                if all(is_idle(arguments[name], unit.module) for arguments in written if name in arguments):
                    self.verdicts.idle_parameters.setdefault(node, set()).add(name)


def _defaults(node: Function) -> dict[str, Value]:
    plain = [*node.args.posonlyargs, *node.args.args]
    pairs = [*zip(plain[len(plain) - len(node.args.defaults) :], node.args.defaults, strict=True)]
    pairs += [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
    return {argument.arg: Known(d.value) if isinstance(d, ast.Constant) else UNKNOWN for argument, d in pairs}


def _shown(value: Value) -> str:
    if isinstance(value, Known):
        return f"{value.value!r} {sorted(value.fields)}"
    return str(id(value.value if isinstance(value, Live) else value))
