"""The whole app on a machine where nothing of requirements-pretrained.txt is installed."""

import subprocess
import sys
from pathlib import Path

from data.extras import EXTRAS
from tests.rules.house import ROOT

OTHERS = ("gguf", "timm", "transformers", "regex", "efficientnet_lite_pytorch")
PROGRAM = """
import sys
from importlib.machinery import PathFinder

hidden = set(sys.argv[1].split())


class WithoutExtras(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in hidden else super().find_spec(name, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = WithoutExtras

from streamlit.testing.v1 import AppTest

from catalog import PAGES

app = AppTest.from_file("ui/router.py", default_timeout=60).run()
assert not app.exception, app.exception
for page in PAGES:
    app.switch_page(f"../pages/{page.slug}.py").run()
    assert not app.exception, (page.slug, app.exception)
    assert not app.error, (page.slug, app.error)
    print(page.slug)
assert not hidden & set(sys.modules)
"""


def test_every_page_opens_without_the_extras() -> None:
    hidden = " ".join([extra.package for extra in EXTRAS.values()] + list(OTHERS))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, hidden], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    opened = done.stdout.split()
    assert sorted(opened) == sorted(path.stem for path in Path(ROOT, "pages").glob("*.py") if path.stem != "home")
