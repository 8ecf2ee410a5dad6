"""What a model card has, and what it lacks: a real one, and whatever somebody may paste."""

import time

import pytest

from data.dataset import DataError
from data.extras import weights_file
from data.model_card import CHECKS, MAX_BYTES, counted, findings, lines_with, read_card, section
from tests.training.toy import is_sentence

FULL = """---
license: mit
tags: [one, two]
---
# A network
## Model description
text
## Licence
## Intended uses
### Out-of-scope use
deeper
## Factors
## Results
## Test data
## Training data
```python
# Limitations
```
## Quantitative analyses
## Bias and risks
## Limitations
"""


def real():
    return read_card((weights_file("minilm").parent / "README.md").read_text(encoding="utf-8"))


def test_the_real_card_has_four_parts_and_lacks_seven():
    found = {one.check.name: one.where for one in findings(real())}
    assert found["Licence"] == "head: license"
    assert found["Training data"] == "head: datasets"
    assert found["Intended use"].endswith("Intended uses")
    assert found["Model details"].endswith("Background")
    missing = {name for name, where in found.items() if not where}
    assert missing == {
        "Out of scope", "Factors", "Metrics", "Evaluation data", "Quantitative analyses", "Ethical considerations",
        "Caveats and recommendations",
    }  # fmt: skip
    text = "\n".join(real().lines).lower()
    assert not any(word in text for word in ("bias", "risk", "ethic", "accuracy", "limitation")), (
        "they are truly missing"
    )


def test_the_head_and_the_sections_of_the_real_card_are_read():
    card = real()
    assert card.head["license"] == ("apache-2.0",)
    assert "ms_marco" in card.head["datasets"]
    assert len(card.head["datasets"]) == 21
    assert "256 word pieces" in section(card, "intended")
    assert section(card, "intended").startswith("## Intended uses")
    assert "Training procedure" not in section(card, "intended")
    assert section(card, "evaluation") == ""
    limits = lines_with(card, r"truncated|was limited to")
    assert "256 word pieces" in limits
    assert "128 tokens" in limits
    assert not any("Mean Pooling" in heading.words for heading in card.headings), "a comment in code is no heading"


def test_the_rows_of_the_real_card_do_not_make_the_total_it_gives():
    rows = counted(real())
    assert len(rows) == 33
    assert dict(rows)["Total"] == 1_170_060_424
    parts = [number for name, number in rows if name != "Total"]
    assert sum(parts) == 1_167_611_585
    assert max(parts) == 726_484_430 == dict(rows)["Reddit comments (2015-2018)"]
    assert not any("reddit" in name.lower() for name in real().head["datasets"])


def test_a_card_with_everything_lacks_nothing():
    card = read_card(FULL)
    found = findings(card)
    assert [one.check for one in found] == list(CHECKS)
    assert all(one.where for one in found), [one.check.name for one in found if not one.where]
    assert found[-1].where == f"line {FULL.splitlines().index('## Limitations') + 1}: Limitations"
    assert card.head == {"license": ("mit",), "tags": ("one", "two")}
    assert section(card, "intended").endswith("deeper"), "what is deeper belongs to it"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_each_part_can_be_missing(check):
    import re

    kept = [line for line in FULL.splitlines() if not re.search(check.pattern, line.strip("# "), re.IGNORECASE)]
    found = {one.check.name: one.where for one in findings(read_card("\n".join(kept)))}
    assert found[check.name] == ""


@pytest.mark.parametrize("text", ["", " \n ", "a" * (MAX_BYTES + 1), "é" * (MAX_BYTES // 2 + 1)])
def test_what_is_no_card_is_one_sentence(text):
    with pytest.raises(DataError) as found:
        read_card(text)
    assert is_sentence(str(found.value))


@pytest.mark.parametrize(
    "head",
    ["a: [", "!!python/object/apply:os.system ['true']", "a: &x [1]\nb: *x", "- 1\n- 2", "[" * 2000, "1: 2", "a: b: c",
     "license: " + "x" * 6000, "\t", "a: {b: {c: 1}}"],
)  # fmt: skip
def test_a_strange_head_hurts_nobody(head):
    card = read_card(f"---\n{head}\n---\n# Licence\n")
    assert card.headings[-1].words == "Licence"
    assert all(isinstance(one, str) for values in card.head.values() for one in values)


def test_yaml_that_grows_without_end_takes_no_time():
    lines = ["a0: &a0 [1, 2]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    begun = time.monotonic()
    read_card("---\n" + "\n".join(lines) + "\n---\n")
    assert time.monotonic() - begun < 2


def test_the_largest_card_is_read_at_once():
    for line in ("|" * 99, "# " + " " * 97, "# a#" * 20, "*,|" * 30, "`" * 90, "[" * 90):
        begun = time.monotonic()
        card = read_card((line + "\n") * (MAX_BYTES // (len(line) + 1)))
        findings(card)
        counted(card)
        assert time.monotonic() - begun < 2, line


def test_without_yaml_the_names_in_the_head_still_count(monkeypatch):
    monkeypatch.setattr("data.model_card.is_importable", lambda package: package != "yaml")
    card = read_card(FULL)
    assert card.head == {"license": (), "tags": ()}
    assert findings(card)[1].where == "head: license"


def test_windows_lines_are_lines():
    assert read_card(FULL.replace("\n", "\r\n")).headings == read_card(FULL).headings
