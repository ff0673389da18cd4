"""Imports inside phototag point downwards, never hide in a function and never go in a circle."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGE = "phototag"
ROOT = Path(__file__).parents[1] / PACKAGE

BASE = {"types", "errors", "settings"}
MAY_USE: Mapping[str, set[str]] = {
    "__init__": set(),
    "types": set(),
    "errors": set(),
    "settings": set(),
    "core": BASE - {"settings"},
    "files": {"errors"},
    "media": {"types", "errors", "core", "files"},
    "engines": {"types", "errors", "core", "files"},
    "index": {"types", "errors", "core", "files"},
    "app": BASE | {"core", "files", "media", "index"},
    "wiring": BASE | {"core", "files", "media", "index", "engines", "app"},
    "workshop": BASE | {"media", "app", "wiring"},
    "web": BASE | {"__init__", "app", "wiring", "workshop"},
    "cli": BASE | {"__init__", "app", "wiring", "workshop", "web"},
    "__main__": {"cli"},
}
"""Part of the package -> what it may import besides itself. Only what stands further up in this table."""

IMPURE = {"datetime", "io", "logging", "os", "pathlib", "random", "shutil", "socket", "sqlite3", "subprocess", "time"}
"""What core has no business with: its functions see their arguments only."""


@dataclass(frozen=True)
class Import:
    """One module of ours that a module names.

    Attributes:
        source, target: dotted, without the package: "core.geometry"; "" is the package itself.
        hidden: written inside a function or class.
        relative: written with dots.
        loaded: false for a module that is named in a string, for importlib to load later.
    """

    source: str
    target: str
    hidden: bool = False
    relative: bool = False
    loaded: bool = True


def modules(root: Path) -> dict[str, ast.Module]:
    """Every module below `root` by its name without the package's."""
    return _own_modules() if root == ROOT else _read(root)


@cache
def _own_modules() -> dict[str, ast.Module]:
    return _read(ROOT)


def _read(root: Path) -> dict[str, ast.Module]:
    found = {}
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found[name] = ast.parse(file.read_text(), str(file))
    return found


def imports(root: Path) -> list[Import]:
    """What the modules of a package import of it."""
    return _own_imports() if root == ROOT else _found(root)


@cache
def _own_imports() -> list[Import]:
    return _found(ROOT)


def _found(root: Path) -> list[Import]:
    trees = modules(root)
    found = []
    for source, tree in trees.items():
        at_top = set(_at_top(tree.body))
        for node in ast.walk(tree):
            for name, relative, loaded in _named(node, root.name):
                found.append(
                    Import(source, _module(name, trees), loaded and node not in at_top, relative, loaded),
                )
    return found


def _at_top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run, or that a type checker sees, when the module is loaded."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            yield from _at_top(statement.body + statement.orelse)


def _named(node: ast.AST, package: str) -> Iterator[tuple[str, bool, bool]]:
    """Names of ours in a node, each without the package: (name, relative, loaded)."""
    if isinstance(node, ast.Import):
        names = [(alias.name, False, True) for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.level:
        names = [(f"{package}.{node.module or ''}", True, True)]
    elif isinstance(node, ast.ImportFrom):
        names = [(f"{node.module}.{alias.name}", False, True) for alias in node.names]
    elif isinstance(node, ast.Constant) and str(node.value).startswith(package) and _is_path(node.value, package):
        names = [(str(node.value).partition(":")[0], False, False)]
    else:
        names = []
    for name, relative, loaded in names:
        if name.split(".")[0] == package:
            yield name.partition(".")[2], relative, loaded


def _is_path(value: object, package: str) -> bool:
    """Whether a constant is the path of a module, or of something in one: "phototag.cli.scan:scan"."""
    return re.fullmatch(rf"{package}(\.\w+)+(:\w+)?", str(value)) is not None


def _module(name: str, known: Mapping[str, object]) -> str:
    """The module that a dotted name is, or is in: "core.geometry.similarity" -> "core.geometry"."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or "__init__"


def violations(root: Path, may_use: Mapping[str, set[str]]) -> list[str]:
    """What is wrong with a package's imports, a line for each."""
    found = []
    for item in imports(root):
        source, target = item.source.split(".")[0], item.target.split(".")[0]
        if item.relative:
            found.append(f"{item.source}: relative import; write it out, so that layers can be read")
            continue
        if item.hidden:
            found.append(f"{item.source}: import of {item.target} is hidden in a function")
        if target not in may_use[source] | {source}:
            found.append(f"{item.source}: {source} may not use {item.target}")
    return found + [f"in a circle: {' -> '.join(circle)}" for circle in _circles(root)]


def _circles(root: Path) -> list[list[str]]:
    """Modules that load each other, each circle once, starting from its first module."""
    edges: dict[str, set[str]] = {name: set() for name in modules(root)}
    for item in imports(root):
        if item.target != item.source and item.loaded and not item.relative:
            edges[item.source].add(item.target)
    return [circle for start in sorted(edges) if (circle := _way_back(start, edges))]


def _way_back(start: str, edges: Mapping[str, set[str]]) -> list[str]:
    """A shortest way from a module over later ones to itself, or []."""
    ways, seen = [[start]], {start}
    for way in ways:
        for target in sorted(edges.get(way[-1], ())):
            if target == start:
                return [*way, start]
            if target not in seen and target > start:
                seen.add(target)
                ways.append([*way, target])
    return []


def test_every_part_of_the_package_has_a_layer() -> None:
    assert {name.split(".")[0] for name in modules(ROOT)} == set(MAY_USE)


def test_the_table_of_layers_points_downwards() -> None:
    order = list(MAY_USE)
    assert [part for part, below in MAY_USE.items() if any(order.index(b) >= order.index(part) for b in below)] == []


def test_imports_point_downwards() -> None:
    assert violations(ROOT, MAY_USE) == []


def test_the_core_has_no_disk_clock_log_or_randomness() -> None:
    used = {
        (name, package) for name, tree in modules(ROOT).items() if name.startswith("core") for package in _used(tree)
    }
    assert {(name, package) for name, package in used if package in IMPURE} == set()
    assert ("core.geometry", "hashlib") in used  # so that the line above looks at something


def _used(tree: ast.Module) -> set[str]:
    """The packages that a module imports, anybody's."""
    plain = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    chosen = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in plain + chosen}


