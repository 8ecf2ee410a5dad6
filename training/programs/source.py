"""The project's own source: modules, the definitions at their top, and what a name in them stands for."""

import ast
import builtins
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[2]

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
SCOPES: Final = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


class ProgramError(ValueError):
    """A run that cannot be written as a program; the message is one sentence for the visitor."""


@dataclass(frozen=True)
class Import:
    """A name that comes from outside the project: `name` of `module`, or the module itself."""

    module: str
    name: str = ""


@dataclass(frozen=True, eq=False)
class Definition:
    """A class, a function or a constant at the top of a module."""

    module: "Module"
    name: str
    node: ast.stmt

    @property
    def value(self) -> Any:
        """What it is in the running app."""
        return getattr(sys.modules[self.module.name], self.name)


@dataclass(eq=False)
class Module:
    """One file of the project, parsed."""

    name: str
    text: str
    tree: ast.Module
    starts: list[int]  # where each line begins in `text`
    definitions: dict[str, Definition] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)  # bound name: (module, name in it)

    @property
    def floor(self) -> str:
        """The folder it is in."""
        return self.name.split(".")[0]

    def offset(self, line: int, column: int) -> int:
        """Where in `text` a place of the tree is; the tree counts the bytes of a line, from 0, and lines from 1."""
        start = self.starts[line - 1]
        raw = self.text[start : self.starts[line]].encode()
        return start + len(raw[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where in `text` a node begins and ends."""
        where: Any = node
        return self.offset(where.lineno, where.col_offset), self.offset(where.end_lineno, where.end_col_offset)

    def line(self, number: int) -> str:
        """A line of the text, without its end."""
        return self.text[self.starts[number - 1] : self.starts[number]].rstrip("\n")

    @cached_property
    def lines_in_strings(self) -> set[int]:
        """The lines that begin inside a string of several lines which is no docstring."""
        found: set[int] = set()
        docs = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in docs:
                start, end = self.span(node)
                if any(quotes in self.text[start : min(end, start + 6)] for quotes in ('"""', "'''")):
                    found.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
        return found

    def first_line(self, node: ast.stmt) -> int:
        """Where a statement begins: at its first decorator, or at the comment directly above."""
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        while first > 1 and self.line(first - 1).strip().startswith("#"):
            first -= 1
        return first


@cache
def module_of(name: str) -> Module:
    """Reads a module of the project.

    Raises:
        ProgramError: if its source is not at hand.
    """
    path = getattr(sys.modules.get(name), "__file__", None)
    if path is None:
        raise ProgramError(f"The source of {name} cannot be read, so there is no program to take home.")
    text = Path(path).read_text(encoding="utf-8")
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    module = Module(name, text, ast.parse(text), starts)
    for node in module.tree.body:
        for bound in _bound_at_top(node):
            module.definitions[bound] = Definition(module, bound, node)
        if isinstance(node, ast.Import):
            module.imports.update({a.asname or a.name.split(".")[0]: (a.name, "") for a in node.names})
        elif isinstance(node, ast.ImportFrom) and node.module:
            module.imports.update({a.asname or a.name: (node.module, a.name) for a in node.names})
    return module


def _bound_at_top(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


@cache
def is_ours(name: str) -> bool:
    """Whether a module belongs to the project."""
    path = getattr(sys.modules.get(name), "__file__", None)
    if path is None or not Path(path).is_relative_to(ROOT):
        return False
    return Path(path).relative_to(ROOT).parts[0].removesuffix(".py") == name.split(".")[0]


def resolve(module: Module, name: str) -> Definition | Import | None:
    """What a global name stands for; `None` for a builtin.

    Raises:
        ProgramError: for a whole module of the project, whose parts cannot be told apart, and for unknown names.
    """
    if name in module.definitions:
        return module.definitions[name]
    if name in module.imports:
        source, inner = module.imports[name]
        if not is_ours(source):
            return Import(source, inner)
        if inner and not is_ours(f"{source}.{inner}"):
            return resolve(module_of(source), inner)
    elif hasattr(builtins, name):
        return None
    raise ProgramError(f"{module.name} uses {name}, which only the app has, so there is no program to take home.")


@cache
def definition_of(thing: type) -> Definition:
    """Where a class of the project is defined."""
    found = resolve(module_of(thing.__module__), thing.__qualname__.split(".")[0])
    assert isinstance(found, Definition)
    return found


def bound_by(part: ast.AST) -> list[str]:
    """The names that a node binds itself, not counting what is below it."""
    if isinstance(part, ast.Name):
        return [] if isinstance(part.ctx, ast.Load) else [part.id]
    if isinstance(part, ast.arg):
        return [part.arg]
    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [part.name]
    if isinstance(part, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and part.name:
        return [part.name]
    if isinstance(part, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.split(".")[0] for alias in part.names]
    return []


def _own_names(scope: ast.AST) -> set[str]:
    """The names that a scope binds, those of inner scopes left out."""
    names: set[str] = set()
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        part = waiting.pop()
        names.update(bound_by(part))
        if not isinstance(part, (*SCOPES, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(part))
    return names


@cache
def free_names(node: ast.AST) -> frozenset[ast.Name]:
    """The name nodes below `node` that no scope below it binds: they are global."""
    free: set[ast.Name] = set()

    def visit(part: ast.AST, bound: frozenset[str]) -> None:
        if isinstance(part, ast.Name) and part.id not in bound:
            free.add(part)
        inner = bound | _own_names(part) if isinstance(part, SCOPES) else bound
        for child in ast.iter_child_nodes(part):
            visit(child, inner)

    visit(node, frozenset())
    return frozenset(free)


def bind(node: ast.Call, function: Function, *, is_method: bool) -> dict[str, ast.expr] | None:
    """The arguments of a call by the parameters they go to; `None` if that cannot be told."""
    starred = any(isinstance(part, ast.Starred) for part in node.args) or any(
        part.arg is None for part in node.keywords
    )
    if starred or function.args.vararg or function.args.kwarg:
        return None
    names = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]][is_method:]
    if len(node.args) > len(names):
        return None
    bound = dict(zip(names, node.args, strict=False))
    bound.update({keyword.arg: keyword.value for keyword in node.keywords if keyword.arg})
    return bound


def method_of(definition: Definition, name: str) -> Function | None:
    """A method that a class defines itself."""
    body = definition.node.body if isinstance(definition.node, ast.ClassDef) else []
    functions = [part for part in body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
    return next((part for part in functions if part.name == name), None)


@cache
def _counts(node: Function) -> Counter[str]:
    """How often each name is bound inside a function, its parameters and inner scopes included."""
    counts = Counter(name for part in ast.walk(node) if part is not node for name in bound_by(part))
    counts.update(part.target.id for part in ast.walk(node) if _is_counting(part))  # type: ignore[attr-defined]
    return counts


def _is_counting(node: ast.AST) -> bool:
    return isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)


@cache
def single_assignments(node: Function) -> dict[str, ast.expr]:
    """The names of a function that are bound once and in one plain way, with what they are bound to.

    A list is left out: it may have grown since.
    """
    found: dict[str, ast.expr] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.Assign) and len(part.targets) == 1:
            target, value = part.targets[0], part.value
            if isinstance(target, ast.Name):
                found[target.id] = value
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
                found.update({t.id: v for t, v in zip(target.elts, value.elts, strict=True) if isinstance(t, ast.Name)})
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and part.value is not None:
            found[part.target.id] = part.value
    return {
        name: value
        for name, value in found.items()
        if _counts(node)[name] == 1 and not isinstance(value, ast.List | ast.ListComp)
    }


@cache
def stable_parameters(node: Function) -> frozenset[str]:
    """The parameters that are bound to nothing else inside the function."""
    names = [part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)]
    return frozenset(name for name in names if _counts(node)[name] == 1)
