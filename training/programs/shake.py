"""Finds what a run needs of the project's source, and leaves out everything else.

Round after round, it starts at the methods that training calls and reads whatever they use. What a round finds out
(an argument that is always the same word, a value that nobody reads) makes the next round's code smaller, until
nothing changes any more. Each round on its own is safe: it leaves out only what cannot run under these settings.
"""

import ast
import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from training.experiment import Experiment
from training.programs.edits import Edits
from training.programs.idle import idle_stores, is_idle
from training.programs.reading import (
    Findings,
    Reading,
    Unit,
    Verdicts,
    single_assignments,
    stable_parameters,
)
from training.programs.source import (
    Definition,
    Function,
    Import,
    Module,
    ProgramError,
    definition_of,
    free_names,
    is_ours,
    resolve,
)
from training.programs.values import SETTINGS, UNKNOWN, Evaluator, Frame, Known, Live, Value, is_frozen, joined, lasting
from training.settings import Settings

MAX_ROUNDS: Final = 20


@dataclass(eq=False)
class Round:
    """What one round has reached."""

    units: dict[ast.stmt, Unit] = field(default_factory=dict)
    findings: dict[ast.stmt, Findings] = field(default_factory=dict)
    definitions: dict[Definition, None] = field(default_factory=dict)
    imports: set[tuple[str, Import]] = field(default_factory=set)
    edits: dict[Module, Edits] = field(default_factory=dict)
    entries: dict[Definition, set[str] | None] = field(default_factory=dict)  # looked up; `None`: all of them
    read_entries: dict[Definition, set[str] | None] = field(default_factory=dict)

    @property
    def fields(self) -> set[str]:
        """The settings that the code reads."""
        return set[str]().union(*(found.fields for found in self.findings.values()))

    @property
    def decided(self) -> set[str]:
        """The settings that decided which code is left."""
        return set[str]().union(*(found.decided for found in self.findings.values()))

    def size(self) -> tuple[int, ...]:
        """What shows that a round has found nothing new."""
        names = sum(len(found.names) for found in self.findings.values())
        return len(self.units), len(self.definitions), names, len(self.fields)


