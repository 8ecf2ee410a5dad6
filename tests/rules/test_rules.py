"""The house keeps its rules, and every rule can fail."""

from pathlib import Path

import pytest

from tests.rules import code, documents, look  # noqa: F401 — importing them fills RULES
from tests.rules.house import ROOT, RULES, Rule, Tree


def _name(rule: Rule) -> str:
    return rule.check.__name__


def _plant(root: Path, tree: Tree) -> None:
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_the_house_keeps(rule: Rule) -> None:
    violations = list(rule.check(ROOT))
    assert not violations, "\n" + "\n".join(violations)


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_a_planted_violation_is_found(rule: Rule, tmp_path: Path) -> None:
    _plant(tmp_path, rule.kept)
    assert list(rule.check(tmp_path)) == []
    _plant(tmp_path, rule.broken)
    assert len(list(rule.check(tmp_path))) == 1
