"""Which program a command line runs: for an interpreter that is the script, not the interpreter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_TREE = re.compile(r"[ |]*\\_ ")
_TITLE = re.compile(r"([\w.@+-]{1,60}):(?: |$)")
_DRIVE = re.compile(r"[A-Za-z]:\\|\\\\")
_SHELLS = re.compile(r"-?(?:ba|da|z|k|a)?sh")
_SHELL_WORDS = frozenset(
    ["while", "for", "if", "until", "case", "cd", "set", "export", "test", "[", "[[", "{", "(", "true", "exec", "trap"]
)


@dataclass(frozen=True, slots=True)
class _Language:
    """How an interpreter is told what to run.

    Args:
        file: options before the file.
        takes: options before some other word.
        code: options after which there is no file.
    """

    file: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()


def _language(file: str = "", takes: str = "", code: str = "") -> _Language:
    return _Language(frozenset(file.split()), frozenset(takes.split()), frozenset(code.split()))


_LANGUAGES = {
    "java": _language(
        "-jar -m --module", "-cp -classpath --class-path -p --module-path --add-modules --add-opens --add-exports"
    ),
    "python": _language("-m", "-W -X", "-c"),
    "pypy": _language("-m", "-W -X", "-c"),
    "perl": _language("", "-I", "-e -E"),
    "ruby": _language("", "-I -r", "-e"),
    "node": _language("", "-r --require --import --loader -C", "-e -p"),
    "nodejs": _language("", "-r --require --import --loader -C", "-e -p"),
    "php": _language("-f", "-d -c", "-r"),
    "dotnet": _language("exec"),
    "mono": _language(),
}


def program(command: str) -> tuple[str, str]:
    """The name of what a command line runs, and the path to it if there is one.

    `/usr/sbin/nginx -g daemon` is nginx, `nginx: worker process` too, `java -jar /opt/shop/shop.jar` is shop.jar.
    """
    plain = _TREE.sub("", command, count=1).strip()
    titled = _TITLE.match(plain)
    if titled:
        return titled[1], ""
    words = plain.split()
    return _of(words) if words else ("", "")


def _of(words: list[str]) -> tuple[str, str]:
    first = words[0]
    name = base(first).removeprefix("@").strip("()") or first
    script = _shell_script(words[1:]) if _SHELLS.fullmatch(name) else _script(name, words[1:])
    if not script:
        return name.removeprefix("-") or name, first if first.startswith("/") else ""
    return base(script), script if script.startswith("/") else ""


def base(path: str) -> str:
    """The last part of a path, on Windows too."""
    plain = path.replace("\\", "/") if _DRIVE.match(path) else path
    return plain.rstrip("/").rpartition("/")[2]


def _script(name: str, words: list[str]) -> str:
    language = _LANGUAGES.get(name.casefold().removesuffix(".exe").rstrip("0123456789."))
    if language is None:
        return ""
    skip = False
    for word, following in pairwise([*words, ""]):
        if skip or word in language.takes:
            skip = not skip
        elif word in language.file:
            return following
        elif word in language.code:
            return ""
        elif not word.startswith("-"):
            return word
    return ""


def _shell_script(words: list[str]) -> str:
    """What a shell runs: its script, or the first word of what follows `-c`."""
    coded = False
    for word in words:
        if word.startswith("-") and not coded:
            coded = word.endswith("c") and len(word) < 5
        elif coded and word in _SHELL_WORDS:
            return ""
        else:
            return word
    return ""
