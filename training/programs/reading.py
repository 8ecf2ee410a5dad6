"""Reads one function, class head or constant: which parts can run under these settings, and what those parts use."""

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from training.programs.branches import Branches
from training.programs.edits import Edits
from training.programs.findings import Verdicts
from training.programs.source import Definition, Function, Import, bind, method_of, resolve
from training.programs.values import SETTINGS, Evaluator, Frame, Live

_ENDS: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Reading(Branches):
    """One pass over one unit. Parts that cannot run are taken out of `edits` and not looked at."""

    def __init__(
        self, evaluator: Evaluator, verdicts: Verdicts, frame: Frame, edits: Edits, methods: Mapping[str, Function]
    ) -> None:
        """Prepares the pass, as above; `methods` are those of the experiment, by name."""
        super().__init__(evaluator, verdicts, frame, edits)
        self.methods = methods

    # ---- statements --------------------------------------------------------------------------------------------

    def block(self, statements: Sequence[ast.stmt], *, is_spliced: bool = False) -> tuple[bool, bool]:
        """Reads statements in order.

        Args:
            statements: the body of something.
            is_spliced: whether they take their place among other statements, so that none need be left.

        Returns:
            Whether what follows them cannot be reached, and whether any of them is left.
        """
        num_left, has_ended = 0, False
        for statement in statements:
            is_check = isinstance(statement, ast.Assert) and not self.is_whole
            if has_ended or is_check or statement in self.verdicts.idle_stores:
                self.drop(statement)
                continue
            is_left = True
            if isinstance(statement, ast.If):
                has_ended, is_left = self.read_if(statement)
            elif isinstance(statement, ast.Match):
                has_ended, is_left = self.read_match(statement)
            else:
                self._statement(statement)
                has_ended = isinstance(statement, _ENDS)
            num_left += is_left
            has_ended = has_ended and not self.is_whole
        if not num_left and not is_spliced and statements:
            start = self.module.starts[self.module.first_line(statements[0]) - 1]
            self.edits.replace(start, start, " " * statements[0].col_offset + "pass\n")
        return has_ended, num_left > 0

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[ast.Tuple() as targets], value=ast.Tuple() as values):
                self._parallel(node, targets.elts, values.elts)
            case ast.Assign() | ast.AugAssign() | ast.AnnAssign():
                targets_of = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets_of:
                    self._target(node, target, None if isinstance(node, ast.AugAssign) else node.value)
                if isinstance(node, ast.AnnAssign):
                    self.found.annotations.append(node.annotation)
                self.visit(node.value)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.function(node)
            case ast.Return():
                self.found.returns.append(node.value)
                self.visit(node.value)
            case ast.Try():
                for body in (node.body, node.orelse, node.finalbody, *(handler.body for handler in node.handlers)):
                    self.block(body)
                self.visit_all(handler.type for handler in node.handlers)
            case _:
                for name, value in ast.iter_fields(node):
                    if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                        self.block(value)
                    elif isinstance(value, list):
                        self.visit_all(value)
                    elif isinstance(value, ast.AST) and name != "annotation":
                        self.visit(value)

    def function(self, node: Function) -> None:
        """Reads decorators, defaults and body of a function."""
        self.visit_all(node.decorator_list)
        idle = self.verdicts.idle_parameters.get(node, set())
        arguments = node.args
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults = [*[None] * (len(plain) - len(arguments.defaults)), *arguments.defaults, *arguments.kw_defaults]
        for argument, default in zip([*plain, *arguments.kwonlyargs], defaults, strict=True):
            if argument.arg not in idle:
                self.visit(default)
                self.found.annotations += [argument.annotation] if argument.annotation else []
        for extra in (arguments.vararg, arguments.kwarg):
            self.found.annotations += [extra.annotation] if extra and extra.annotation else []
        self.found.annotations += [node.returns] if node.returns else []
        if idle:
            self._drop_parameters(node, idle)
        self.block(node.body)

    def _drop_parameters(self, node: Function, idle: set[str]) -> None:
        plain = [*node.args.posonlyargs, *node.args.args]
        defaults = [*[None] * (len(plain) - len(node.args.defaults)), *node.args.defaults]
        spans, is_kept = [], []
        for argument, default in zip(plain, defaults, strict=True):
            spans.append((self.module.span(argument)[0], self.module.span(default or argument)[1]))
            is_kept.append(argument.arg not in idle)
        if node.args.kwonlyargs and not node.args.vararg:
            first = self.module.span(node.args.kwonlyargs[0])[0]
            star = self.module.text.rindex("*", 0, first)
            spans.append((star, star + 1))
            is_kept.append(any(argument.arg not in idle for argument in node.args.kwonlyargs))
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
            spans.append((self.module.span(argument)[0], self.module.span(default or argument)[1]))
            is_kept.append(argument.arg not in idle)
        self.edits.drop_items(spans, is_kept)
        self.found.is_changed = True

    def _parallel(self, node: ast.Assign, targets: list[ast.expr], values: list[ast.expr]) -> None:
        """`a, b = x, y`, of which a part may be idle."""
        is_kept = [target not in self.verdicts.idle_stores for target in targets]
        if len(targets) != len(values) or any(isinstance(part, ast.Starred) for part in [*targets, *values]):
            self._target(node, node.targets[0], None)
            self.visit(node.value)
            return
        for target, value, kept in zip(targets, values, is_kept, strict=True):
            if kept:
                self._target(node, target, value)
                self.visit(value)
        if not all(is_kept):
            for parts in (targets, values):
                self.edits.drop_items([self.module.span(part) for part in parts], is_kept)
            self.found.is_changed = True

    def _target(self, statement: ast.stmt, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._target(statement, part, None)
        elif isinstance(target, ast.Name):
            self.found.stores.append((statement, target, value))
        elif isinstance(target, ast.Attribute):
            if not self._is_self(target.value):
                self.visit(target.value)
            self.found.stores.append((statement, target, value))
        else:
            self.visit(target)

    # ---- expressions -------------------------------------------------------------------------------------------

    def visit(self, node: ast.AST | None) -> None:
        """Notes what an expression uses."""
        match node:
            case None:
                return
            case ast.IfExp() if self.read_conditional(node):
                return
            case ast.BoolOp():
                self.read_either(node)
            case ast.Name():
                if isinstance(node.ctx, ast.Load):
                    self._name(node, is_called=False)
            case ast.Attribute():
                self._attribute(node)
            case ast.Call():
                self._call(node)
            case ast.Subscript(value=ast.Name() as name) if name in self.frame.free and self._is_entry(node, name):
                self.visit(node.slice)
            case ast.arguments() | ast.stmt():
                raise AssertionError(type(node))
            case ast.Lambda():
                self.visit_all([*node.args.defaults, *node.args.kw_defaults, node.body])
            case _:
                self.visit_all(ast.iter_child_nodes(node))

    def _is_entry(self, node: ast.Subscript, name: ast.Name) -> bool:
        found, key = resolve(self.module, name.id), self.evaluator.truth(node.slice, self.frame)
        value = self.evaluator.value(node.slice, self.frame)
        if self.is_whole or key is None or not isinstance(found, Definition) or found.module.floor == "models":
            return False
        if not isinstance(getattr(found.node, "value", None), ast.Dict):
            return False
        self.found.names.append((name, found))
        self.found.entries.setdefault(found, set()).add(getattr(value, "value", ""))
        return True

    def _name(self, node: ast.Name, *, is_called: bool) -> Definition | Import | None:
        if node not in self.frame.free:
            self.found.loads.add(node.id)
            self.found.is_leaking |= bool(self.frame.self_name) and node.id == self.frame.self_name
            return None
        found = resolve(self.module, node.id)
        if found is not None:
            self.found.names.append((node, found))
        if isinstance(found, Definition) and not is_called:
            self.found.values.add(found)
        return found

    def _is_self(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and bool(self.frame.self_name) and node.id == self.frame.self_name

    def _attribute(self, node: ast.Attribute) -> None:
        if self._is_self(node.value):
            self.found.own.add(node.attr)
            return
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "super":
            self.found.inherited.add(node.attr)
            return
        owner = self.evaluator.value(node.value, self.frame)
        if owner is SETTINGS:
            self.found.fields.add(node.attr)
        elif isinstance(owner, Live):
            self.found.typed.add((type(owner.value), node.attr))
        elif not self._is_outside(node.value):
            self.found.untyped.add(node.attr)
        self.visit(node.value)

    def _is_outside(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        is_global = isinstance(node, ast.Name) and node in self.frame.free
        return is_global and isinstance(resolve(self.module, getattr(node, "id", "")), Import)

    def _call(self, node: ast.Call) -> None:
        found: Definition | Import | None = None
        if isinstance(node.func, ast.Name):
            found = self._name(node.func, is_called=True)
        else:
            self.visit(node.func)
        function, is_method = self.callee(node, found)
        if function is not None:
            self.visit_all(self._arguments(node, function, is_method=is_method))
            return
        parts: list[ast.AST] = [*node.args, *node.keywords]
        if isinstance(found, Definition):
            self.found.values.add(found)
            self.found.records.append((found, node))
            idle_fields = self.verdicts.idle_fields.get(found, set())
            parts = self._kept([(part, getattr(part, "arg", "") not in idle_fields) for part in parts])
        self.visit_all(parts)

    def _kept(self, parts: list[tuple[ast.AST, bool]]) -> list[ast.AST]:
        """Takes arguments out of a call; returns those that stay."""
        is_kept = [kept for _, kept in parts]
        if not all(is_kept):
            self.edits.drop_items([self.module.span(part) for part, _ in parts], is_kept)
            self.found.is_changed = True
        return [part for part, kept in parts if kept]

    def callee(self, node: ast.Call, found: Definition | Import | None) -> tuple[Function | None, bool]:
        """The function of the project that a call runs, and whether it takes `self`; `None` if that is not known."""
        if isinstance(found, Definition) and isinstance(found.node, ast.FunctionDef):
            return found.node, False
        if isinstance(found, Definition) and isinstance(found.node, ast.ClassDef):
            return method_of(found, "__init__"), True
        if isinstance(node.func, ast.Attribute) and self._is_self(node.func.value):
            return self.methods.get(node.func.attr), True
        return None, False

    def _arguments(self, node: ast.Call, function: Function, *, is_method: bool) -> list[ast.AST]:
        """Notes what a call hands over; returns the arguments that the function uses."""
        bound = bind(node, function, is_method=is_method)
        if bound is None:
            self.found.calls.append((function, None, {}))
            return [*node.args, *node.keywords]
        values = {name: self.evaluator.value(value, self.frame) for name, value in bound.items()}
        self.found.calls.append((function, values, bound))
        idle = [value for name, value in bound.items() if name in self.verdicts.idle_parameters.get(function, ())]
        parts: list[tuple[ast.AST, bool]] = [(part, part not in idle) for part in node.args]
        parts += [(part, part.value not in idle) for part in node.keywords]
        return self._kept(parts)
