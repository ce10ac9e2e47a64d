"""Porter's stemmer ("An algorithm for suffix stripping", 1980), for lower-case ASCII words of three letters or more.

One rule is that of his later stemmer: a final *y* becomes *i* only after a consonant, so `deploy` meets `deployment`.
"""

from __future__ import annotations

import re

_C, _V = "[^aeiou][^aeiouy]*", "[aeiouy][aeiou]*"
_SOME = re.compile(f"^(?:{_C})?{_V}{_C}")  # m > 0
_ONE = re.compile(f"^(?:{_C})?{_V}{_C}(?:{_V})?$")  # m = 1
_MANY = re.compile(f"^(?:{_C})?{_V}{_C}{_V}{_C}")  # m > 1
_VOWEL = re.compile(f"^(?:{_C})?[aeiouy]")
_SHORT = re.compile(f"^{_C}[aeiouy][^aeiouwxy]$")
_DOUBLE = re.compile(r"([^aeiouylsz])\1$")

STEP2 = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
)  # fmt: skip
STEP3 = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
STEP4 = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "sion", "tion", "ism", "ate", "iti", "ous", "ive",
    "ize", "al", "er", "ic", "ou",
)  # fmt: skip


def porter(word: str) -> str:
    """The stem of a word: `saturated`, `saturation` and `saturating` give `satur`."""
    first = word[0] == "y"
    word = "Y" + word[1:] if first else word
    word = _plurals_and_tenses(word)
    if word[-1] == "y" and word[-2] not in "aeiou":
        word = word[:-1] + "i"
    word = _replace(word, STEP2)
    word = _replace(word, STEP3)
    word = _strip(word)
    word = _tidy(word)
    return "y" + word[1:] if first else word


def _plurals_and_tenses(word: str) -> str:
    if word.endswith(("sses", "ies")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if word.endswith("eed"):
        return word[:-1] if _SOME.search(word[:-3]) else word
    cut = 2 if word.endswith("ed") else 3 if word.endswith("ing") else 0
    if not cut or not _VOWEL.search(word[:-cut]):
        return word
    word = word[:-cut]
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    if _DOUBLE.search(word):
        return word[:-1]
    return word + "e" if _SHORT.search(word) else word


def _replace(word: str, rules: tuple[tuple[str, str], ...]) -> str:
    for suffix, instead in rules:
        if word.endswith(suffix):
            rest = word[: -len(suffix)]
            return rest + instead if _SOME.search(rest) else word
    return word


def _strip(word: str) -> str:
    for suffix in STEP4:
        if word.endswith(suffix):
            rest = word[: -len(suffix)] + (suffix[0] if suffix in ("sion", "tion") else "")
            return rest if _MANY.search(rest) else word
    return word


def _tidy(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        if _MANY.search(rest) or (_ONE.search(rest) and not _SHORT.search(rest)):
            word = rest
    if word.endswith("ll") and _MANY.search(word):
        word = word[:-1]
    return word
