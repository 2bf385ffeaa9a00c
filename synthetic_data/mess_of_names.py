"""Names as they are mistaken: typed wrong, or heard wrong on the telephone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthetic_data.assumptions_of_mess import NEIGHBOURING_KEYS, SOUND_ALIKES
from synthetic_data.town import Text


def misspelt(names: Text, rng: np.random.Generator) -> Text:
    """Each name with one mistake, never the same as before; a name has three letters or more."""
    how = rng.integers(0, len(_MISTAKES), names.size).tolist()
    chances = rng.random((names.size, 2)).tolist()
    written = zip(names.tolist(), how, chances, strict=True)
    return np.array([_misspell(name, first, *chance) for name, first, chance in written], dtype=object)


def _misspell(name: str, how: int, where: float, which: float) -> str:
    for turn in range(len(_MISTAKES)):
        mistaken = _MISTAKES[(how + turn) % len(_MISTAKES)](name, where, which)
        if mistaken != name:
            return mistaken
    return name + name[-1]


def _place(name: str, where: float, last: int) -> int:
    """A place after the first letter, which people get right, and before ``last`` places from the end."""
    return 1 + int(where * (len(name) - 1 - last))


def _neighbouring_key(name: str, where: float, which: float) -> str:
    place = _place(name, where, 0)
    keys = NEIGHBOURING_KEYS.get(name[place], name[place])
    return name[:place] + keys[int(which * len(keys))] + name[place + 1 :]


def _doubled(name: str, where: float, _which: float) -> str:
    place = _place(name, where, 0)
    return name[:place] + name[place] + name[place:] if name[place].isalpha() else name


def _dropped(name: str, where: float, _which: float) -> str:
    place = _place(name, where, 0)
    return name[:place] + name[place + 1 :] if name[place].isalpha() else name


def _swapped(name: str, where: float, _which: float) -> str:
    place = _place(name, where, 1)
    pair = name[place : place + 2]
    return name[:place] + pair[::-1] + name[place + 2 :] if pair.isalpha() and pair.islower() else name


def _sound_alike(name: str, _where: float, which: float) -> str:
    heard = [(letters, other) for letters, other in SOUND_ALIKES if letters in name[1:]]
    if not heard:
        return name
    letters, other = heard[int(which * len(heard))]
    return name[0] + name[1:].replace(letters, other, 1)


_MISTAKES: tuple[Callable[[str, float, float], str], ...] = (
    _neighbouring_key,
    _doubled,
    _dropped,
    _swapped,
    _sound_alike,
)
