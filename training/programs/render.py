"""From what was left to text: every kept definition as it was written, under names that do not clash."""

import ast
import builtins
import re
from dataclasses import dataclass, field
from typing import Any, Final

from training.programs.findings import Findings
from training.programs.reach import Round, is_record, targets
from training.programs.shake import Shaker
from training.programs.source import Definition, Import, Module, free_names, resolve
from training.settings import Settings

FLOORS: Final = ("data", "models", "training", "experiments")  # what comes later may use what comes earlier
_ATTRIBUTE: Final = re.compile(r"^ {8}(\w[\w, ]*):[^\n]*\n(?: {9,}[^\n]*\n)*", re.MULTILINE)
_SECTION: Final = re.compile(r"^ *# -{4,}.*\n", re.MULTILINE)
WIDTH: Final = 120
_BROKEN: Final = re.compile(r"^( *[^\n#]*[(\[{])\n +([^\n#]*[^,\n#])\n *([)\]}][^\n]*)$", re.MULTILINE)
_HEADING: Final = re.compile(r"\n\s*\n\s*(Args|Returns|Raises|Yields|Attributes):\n")


@dataclass
class Source:
    """The kept part of the project as text.

    Attributes:
        sections: by floor, the definitions one after the other.
        imports: lines to import what they use.
        typing: lines that are needed to read annotations only.
        packages: the packages from outside that are imported.
    """

    sections: dict[str, str]
    imports: list[str]
    typing: list[str]
    packages: set[str]


