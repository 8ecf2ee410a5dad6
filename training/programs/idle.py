"""Which assignments do nothing: nobody reads what they set, and setting it has no other effect."""

import ast
from collections.abc import Set
from typing import Final

from training.programs.reading import Findings

_QUIET_CALLS: Final = frozenset(
    {"min", "max", "len", "int", "float", "bool", "str", "tuple", "list", "dict", "set", "range", "abs", "round", "sum"}
)
_QUIET_METHODS: Final = frozenset({"detach", "replace", "index", "get", "items", "keys", "values", "split", "join"})
_NOISY: Final = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Starred)


def is_idle(node: ast.expr) -> bool:
    """Whether computing an expression has no effect but its value; when in doubt, no."""
    for part in ast.walk(node):
        if isinstance(part, _NOISY):
            return False
        if isinstance(part, ast.Call):
            is_quiet = (isinstance(part.func, ast.Name) and part.func.id in _QUIET_CALLS) or (
                isinstance(part.func, ast.Attribute) and part.func.attr in _QUIET_METHODS
            )
            if not is_quiet:
                return False
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
        if is_read or right is None or not is_idle(right):
            continue
        if _is_single(statement):
            idle.add(statement)
        elif value is not None:
            idle.add(target)
    for statement, _, _ in found.stores:  # all parts of a parallel assignment
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
            if all(part in idle for part in statement.targets[0].elts):
                idle.add(statement)
    return idle


def _is_single(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return len(statement.targets) == 1 and not isinstance(statement.targets[0], ast.Tuple | ast.List)
    return isinstance(statement, ast.AnnAssign | ast.AugAssign)
