"""Pattern search and tracks of the page `lstm`, against plain loops and by hand."""

import itertools
import time

import numpy as np
import pytest

from experiments.lstm_search import MOST_MATCHES, correlations, find_matches, units_of_pattern
from experiments.lstm_tracks import TRACKS, tracks_of_symbols, tracks_of_text, tracks_of_values

ON = np.array([[0, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0, 1], [0, 0, 1, 1, 1, 1]], dtype=bool).T  # (L, H), a row a unit


def test_the_pattern_finds_units_that_are_on_and_off_where_they_should():
    assert units_of_pattern(ON, 1, 2).tolist() == [0, 1]
    assert units_of_pattern(ON, 1, 2, off_before=1).tolist() == [0]
    assert units_of_pattern(ON, 2, 3, off_after=1).tolist() == [0]
    assert units_of_pattern(ON, 2, 3).tolist() == [0, 2]
    assert units_of_pattern(ON, 0, 2, off_before=3).tolist() == [1], "what lies before the row does not count"


def slow_matches(is_on, units):
    """The same by loops: pieces between two flips, as (-shared, others, -length, row, start)."""
    found = []
    for row, states in enumerate(is_on):
        keys = [tuple(step[units]) for step in states]
        start = 0
        for key, group in itertools.groupby(keys):
            length = len(list(group))
            through = [unit for unit in range(states.shape[1]) if all(states[start : start + length, unit])]
            if sum(key):
                found.append((-sum(key), len(through) - sum(key), -length, row, start))
            start += length
    return sorted(found)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("chosen", [[0], [1, 4], [0, 2, 3]])
def test_matches_are_those_of_plain_loops_in_their_order(seed, chosen):
    is_on = np.random.default_rng(seed).random((6, 20, 5)) < 0.6
    found = find_matches(is_on, np.array(chosen), limit=1000)
    keys = [(-match.shared, match.others, -match.length) for match in found]
    expected = slow_matches(is_on, chosen)
    assert keys == [key[:3] for key in expected]
    assert {(match.row, match.start, match.length) for match in found} == {(r, s, -n) for _, _, n, r, s in expected}


def test_at_most_fifty_and_none_without_units():
    is_on = np.random.default_rng(0).random((40, 50, 4)) < 0.5
    assert len(find_matches(is_on, np.array([0]))) == MOST_MATCHES == 50
    assert find_matches(is_on, np.array([], dtype=np.int64)) == []
    assert find_matches(np.zeros((2, 5, 3), dtype=bool), np.array([1])) == []


def test_the_search_over_the_longest_text_is_quick():
    is_on = np.random.default_rng(0).random((48, 240, 64)) < 0.5
    units = np.arange(5)
    seconds = []
    for _ in range(3):
        began = time.process_time()
        find_matches(is_on, units)
        seconds.append(time.process_time() - began)
    assert min(seconds) < 0.3


def test_correlations_are_numpys_and_zero_where_nothing_varies():
    random = np.random.default_rng(0)
    values, tracks = random.normal(size=(200, 3)), random.normal(size=(200, 2))
    values[:, 2] = 1.0
    found = correlations(values, tracks)
    expected = np.corrcoef(values[:, :2].T, tracks.T)[:2, 2:]
    np.testing.assert_allclose(found[:2], expected, atol=1e-12)
    assert found[2].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("name", "row", "expected"),
    [
        ("open brackets", "((a)b)", [1, 2, 2, 1, 1, 0]),
        ("step", "abc", [0, 1, 2]),
        ("space", "a␣b↵", [0, 1, 0, 1]),
        ("vowel", "Alb", [1, 0, 0]),
        ("capital", "Ab", [1, 0]),
        ("sign", "a,␣!", [0, 1, 0, 1]),
        ("letter of the word", "ab␣c", [1, 2, 0, 1]),
        ("place in the line", "ab↵c", [1, 2, 0, 1]),
        ("inside quotes", "a“b”c", [0, 1, 1, 0, 0]),
        ("inside quotes", 'a"b"c', [0, 1, 1, 0, 0]),
        ("inside quotes", "␣'I'm',␣it's", [0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_a_track_by_hand(name, row, expected):
    assert list(TRACKS[name](row)) == expected


def test_tracks_that_do_not_vary_are_left_out():
    assert set(tracks_of_text(["ab␣", "cde"])) == {"step", "space", "vowel", "letter of the word", "place in the line"}
    found = tracks_of_symbols(["ab", "ba"], has_first=True)
    assert set(found) == {"step", "reads a", "reads b", "began with a", "began with b"}
    assert found["began with b"].tolist() == [[0, 0], [1, 1]]
    assert set(tracks_of_values(np.random.default_rng(0).normal(size=(3, 4, 2)))) == {"step", "value", "mark"}