TOY = {"__init__": set(), "low": set(), "left": {"low"}, "right": {"low"}, "high": {"low", "left", "right"}}


@pytest.mark.parametrize(
    ("file", "code", "complaint"),
    [
        ("low.py", "import toy.high", "low: low may not use high"),
        ("low.py", "from toy import high", "low: low may not use high"),
        ("low.py", "from toy.left.a import f", "low: low may not use left.a"),
        ("low.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import toy.high", "may not use high"),
        ("low.py", "MODULE = 'toy.left.a'", "low: low may not use left.a"),
        ("low.py", "FUNCTION = 'toy.left.a:f'", "low: low may not use left.a"),
        ("left/a.py", "from toy.right import b", "left.a: left may not use right.b"),
        ("high.py", "def f():\n    from toy import low", "high: import of low is hidden in a function"),
        ("high.py", "class C:\n    import toy.low", "high: import of low is hidden in a function"),
        ("left/a.py", "from .b import f", "left.a: relative import"),
        ("left/a.py", "from . import b", "left.a: relative import"),
        ("left/a.py", "from toy.left import b", "in a circle: left.a -> left.b -> left.a"),
        ("left/a.py", "import toy.left.c", "in a circle: left.a -> left.c -> left.b -> left.a"),
    ],
)
def test_the_checker_finds_a_forbidden_import(tmp_path: Path, file: str, code: str, complaint: str) -> None:
    root = _toy_package(tmp_path)
    assert violations(root, TOY) == []
    (root / file).write_text(code)
    assert [line for line in violations(root, TOY) if complaint in line] != []


def test_the_checker_allows_what_points_downwards(tmp_path: Path) -> None:
    root = _toy_package(tmp_path)
    (root / "high.py").write_text(
        "import numpy\nfrom toy import low, left\nfrom toy.right.b import f\n\ndef g():\n    import scipy\n"
    )
    (root / "left" / "a.py").write_text(
        "'''Not toy.high itself, but words about toy.high.'''\nfrom toy.left import c\n"
    )
    (root / "left" / "b.py").write_text("")
    assert violations(root, TOY) == []
    assert len(imports(root)) == 6


def _toy_package(folder: Path) -> Path:
    """low <- left, right <- high; in left, b imports a and c imports b."""
    root = folder / "toy"
    for part in ("left", "right"):
        (root / part).mkdir(parents=True)
        (root / part / "__init__.py").write_text("")
    (root / "__init__.py").write_text("")
    (root / "low.py").write_text("")
    (root / "high.py").write_text("import toy.low\nfrom toy.left import a\n")
    (root / "left" / "a.py").write_text("from toy import low\n")
    (root / "left" / "b.py").write_text("from toy.left import a\n")
    (root / "left" / "c.py").write_text("from toy.left.b import f\n")
    (root / "right" / "b.py").write_text("import toy.low\n")
    return root
