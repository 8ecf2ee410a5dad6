"""Pairs of words that stand in the same relation, to be asked as a is to b as c is to what."""

from itertools import permutations
from typing import Final, NamedTuple

PAIRS: Final = {
    "capital : country": (
        "athens greece, baghdad iraq, bangkok thailand, beijing china, berlin germany, cairo egypt, jakarta indonesia, "
        "kabul afghanistan, london england, madrid spain, manila philippines, moscow russia, paris france, rome italy, "
        "tehran iran, tokyo japan, vienna austria, belgrade serbia"
    ),
    "singular : plural": (
        "animal animals, bird birds, book books, car cars, child children, church churches, city cities, "
        "company companies, dog dogs, eye eyes, film films, foot feet, game games, hand hands, horse horses, man men, "
        "player players, river rivers, school schools, student students, tree trees, woman women"
    ),
    "comparative": (
        "bad worse, big bigger, close closer, easy easier, fast faster, good better, great greater, hard harder, "
        "high higher, large larger, long longer, low lower, old older, small smaller, strong stronger, young younger"
    ),
    "gender": (
        "actor actress, boy girl, brother sister, brothers sisters, father mother, he she, husband wife, king queen, "
        "lord lady, male female, man woman, men women, prince princess, son daughter, sons daughters"
    ),
}


class Question(NamedTuple):
    """a is to b as c is to d, where d is asked for."""

    a: str
    b: str
    c: str
    d: str


def pairs_of(kind: str) -> tuple[tuple[str, str], ...]:
    """The pairs of one of `PAIRS`."""
    return tuple((first, second) for first, second in (pair.split() for pair in PAIRS[kind].split(", ")))


def questions_of(kind: str) -> tuple[Question, ...]:
    """Every pair with every other of its kind."""
    return tuple(Question(*known, *asked) for known, asked in permutations(pairs_of(kind), 2))