class Shaker:
    """Shakes the project's source until only what this run needs is left."""

    def __init__(
        self, experiment: Experiment, settings: Settings, changed: Sequence[str], roots: Sequence[str]
    ) -> None:
        """Prepares the first round.

        Args:
            experiment: the one that runs; what it was set to once is taken for granted.
            settings: what it was started with.
            changed: the settings that change on the way.
            roots: the methods that training calls.
        """
        fixed = frozenset(type(settings).model_fields) - set(changed)
        self.experiment, self.settings, self.roots = experiment, settings, ("__init__", *roots)
        self.evaluator = Evaluator(settings, fixed)
        self.classes = [definition_of(cls) for cls in type(experiment).__mro__ if is_ours(cls.__module__)]
        self.methods: dict[str, Function] = {}
        self.owners: dict[str, Definition] = {}
        for definition in reversed(self.classes):
            for node in class_body(definition):
                if isinstance(node, ast.FunctionDef):
                    self.methods[node.name], self.owners[node.name] = node, definition
        self.lasting = self._lasting()
        self.verdicts = Verdicts(attributes=dict(self.lasting))

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
                break
            size = self.round.size()
        return self.round

    # ---- one round ---------------------------------------------------------------------------------------------

    def _reach_roots(self) -> None:
        self._reach(self.classes[0])
        for cls in self.made:
            self._reach(definition_of(cls))
        for name in self.roots:
            if name not in self.methods:
                raise ProgramError(f"This experiment has no {name}, so there is no program to take home.")
            self._read(Unit(self.owners[name].module, self.methods[name], self.owners[name]))

    def _reach(self, definition: Definition) -> None:
        if definition in self.round.definitions:
            return
        self.round.definitions[definition] = None
        node = definition.node
        if isinstance(node, ast.ClassDef):
            self._read_class(definition, node)
        elif isinstance(node, ast.FunctionDef) or (
            isinstance(node, ast.Assign | ast.AnnAssign) and not isinstance(node.value, ast.Dict)
        ):
            self._read(Unit(definition.module, node))

    def _read(self, unit: Unit) -> None:
        if unit.node in self.round.units:
            return
        self.round.units[unit.node] = unit
        reading = self._reading(unit)
        if isinstance(unit.node, ast.FunctionDef | ast.AsyncFunctionDef):
            reading.function(unit.node)
        else:
            reading.block([unit.node])
        self._take(unit.node, reading)

    def _reading(self, unit: Unit) -> Reading:
        node = unit.node
        frame = Frame(unit.module, free_names(node))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and unit.module.floor != "models":
            known = self.verdicts.parameters.get(node, {})
            if unit.owner is self.owners.get(node.name) and node.name in self.roots:
                known = self._given(node)
            frame.names.update(single_assignments(node))
            frame.names.update(self.verdicts.locals.get(node, {}))
            frame.names.update({name: known.get(name, UNKNOWN) for name in stable_parameters(node)})
        if unit.owner in self.classes and isinstance(node, ast.FunctionDef) and node.args.args:
            frame.self_name, frame.attributes = node.args.args[0].arg, self.verdicts.attributes
        edits = self.round.edits.setdefault(unit.module, Edits(unit.module))
        return Reading(self.evaluator, self.verdicts, frame, edits, self.methods)

    def _given(self, node: Function) -> dict[str, Value]:
        """What the loop of the program hands to the experiment's methods."""
        given: dict[str, Value] = {}
        names, defaults = node.args.args, node.args.defaults
        for argument, default in zip(names[len(names) - len(defaults) :], defaults, strict=True):
            is_left_out = argument.arg not in self.material and isinstance(default, ast.Constant)
            given[argument.arg] = Known(default.value) if is_left_out and isinstance(default, ast.Constant) else UNKNOWN
        return {**given, "settings": SETTINGS}

    def _take(self, node: ast.stmt, reading: Reading) -> None:
        found = reading.found
        self.round.findings[node] = found
        looked_up = set(found.entries)
        for name, target in found.names:
            if isinstance(target, Import):
                self.round.imports.add((name.id, target))
        for definition, keys in found.entries.items():
            known = self.round.entries.setdefault(definition, set())
            if known is not None:
                known.update(keys)
        whole = [target for _, target in found.names if isinstance(target, Definition)]
        for definition in dict.fromkeys(whole):
            is_looked_up = definition in looked_up and definition not in found.values
            if not is_looked_up:
                self.round.entries[definition] = None
            self._reach(definition)

    def _read_class(self, definition: Definition, node: ast.ClassDef) -> None:
        reading = self._reading(Unit(definition.module, node))
        reading.is_whole = True
        for part in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            base = resolve(definition.module, part.id) if isinstance(part, ast.Name) else None
            if definition not in self.classes or not isinstance(base, Definition):
                reading.visit(part)
        self._take(node, reading)

    # ---- members and entries that others ask for ---------------------------------------------------------------

    def _follow(self) -> None:
        """Reads methods and entries until no further one is asked for."""
        while True:
            before = len(self.round.units), len(self.round.definitions)
            for definition in list(self.round.definitions):
                if isinstance(definition.node, ast.ClassDef):
                    for part in class_body(definition):
                        if part not in self.round.units and self._is_wanted(definition, part):
                            self._read(Unit(definition.module, part, definition))
                elif isinstance(getattr(definition.node, "value", None), ast.Dict):
                    self._read_entries(definition)
            for name in self._own_names():
                if name in self.owners:
                    self._reach(self.owners[name])
                    self._read(Unit(self.owners[name].module, self.methods[name], self.owners[name]))
            if before == (len(self.round.units), len(self.round.definitions)):
                return

    def _own_names(self) -> set[str]:
        names = set[str]()
        for found in list(self.round.findings.values()):
            names |= found.own
        if any(found.is_leaking for found in self.round.findings.values()):
            names |= self._untyped()
        return names

    def _untyped(self) -> set[str]:
        return set[str]().union(*(found.untyped for found in self.round.findings.values()))

    def _is_wanted(self, definition: Definition, node: ast.stmt) -> bool:
        cls: type[Any] = definition.value
        names = [node.name] if isinstance(node, ast.FunctionDef) else _targets(node)
        if self.verdicts.idle_fields.get(definition, set()) & {*names} or _only_asserts(node):
            return False
        if definition in self.classes:
            wanted = self._own_names()
            if isinstance(node, ast.FunctionDef):
                inherited = any(
                    name == node.name for found in self.round.findings.values() for _, name in found.inherited
                )
                return inherited and self.owners[node.name] is not definition
            return getattr(node, "value", None) is not None and bool(wanted & {*names})
        if isinstance(node, ast.FunctionDef):
            outside = [base for base in cls.__mro__[:-1] if not is_ours(base.__module__)]
            typed = {
                name for found in self.round.findings.values() for kind, name in found.typed if issubclass(kind, cls)
            }
            inherited = {name for found in self.round.findings.values() for _, name in found.inherited}
            is_asked = node.name in self._untyped() | typed | inherited
            return is_asked or _is_dunder(node.name) or any(hasattr(base, node.name) for base in outside)
        return isinstance(node, ast.Assign | ast.AnnAssign)

    def _read_entries(self, definition: Definition) -> None:
        """Reads the entries of a constant dictionary that are looked up."""
        node: Any = definition.node
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.value.keys]
        if None in keys:
            self.round.entries[definition] = None
        wanted = self.round.entries.get(definition)
        if definition in self.round.read_entries and self.round.read_entries[definition] == wanted:
            return
        self.round.read_entries[definition] = None if wanted is None else set(wanted)
        reading = self._reading(Unit(definition.module, node))
        reading.is_whole = definition.module.floor == "models"
        kept = [wanted is None or key in wanted for key in keys]
        for key, value, is_kept in zip(node.value.keys, node.value.values, kept, strict=True):
            if is_kept:
                reading.visit(key)
                reading.visit(value)
        if isinstance(node, ast.AnnAssign):
            reading.found.annotations.append(node.annotation)
        self.round.units[node] = Unit(definition.module, node)
        self._take(node, reading)

    def drop_entries(self) -> None:
        """Takes the entries nobody looks up out of the constant dictionaries."""
        for definition in self.round.definitions:
            node: Any = definition.node
            wanted = self.round.entries.get(definition)
            if not isinstance(getattr(node, "value", None), ast.Dict) or wanted is None:
                continue
            module = definition.module
            pairs = list(zip(node.value.keys, node.value.values, strict=True))
            spans = [(module.span(key)[0], module.span(value)[1]) for key, value in pairs]
            self.round.edits[module].drop_items(spans, [key.value in wanted for key, _ in pairs])

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
        is_open = unit.owner in self.classes and not node.decorator_list and not _is_dunder(node.name)
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
                for name in _targets(part):
                    default = getattr(part, "value", None)
                    if default is not None:
                        known = Known(default.value) if isinstance(default, ast.Constant) else UNKNOWN
                        values.setdefault(name, []).append(known)
        for node, found in self.round.findings.items():
            unit = self.round.units.get(node)
            frame = self._reading(unit).frame if unit else None
            for _, target, value in found.stores:
                if isinstance(target, ast.Attribute) and frame is not None:
                    known = self.evaluator.value(value, frame)
                    is_word = isinstance(known, Known) and isinstance(known.value, str | bool | type(None))
                    values.setdefault(target.attr, []).append(known if is_word else UNKNOWN)
        learnt = {name: joined(found) for name, found in values.items()}
        self.verdicts.attributes = {**{n: v for n, v in learnt.items() if v is not UNKNOWN}, **self.lasting}

    def _lasting(self) -> dict[str, Value]:
        """The attributes of the experiment that are set once, when it is made."""
        places: dict[str, list[str]] = {}
        for definition in self.classes:
            for part in class_body(definition):
                for node in ast.walk(part):
                    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                        places.setdefault(node.attr, []).append(getattr(part, "name", ""))
                for name in _targets(part) if getattr(part, "value", None) is not None else ():
                    places.setdefault(name, []).append("")
        once = [name for name, where in places.items() if where == ["__init__"] and hasattr(self.experiment, name)]
        return {**{name: lasting(getattr(self.experiment, name)) for name in once}, "settings": SETTINGS}

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
        if resolve(function.module, call.func.id) is not definition_of(type(made)):
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