@dataclass
class Renderer:
    """Writes one round down."""

    shaker: Shaker
    round: Round
    taken: set[str]  # names the program uses for itself
    names: dict[Definition | Import, str]  # what it imports for itself
    aliases: dict[Definition, None] = field(default_factory=dict)
    typing: dict[Import, None] = field(default_factory=dict)

    def render(self) -> Source:
        """The text of everything that is kept."""
        self.shaker.drop_entries()
        self._choose_names()
        for node, found in self.round.findings.items():
            self._rename(found)
            self._shorten(node, found)
            for annotation in found.annotations:
                self._annotation(annotation, found.module)
        sections = {floor: self._section(floor) for floor in FLOORS}
        used = {target for _, target in self.round.imports}
        aliases = [_own_text(alias) for alias in self.aliases]
        typing = [*_import_lines({t: self.names[t] for t in self.typing if t not in used}), *aliases]
        packages = {target.module.split(".")[0] for target in used}
        return Source(sections, _import_lines({t: self.names[t] for t in used}), typing, packages)

    # ---- names -------------------------------------------------------------------------------------------------

    def _choose_names(self) -> None:
        for name, target in sorted(self.round.imports, key=lambda pair: (pair[1].module, pair[1].name)):
            self._name(target, name)
        for definition in self._ordered():
            self._name(definition, definition.name)

    def _name(self, target: Definition | Import, wanted: str) -> str:
        if target not in self.names:
            name = wanted
            if (name in self.taken or hasattr(builtins, name)) and isinstance(target, Definition):
                name = f"{wanted}_of_{target.module.name.split('.')[-1]}"
            while name in self.taken:
                name += "_"
            self.taken.add(name)
            self.names[target] = name
        return self.names[target]

    def _rename(self, found: Findings) -> None:
        for node, target in found.names:
            if self.names[target] != node.id:
                self.round.edits[found.module].replace(*found.module.span(node), self.names[target])

    # ---- annotations -------------------------------------------------------------------------------------------

    def _annotation(self, node: ast.expr, module: Module) -> None:
        """Makes an annotation readable without the project: nothing in it is computed when the program runs."""
        edits = self.round.edits[module]
        shapes = {id(part.slice) for part in ast.walk(node) if isinstance(part, ast.Subscript)}
        shapes |= {id(e) for part in ast.walk(node) if isinstance(part, ast.Tuple) for e in part.elts}
        for text in ast.walk(node):
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and id(text) not in shapes:
                edits.replace(*module.span(text), self._quoted(text.value, module))
        for name in free_names(node):
            target = resolve(module, name.id)
            if target is not None:
                shown = self._annotated_name(target, name.id)
                if shown != name.id:
                    edits.replace(*module.span(name), shown)

    def _quoted(self, text: str, module: Module) -> str:
        """An annotation that was written as text, so that it may be used before it is defined."""
        for name in free_names(ast.parse(text, mode="eval").body):
            target = resolve(module, name.id)
            if target is not None:
                shown = self._annotated_name(target, name.id)
                text = re.sub(rf"\b{name.id}\b", shown, text)
        return text

    def _annotated_name(self, target: Definition | Import, written: str) -> str:
        if isinstance(target, Import) or target in self.round.definitions or target in self.aliases:
            if isinstance(target, Import):
                self.typing[target] = None
            return self._name(target, written)
        value: Any = getattr(target, "value", None)
        if isinstance(target.node, ast.Assign | ast.AnnAssign) and target.node.value is not None:
            for name in free_names(target.node.value):
                inner = resolve(target.module, name.id)
                if inner is not None:
                    self._annotated_name(inner, name.id)
            self.aliases[target] = None
            return self._name(target, written)
        if isinstance(value, type) and issubclass(value, Settings):
            return "SimpleNamespace"
        self.typing[ANY] = None
        return self._name(ANY, "Any")

    # ---- text --------------------------------------------------------------------------------------------------

    def _ordered(self) -> list[Definition]:
        """All kept definitions, each after what its module imports."""
        modules: dict[Module, None] = {}
        waiting = sorted(
            {d.module for d in self.round.definitions}, key=lambda module: (FLOORS.index(module.floor), module.name)
        )
        known = {module.name: module for module in waiting}

        def put(module: Module, path: tuple[Module, ...] = ()) -> None:
            if module in modules or module in path:
                return
            for source, _ in module.imports.values():
                if source in known:
                    put(known[source], (*path, module))
            modules[module] = None

        for module in waiting:
            put(module)
        kept = sorted(self.round.definitions, key=lambda d: d.node.lineno)
        return [definition for module in modules for definition in kept if definition.module is module]

    def _section(self, floor: str) -> str:
        texts: list[str] = []
        was_short = False
        for definition in self._ordered():
            if definition.module.floor == floor:
                is_short = not isinstance(definition.node, ast.FunctionDef | ast.ClassDef)
                text = self._definition(definition)
                texts.append(("" if not texts else "\n" if is_short and was_short else "\n\n\n") + text)
                was_short = is_short and "\n" not in text
        return "".join(texts)

    def _definition(self, definition: Definition) -> str:
        text = self._class(definition) if isinstance(definition.node, ast.ClassDef) else self._text(definition)
        name = self.names[definition]
        if name != definition.name:
            text = re.sub(
                rf"^((?:class|def|async def) )?{definition.name}\b", rf"\g<1>{name}", text, count=1, flags=re.M
            )
        return text

    def _text(self, definition: Definition, node: ast.stmt | None = None) -> str:
        module, node = definition.module, node or definition.node
        start = module.starts[module.first_line(node) - 1]
        text = self.round.edits[module].text(start, module.starts[node.end_lineno or node.lineno])
        return _tidied(_SECTION.sub("", text))

    def _class(self, definition: Definition) -> str:
        module, node = definition.module, definition.node
        assert isinstance(node, ast.ClassDef)
        self._drop_bases(definition, node)
        start = module.starts[module.first_line(node) - 1]
        head = self.round.edits[module].text(start, module.starts[module.first_line(node.body[0]) - 1]).rstrip()
        if head.endswith(":") and head.count("()"):
            head = re.sub(r"\(\):$", ":", head)
        lines, was_short = [head], True
        for part in node.body:
            is_doc = isinstance(part, ast.Expr) and part is node.body[0]
            is_field = isinstance(part, ast.AnnAssign) and part.value is None and is_record(definition)
            is_field = is_field and not set(targets(part)) & self.shaker.verdicts.idle_fields.get(definition, set())
            if not (is_doc or is_field or part in self.round.units):
                continue
            is_short = not is_doc and not isinstance(part, ast.FunctionDef)
            lines += [] if len(lines) == 1 or (is_short and was_short) else [""]
            lines.append(self._text(definition, part))
            was_short = is_short
        return "\n".join(lines if len(lines) > 1 else [head, "    pass"])

    def _drop_bases(self, definition: Definition, node: ast.ClassDef) -> None:
        """Takes away the parent classes of the experiment of which nothing is left."""
        if definition not in self.shaker.classes or not node.bases:
            return
        targets = [resolve(definition.module, base.id) if isinstance(base, ast.Name) else None for base in node.bases]
        kept = [not isinstance(target, Definition) or target in self.round.definitions for target in targets]
        spans = [definition.module.span(base) for base in node.bases]
        self.round.edits[definition.module].drop_items(spans, kept)

    def _shorten(self, node: ast.stmt, found: Findings) -> None:
        """Cuts a docstring to what the thing is for: the rest may speak of what was left out."""
        body = getattr(node, "body", None)
        if found.module.floor == "models" or not body or not isinstance(body[0], ast.Expr):
            return
        start, end = found.module.span(body[0].value)
        if isinstance(node, ast.ClassDef) and self._shorten_attributes(node, found.module):
            return
        heading = _HEADING.search(found.module.text, start, end)
        if heading:
            summary = found.module.text[start : heading.start()]
            closing = "\n" + " " * body[0].col_offset if "\n" in summary else ""
            self.round.edits[found.module].replace(heading.start(), end, closing + '"""')

    def _shorten_attributes(self, node: ast.ClassDef, module: Module) -> bool:
        """Keeps only the fields that are left in the docstring of a class; returns whether there is such a list."""
        start, end = module.span(node.body[0])
        definition = module.definitions[node.name]
        idle = self.shaker.verdicts.idle_fields.get(definition, set())
        names = {
            part.target.id
            for part in node.body
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
        }
        if "    Attributes:\n" not in module.text[start:end] or names <= idle:
            return False
        for match in _ATTRIBUTE.finditer(module.text, start, end):
            if not {name.strip() for name in match[1].split(",")} & (names - idle):
                self.round.edits[module].replace(*match.span())
        return True


