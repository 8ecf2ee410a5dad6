"""What reading the source brings to light, within a round and from one round to the next."""

import ast
from dataclasses import dataclass, field
from typing import TypeAlias

from training.programs.source import Definition, Function, Import, Module
from training.programs.values import Value

# The function that is called; what is known of each argument (`None`: of none); how each is written.
Call: TypeAlias = tuple[Function, dict[str, Value] | None, dict[str, ast.expr]]


@dataclass(frozen=True, eq=False)
class Unit:
    """A piece of source that is kept or left out as a whole: a function, a method, a statement at the top."""

    module: Module
    node: ast.stmt
    owner: Definition | None = None  # the class of a method


@dataclass(eq=False)
class Verdicts:
    """What earlier rounds have found out; each round knows at least as much as the one before."""

    parameters: dict[ast.stmt, dict[str, Value]] = field(default_factory=dict)
    attributes: dict[str, Value] = field(default_factory=dict)  # of the experiment
    idle_stores: set[ast.AST] = field(default_factory=set)  # statements, or single targets of a tuple
    idle_parameters: dict[ast.stmt, set[str]] = field(default_factory=dict)
    idle_fields: dict[Definition, set[str]] = field(default_factory=dict)  # of dataclasses
    locals: dict[ast.stmt, dict[str, Value]] = field(default_factory=dict)  # what a function's own names stand for


@dataclass(eq=False)
class Findings:
    """What the parts of a unit that can run use."""

    module: Module
    names: list[tuple[ast.Name, Definition | Import]] = field(default_factory=list)
    values: set[Definition] = field(default_factory=set)  # functions and classes used as values, not called
    entries: dict[Definition, set[str]] = field(default_factory=dict)  # looked up in a constant dictionary
    own: set[str] = field(default_factory=set)  # attributes read from the experiment itself
    inherited: set[str] = field(default_factory=set)  # read through super()
    typed: set[tuple[type, str]] = field(default_factory=set)  # read from objects of a known class
    untyped: set[str] = field(default_factory=set)  # read from anything else
    fields: set[str] = field(default_factory=set)  # of the settings
    decided: set[str] = field(default_factory=set)  # fields that decided which code is left
    calls: list[Call] = field(default_factory=list)
    records: list[tuple[Definition, ast.Call]] = field(default_factory=list)  # dataclasses made
    returns: list[ast.expr | None] = field(default_factory=list)
    loads: set[str] = field(default_factory=set)
    stores: list[tuple[ast.stmt, ast.expr, ast.expr | None]] = field(default_factory=list)
    annotations: list[ast.expr] = field(default_factory=list)
    is_leaking: bool = False  # the experiment itself is handed on
    is_changed: bool = False  # something was left out
