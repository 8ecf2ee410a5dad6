"""Takes the branches out that cannot run: of if, match, `a if test else b`, `or` and `and`."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from training.programs.edits import Edits
from training.programs.findings import Findings, Verdicts
from training.programs.values import Evaluator, Frame, Known


class Branches(ABC):
    """The part of reading that decides between branches."""

    def __init__(self, evaluator: Evaluator, verdicts: Verdicts, frame: Frame, edits: Edits) -> None:
        """Prepares the pass.

        Args:
            evaluator: knows the settings.
            verdicts: of the rounds before.
            frame: what is known inside the unit.
            edits: takes the changes.
        """
        self.evaluator, self.verdicts, self.frame, self.edits = evaluator, verdicts, frame, edits
        self.module = frame.module
        self.is_whole = frame.module.floor == "models"  # an architecture is shown whole
        self.found = Findings(frame.module)

    @abstractmethod
    def block(self, statements: Sequence[ast.stmt], *, is_spliced: bool = False) -> tuple[bool, bool]:
        """Reads statements in order."""

    @abstractmethod
    def visit(self, node: ast.AST | None) -> None:
        """Notes what an expression uses."""

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        """Notes what several expressions use."""
        for node in nodes:
            self.visit(node)

    def drop(self, statement: ast.stmt) -> None:
        """Takes a statement out."""
        self.edits.drop_lines(self.module.first_line(statement), statement.end_lineno or statement.lineno)
        self.found.is_changed = True

    def read_if(self, node: ast.If) -> tuple[bool, bool]:
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

    def read_match(self, node: ast.Match) -> tuple[bool, bool]:
        """Reads a match statement; returns whether it ends the block, and whether anything of it is left."""
        chosen = None if self.is_whole else self._case(node)
        if chosen is None:
            self.visit(node.subject)
            ends = []
            for case in node.cases:
                self.visit_all([case.pattern, case.guard])
                ends.append(self.block(case.body)[0])
            return all(ends) and any(_is_wildcard(case.pattern) for case in node.cases), True
        taken, fields = chosen
        self.found.is_changed = True
        self.found.decided.update(fields)
        if taken is None:
            self.drop(node)
            return False, False
        start = self.module.first_line(taken.body[0])
        later = [other.pattern.lineno for other in node.cases if other.pattern.lineno > taken.pattern.lineno]
        end = min(later) - 1 if later else node.end_lineno or node.lineno
        self.edits.drop_lines(node.lineno, start - 1)
        self.edits.drop_lines(end + 1, node.end_lineno or node.lineno)
        self.edits.dedent(start, end, taken.body[0].col_offset - node.col_offset)
        return self.block(taken.body, is_spliced=True)

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

    def read_conditional(self, node: ast.IfExp) -> bool:
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

    def read_either(self, node: ast.BoolOp) -> None:
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
        self.visit_all(parts)


def _is_wildcard(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None and pattern.name is None
