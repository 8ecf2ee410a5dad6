"""What the writer of programs may take for settled in a function."""

import ast

from training.programs.source import single_assignments

CODE = """
def read(self):
    found: list[int] = []
    limit = 3
    for i in range(limit):
        found.append(i)
    both = 1
    both = 2
    return found or limit
"""


def test_a_list_may_have_grown_and_a_name_may_be_bound_again():
    (function,) = ast.parse(CODE).body
    assert set(single_assignments(function)) == {"limit"}
