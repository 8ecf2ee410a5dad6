"""Reads one function, class head or constant: which parts can run under these settings, and what those parts use."""

import ast
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, TypeAlias

from training.programs.edits import Edits
from training.programs.source import Definition, Function, Import, Module, bound_by, resolve
from training.programs.values import SETTINGS, Evaluator, Frame, Known, Live, Value

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
    inherited: set[tuple[Definition | None, str]] = field(default_factory=set)  # read through super()
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


_ENDS: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Reading:
    """One pass over one unit. Parts that cannot run are taken out of `edits` and not looked at."""

    def __init__(
        self, evaluator: Evaluator, verdicts: Verdicts, frame: Frame, edits: Edits, methods: Mapping[str, Function]
    ) -> None:
        """Prepares the pass.

        Args:
            evaluator: knows the settings.
            verdicts: of the rounds before.
            frame: what is known inside the unit.
            edits: takes the changes.
            methods: of the experiment, by name.
        """
        self.evaluator, self.verdicts, self.frame, self.edits, self.methods = evaluator, verdicts, frame, edits, methods
        self.module = frame.module
        self.is_whole = frame.module.floor == "models"  # an architecture is shown whole
        self.found = Findings(frame.module)

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
                self._drop(statement)
                continue
            is_left = True
            if isinstance(statement, ast.If):
                has_ended, is_left = self._if(statement)
            elif isinstance(statement, ast.Match):
                has_ended, is_left = self._match(statement)
            else:
                self._statement(statement)
                has_ended = isinstance(statement, _ENDS)
            num_left += is_left
            has_ended = has_ended and not self.is_whole
        if not num_left and not is_spliced and statements:
            start = self.module.starts[self.module.first_line(statements[0]) - 1]
            self.edits.replace(start, start, " " * statements[0].col_offset + "pass\n")
        return has_ended, num_left > 0

    def _drop(self, statement: ast.stmt) -> None:
        self.edits.drop_lines(self.module.first_line(statement), statement.end_lineno or statement.lineno)
        self.found.is_changed = True

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
                self._visit_all(handler.type for handler in node.handlers)
            case _:
                for name, value in ast.iter_fields(node):
                    if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                        self.block(value)
                    elif isinstance(value, list):
                        self._visit_all(value)
                    elif isinstance(value, ast.AST) and name != "annotation":
                        self.visit(value)

    def function(self, node: Function) -> None:
        """Reads decorators, defaults and body of a function."""
        self._visit_all(node.decorator_list)
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

    # ---- choices -----------------------------------------------------------------------------------------------

    def _if(self, node: ast.If) -> tuple[bool, bool]:
        """Reads an if with all its elifs; returns whether it ends the block, and whether anything of it is left."""
        chain = [node]
        while len(chain[-1].orelse) == 1 and self._is_elif(chain[-1].orelse[0]):
            following = chain[-1].orelse[0]
            assert isinstance(following, ast.If)
            chain.append(following)
        otherwise = chain[-1].orelse
        truths = [self._decision(part.test, part.body) for part in chain]
        kept = [part for part, truth in zip(chain, truths, strict=True) if truth is None]
        for index, truth in enumerate(truths):
            if truth is not None and truth.value:
                kept = [part for part in kept if part in chain[:index]]
                break
        else:
            index = -1
        last = chain[index].body if index >= 0 else otherwise
        if len(kept) < len(chain):
            self._take_out_branches(chain, kept, last)
            gone = [part.body for part in chain if part not in kept and part.body is not last]
            gone += [otherwise] if otherwise is not last else []
            if not all(isinstance(statement, ast.Raise) for body in gone for statement in body):
                self.found.decided.update(*(truth.fields for truth in truths if truth is not None))
        for part in kept:
            self.visit(part.test)
        ends = [self.block(part.body)[0] for part in kept]
        ended, is_left = self.block(last, is_spliced=not kept)
        return all(ends) and ended, bool(kept) or is_left

    def _decision(self, test: ast.expr, body: Sequence[ast.stmt] = ()) -> Known | None:
        """Whether a test comes out true, if that may be taken for granted.

        Words may. A number somebody will want to change may only where the test names the setting itself, so that
        the setting goes with the code, or where nothing but an error message goes.
        """
        truth = None if self.is_whole else self.evaluator.truth(test, self.frame)
        if truth is None:
            return None
        named = {part.attr for part in ast.walk(test) if isinstance(part, ast.Attribute)}
        is_check = not truth.value and all(isinstance(part, ast.Raise) for part in body) and bool(body)
        return truth if is_check or self.evaluator.numbers & truth.fields <= named else None

    def _is_elif(self, node: ast.stmt) -> bool:
        return isinstance(node, ast.If) and self.module.text.startswith("elif", self.module.span(node)[0])

    def _take_out_branches(self, chain: list[ast.If], kept: list[ast.If], last: list[ast.stmt]) -> None:
        self.found.is_changed = True
        node, end = chain[0], chain[0].end_lineno or chain[0].lineno
        heads = [part.lineno for part in chain]
        if chain[-1].orelse:
            number = self.module.first_line(chain[-1].orelse[0])
            while not self.module.line(number).strip().startswith("else:"):
                number -= 1
            heads.append(number)
        heads.append(end + 1)
        bodies = [part.body for part in chain] + ([chain[-1].orelse] if chain[-1].orelse else [])
        if not kept and not last:
            self.edits.drop_lines(self.module.first_line(node), end)
        for index, body in enumerate(bodies):
            first, after, start = heads[index], heads[index + 1], self.module.first_line(body[0])
            head = (self.module.starts[first - 1] + node.col_offset, self.module.starts[start - 1])
            if body is last and not kept:
                self.edits.drop_lines(first, start - 1)
                self.edits.dedent(start, after - 1, body[0].col_offset - node.col_offset)
            elif body is last:
                self.edits.replace(*head, "else:\n")
            elif index < len(chain) and chain[index] in kept:
                if chain[index] is kept[0] and index > 0:
                    self.edits.replace(head[0], head[0] + 4, "if")
            elif kept or last:
                self.edits.drop_lines(first, after - 1)

    def _match(self, node: ast.Match) -> tuple[bool, bool]:
        chosen = None if self.is_whole else self._case(node)
        if chosen is None:
            self.visit(node.subject)
            ends = []
            for case in node.cases:
                self._visit_all([case.pattern, case.guard])
                ends.append(self.block(case.body)[0])
            return all(ends) and any(_is_wildcard(case.pattern) for case in node.cases), True
        case, fields = chosen
        self.found.is_changed = True
        self.found.decided.update(fields)
        if case is None:
            self._drop(node)
            return False, False
        start = self.module.first_line(case.body[0])
        later = [other.pattern.lineno for other in node.cases if other.pattern.lineno > case.pattern.lineno]
        end = min(later) - 1 if later else node.end_lineno or node.lineno
        self.edits.drop_lines(node.lineno, start - 1)
        self.edits.drop_lines(end + 1, node.end_lineno or node.lineno)
        self.edits.dedent(start, end, case.body[0].col_offset - node.col_offset)
        return self.block(case.body, is_spliced=True)

    def _case(self, node: ast.Match) -> tuple[ast.match_case | None, frozenset[str]] | None:
        """The case that is taken and the settings that decide it; `None` if that is not known."""
        subject = self.evaluator.truth(ast.Compare(node.subject, [ast.Eq()], [node.subject]), self.frame)
        if subject is None:
            return None
        for case in node.cases:
            patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
            for pattern in patterns:
                if case.guard is not None or not isinstance(pattern, ast.MatchValue | ast.MatchSingleton | ast.MatchAs):
                    return None
                if _is_wildcard(pattern):
                    return case, subject.fields
                if isinstance(pattern, ast.MatchAs):
                    return None
                other = pattern.value if isinstance(pattern, ast.MatchValue) else ast.Constant(pattern.value)
                truth = self.evaluator.truth(ast.Compare(node.subject, [ast.Eq()], [other]), self.frame)
                if truth is None:
                    return None
                if truth.value:
                    return case, truth.fields
        return None, subject.fields

    def _conditional(self, node: ast.IfExp) -> bool:
        """Reads only the side of `a if test else b` that is taken; returns whether it is known which."""
        truth = self._decision(node.test)
        if truth is None:
            return False
        start, end = self.module.span(node)
        text = self.module.text
        chosen = node.body if truth.value else node.orelse
        if truth.value:
            body_end = self.module.span(node.body)[1]
            keyword = text.index("if", body_end)
            self.edits.replace(body_end + len(text[body_end:keyword].rstrip()), end)
        else:
            keyword = text.index("else", self.module.span(node.test)[1]) + len("else")
            self.edits.replace(start, keyword + len(text[keyword:]) - len(text[keyword:].lstrip()))
        is_bare = text[start - 1] == "(" and text[end : end + 1] == ")" and not text[start - 2].isidentifier()
        if is_bare and isinstance(chosen, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript):
            self.edits.replace(start - 1, start)
            self.edits.replace(end, end + 1)
        self.found.is_changed = True
        self.found.decided.update(truth.fields)
        self.visit(chosen)
        return True

    def _either(self, node: ast.BoolOp) -> None:
        """Reads `a or b`, `a and b`, without the first parts if they decide nothing."""
        parts = list(node.values)
        while len(parts) > 1:
            truth = self._decision(parts[0])
            if truth is None or truth.value == isinstance(node.op, ast.Or):
                break
            self.found.decided.update(truth.fields)
            parts.pop(0)
        if len(parts) < len(node.values):
            word = "or" if isinstance(node.op, ast.Or) else "and"
            before = self.module.span(node.values[-len(parts) - 1])[1]
            after = self.module.text.index(word, before) + len(word)
            rest = self.module.text[after:]
            self.edits.replace(self.module.span(node)[0], after + len(rest) - len(rest.lstrip()))
            self.found.is_changed = True
        self._visit_all(parts)

    # ---- expressions -------------------------------------------------------------------------------------------

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            self.visit(node)

    def visit(self, node: ast.AST | None) -> None:
        """Notes what an expression uses."""
        match node:
            case None:
                return
            case ast.IfExp() if self._conditional(node):
                return
            case ast.BoolOp():
                self._either(node)
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
                self._visit_all([*node.args.defaults, *node.args.kw_defaults, node.body])
            case _:
                self._visit_all(ast.iter_child_nodes(node))

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
            self.found.inherited.add((None, node.attr))
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
            self._visit_all(self._arguments(node, function, is_method=is_method))
            return
        parts: list[ast.AST] = [*node.args, *node.keywords]
        if isinstance(found, Definition):
            self.found.values.add(found)
            self.found.records.append((found, node))
            idle_fields = self.verdicts.idle_fields.get(found, set())
            parts = self._kept([(part, getattr(part, "arg", "") not in idle_fields) for part in parts])
        self._visit_all(parts)

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
            return next((part for part in found.node.body if is_function(part, "__init__")), None), True
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


def is_function(node: ast.stmt, name: str) -> bool:
    """Whether a statement defines the function `name`."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name


def _is_wildcard(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None and pattern.name is None


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
    """The names of a function that are bound once and in one plain way, with what they are bound to."""
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
    return {name: value for name, value in found.items() if _counts(node)[name] == 1}


@cache
def stable_parameters(node: Function) -> frozenset[str]:
    """The parameters that are bound to nothing else inside the function."""
    names = [part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)]
    return frozenset(name for name in names if _counts(node)[name] == 1)