ANY: Final = Import("typing", "Any")


def _tidied(text: str) -> str:
    """No blank line after a colon or before the end, and never two of them."""
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\n{3,}", "\n\n", text)
    text = re.sub(r"(:\n)\n(?= +\S)", r"\1", text).rstrip()
    text = re.sub(r"\b(if|elif|while) \(([^()\n]*)\):$", r"\1 \2:", text, flags=re.MULTILINE)
    return _BROKEN.sub(_on_one_line, text)


def _on_one_line(match: re.Match[str]) -> str:
    """What was on several lines for its length alone, on one line where it is short enough now."""
    line = "".join(match.groups())
    return line if len(line) <= WIDTH else match[0]


def _own_text(alias: Definition) -> str:
    start, end = alias.module.span(alias.node)
    return alias.module.text[start:end]


def _import_lines(targets: dict[Import, str]) -> list[str]:
    """Lines of import statements, in order."""
    whole, parts = [], dict[str, list[str]]()
    for target, name in targets.items():
        if not target.name:
            top = target.module.split(".")[0]
            whole.append(f"import {target.module}" + (f" as {name}" if name not in (target.module, top) else ""))
        else:
            parts.setdefault(target.module, []).append(target.name + (f" as {name}" if name != target.name else ""))
    named = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(parts.items())]
    return sorted(whole) + named