def class_body(definition: Definition) -> list[ast.stmt]:
    """The statements of a class."""
    return definition.node.body if isinstance(definition.node, ast.ClassDef) else []


def is_record(definition: Definition) -> bool:
    """Whether the annotations of a class make its fields: a dataclass, a named tuple, a class from outside."""
    cls = definition.value
    return dataclasses.is_dataclass(cls) or (isinstance(cls, type) and issubclass(cls, tuple))


def _targets(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _only_asserts(node: ast.stmt) -> bool:
    """Whether a method only checks what it was given."""
    if not isinstance(node, ast.FunctionDef) or node.name != "__post_init__":
        return False
    plain = (ast.Assert, ast.Expr)
    inner = [
        part for statement in node.body if isinstance(statement, ast.If) for part in statement.body + statement.orelse
    ]
    return all(isinstance(part, (*plain, ast.If)) for part in node.body) and all(
        isinstance(part, plain) for part in inner
    )


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _defaults(node: Function) -> dict[str, Value]:
    plain = [*node.args.posonlyargs, *node.args.args]
    pairs = [*zip(plain[len(plain) - len(node.args.defaults) :], node.args.defaults, strict=True)]
    pairs += [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
    return {argument.arg: Known(d.value) if isinstance(d, ast.Constant) else UNKNOWN for argument, d in pairs}


def _shown(value: Value) -> str:
    return repr(value.value) if isinstance(value, Known) else str(id(value))
