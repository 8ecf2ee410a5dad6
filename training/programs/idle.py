"""Which assignments do nothing: nobody reads what they set, and setting it has no other effect."""

import ast
from collections.abc import Set
from functools import cache
from typing import Final

from training.programs.findings import Findings
from training.programs.source import Definition, Module, resolve

_QUIET_CALLS: Final = frozenset(
    {"min", "max", "len", "int", "float", "bool", "str", "tuple", "list", "dict", "set", "range", "abs", "round", "sum"}
)
_QUIET_METHODS: Final = frozenset({"detach", "replace", "index", "get", "items", "keys", "values", "split", "join"})
_NOISY: Final = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def is_idle(node: ast.AST, module: Module) -> bool:
    """Whether computing an expression has no effect but its value; when in doubt, no."""
    parts = list(ast.walk(node))
    return not any(isinstance(part, _NOISY) for part in parts) and all(
        _is_quiet(part, module) for part in parts if isinstance(part, ast.Call)
    )


def _is_quiet(call: ast.Call, module: Module) -> bool:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in _QUIET_METHODS
    if not isinstance(call.func, ast.Name):
        return False
    if call.func.id in _QUIET_CALLS:
        return True
    found = resolve(module, call.func.id) if call.func.id in {*module.definitions, *module.imports} else None
    return isinstance(found, Definition) and _does_nothing_else(found)


@cache
def _does_nothing_else(function: Definition) -> bool:
    """Whether a function only computes its result, or raises an error."""
    if not isinstance(function.node, ast.FunctionDef) or function.node.decorator_list:
        return False
    waiting: list[ast.AST] = list(function.node.body)
    while waiting:
        part = waiting.pop()
        is_store = isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load)
        if isinstance(part, (ast.Global, ast.Nonlocal, ast.FunctionDef, *_NOISY)) or is_store:
            return False
        if isinstance(part, ast.Call) and not _is_quiet(part, function.module):
            return False
        if not isinstance(part, ast.Raise):
            waiting.extend(ast.iter_child_nodes(part))
    return True


def idle_stores(found: Findings, read: Set[str] | None) -> set[ast.AST]:
    """The statements, or single targets of `a, b = x, y`, whose value nobody reads.

    Args:
        found: what a function uses.
        read: the attributes that are read anywhere; `None` if attributes set here may be read elsewhere.
    """
    idle: set[ast.AST] = set()
    for statement, target, value in found.stores:
        if isinstance(target, ast.Name):
            is_read = target.id in found.loads
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and read is not None:
            is_read = target.value.id != "self" or target.attr in read
        else:
            continue
        right = value or getattr(statement, "value", None)
        if is_read or right is None or not is_idle(right, found.module):
            continue
        if _is_single(statement):
            idle.add(statement)
        elif value is not None:
            idle.add(target)
    for statement, _, _ in found.stores:  # all parts of a parallel assignment
        parts = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(parts, ast.Tuple) and all(part in idle for part in parts.elts):
            idle.add(statement)
    return idle


def _is_single(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return len(statement.targets) == 1 and not isinstance(statement.targets[0], ast.Tuple | ast.List)
    return isinstance(statement, ast.AnnAssign | ast.AugAssign)
