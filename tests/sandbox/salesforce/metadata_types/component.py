"""One component of a deploy, and how its XML is read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from tests.sandbox.salesforce.org import Org

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"


class ComponentError(Exception):
    """Why a component cannot be deployed."""

    def __init__(self, kind: str, name: str, file: str, problem: str) -> None:
        super().__init__(problem)
        self.type, self.name, self.file, self.problem = kind, name, file, problem


def read_xml(path: str, content: bytes) -> Element:
    try:
        return ET.fromstring(content)  # noqa: S314 - what a local client sends
    except ET.ParseError as error:
        raise ComponentError("", path, path, f"Error parsing file: {error}") from error


def read_manifest(files: dict[str, bytes], name: str) -> dict[str, list[str]]:
    """Members by type.

    Raises:
        ComponentError: it is none.
    """
    root = read_xml(name, files[name])
    if root.tag != f"{NAMESPACE}Package":
        raise ComponentError(
            "", name, name, "the root of a manifest is Package of the metadata namespace"
        )
    found: dict[str, list[str]] = {}
    for types in root.findall(f"{NAMESPACE}types"):
        kind = text_of(types, "name")
        if not kind:
            raise ComponentError("", name, name, "Error parsing package.xml: types without a name")
        found.setdefault(kind, []).extend(
            one.text or "" for one in types.findall(f"{NAMESPACE}members")
        )
    return found


def text_of(element: Element, name: str, default: str = "") -> str:
    found = element.find(f"{NAMESPACE}{name}")
    return default if found is None or found.text is None else found.text.strip()


def is_true(element: Element, name: str) -> bool:
    return text_of(element, name) == "true"


class Component:
    """One component of a deploy; the lower its rank, the sooner."""

    rank = 0
    optional = False

    def __init__(self, kind: str, name: str, file: str, element: Element) -> None:
        self.type, self.name, self.file, self.element = kind, name, file, element

    def carry_out(self, org: Org) -> bool:
        """Do it; whether it was not there before.

        Raises:
            ComponentError: it cannot be done.
        """
        raise NotImplementedError

    def fail(self, problem: str) -> ComponentError:
        return ComponentError(self.type, self.name, self.file, problem)
