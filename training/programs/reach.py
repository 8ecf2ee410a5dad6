"""One round: from the methods that training calls to everything they use."""

import ast
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from training.experiment import Experiment
from training.programs.edits import Edits
from training.programs.findings import Findings, Unit, Verdicts
from training.programs.reading import Reading
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
    single_assignments,
    stable_parameters,
)
from training.programs.values import SETTINGS, UNKNOWN, Evaluator, Frame, Known, Value, lasting
from training.settings import Settings


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


class Reach:
    """What can be reached from the methods that training calls, given what earlier rounds have found out."""

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
        self.round = Round()
        self.material: Sequence[str] = ()  # the arguments, besides the settings, that the experiment is built from
        self.made: Sequence[type] = ()  # the classes those arguments are written with

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
        elif not isinstance(getattr(node, "value", None), ast.Dict):
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

    def _inherited(self) -> set[str]:
        return set[str]().union(*(found.inherited for found in self.round.findings.values()))

    def _is_wanted(self, definition: Definition, node: ast.stmt) -> bool:
        cls: type[Any] = definition.value
        names = [node.name] if isinstance(node, ast.FunctionDef) else targets(node)
        if self.verdicts.idle_fields.get(definition, set()) & {*names} or _only_asserts(node):
            return False
        if definition in self.classes:
            wanted = self._own_names()
            if isinstance(node, ast.FunctionDef):
                return node.name in self._inherited() and self.owners[node.name] is not definition
            return getattr(node, "value", None) is not None and bool(wanted & {*names})
        if isinstance(node, ast.FunctionDef):
            outside = [base for base in cls.__mro__[:-1] if not is_ours(base.__module__)]
            typed = {
                name for found in self.round.findings.values() for kind, name in found.typed if issubclass(kind, cls)
            }
            is_asked = node.name in self._untyped() | typed | self._inherited()
            return is_asked or is_dunder(node.name) or any(hasattr(base, node.name) for base in outside)
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

    def _lasting(self) -> dict[str, Value]:
        """The attributes of the experiment that are set once, when it is made."""
        places: dict[str, list[str]] = {}
        for definition in self.classes:
            for part in class_body(definition):
                for node in ast.walk(part):
                    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                        places.setdefault(node.attr, []).append(getattr(part, "name", ""))
                for name in targets(part) if getattr(part, "value", None) is not None else ():
                    places.setdefault(name, []).append("")
        once = [name for name, where in places.items() if where == ["__init__"] and hasattr(self.experiment, name)]
        return {**{name: lasting(getattr(self.experiment, name)) for name in once}, "settings": SETTINGS}


def class_body(definition: Definition) -> list[ast.stmt]:
    """The statements of a class."""
    return definition.node.body if isinstance(definition.node, ast.ClassDef) else []


def is_record(definition: Definition) -> bool:
    """Whether the annotations of a class make its fields: a dataclass, a named tuple, a class from outside."""
    cls = definition.value
    return dataclasses.is_dataclass(cls) or (isinstance(cls, type) and issubclass(cls, tuple))


def targets(node: ast.stmt) -> list[str]:
    """The plain names a statement assigns to."""
    found = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in found if isinstance(target, ast.Name)]


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


def is_dunder(name: str) -> bool:
    """Whether Python itself calls a method of this name."""
    return name.startswith("__") and name.endswith("__")
