"""What is installed is what constraints.txt says, here and in Meltano's plugin environments."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[3]
OWN = {"crm-transforms", "tap-kickserv", "target-pipedrive", "target-salesforce"}
SEEDS = {"pip", "setuptools"}
"""What `python -m venv` puts into an environment before anyone asks."""


def pins() -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line)
            found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def requirements(pyproject: Path) -> list[Requirement]:
    project = tomllib.loads(pyproject.read_text("utf-8"))["project"]
    extras = project.get("optional-dependencies", {}).values()
    return [Requirement(text) for text in sum(extras, project["dependencies"])]


def plugin_environments() -> list[Path]:
    return sorted((ROOT / ".meltano").glob("*/*/venv/lib/python*/site-packages"))


def installed(site_packages: Path | None) -> dict[str, str]:
    where = {} if site_packages is None else {"path": [str(site_packages)]}
    found = importlib.metadata.distributions(**where)
    return {canonicalize_name(each.name): each.version for each in found}


PYPROJECTS = [ROOT / "pyproject.toml", *sorted(ROOT.glob("*/pyproject.toml"))]
ENVIRONMENTS = [None, *plugin_environments()]


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_every_installed_version_is_the_pinned_one(environment: Path | None) -> None:
    pinned = {
        name: str(pin.specifier)
        for name, several in pins().items()
        for pin in several
        if pin.marker is None or pin.marker.evaluate()
    }
    others = {
        name: (version, pinned.get(name))
        for name, version in installed(environment).items()
        if name not in OWN | SEEDS and f"=={version}" != pinned.get(name)
    }
    assert not others, f"installed version and pin of {environment or sys.prefix}"


def test_every_pin_is_one_exact_version() -> None:
    loose = [
        str(pin)
        for several in pins().values()
        for pin in several
        if pin.url or pin.extras or [each.operator for each in pin.specifier] != ["=="]
    ]
    assert not loose


@pytest.mark.parametrize("pyproject", PYPROJECTS, ids=lambda path: path.parent.name)
def test_every_requirement_is_met_by_a_pin(pyproject: Path) -> None:
    known = pins()
    unmet = []
    for requirement in requirements(pyproject):
        name = canonicalize_name(requirement.name)
        versions = [next(iter(pin.specifier)).version for pin in known.get(name, [])]
        if name not in OWN and not (
            versions and all(map(requirement.specifier.contains, versions))
        ):
            unmet.append(f"{requirement} is pinned to {versions or 'nothing'}; make lock pins it")
    assert not unmet
