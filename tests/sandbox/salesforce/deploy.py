"""A deploy: a zip of metadata that is taken whole, or not at all.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.metadata_types import files as metadata_files
from tests.sandbox.salesforce.metadata_types import removal, snapshot
from tests.sandbox.salesforce.metadata_types.component import (
    Component,
    ComponentError,
    read_manifest,
    read_xml,
)

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
MOST_FILES = 10_000
LARGEST = 39 * 1024 * 1024
FINAL = {"Succeeded", "Failed", "Canceled"}


@dataclass
class Deploy:
    """One deploy and how far it is."""

    id: str
    options: Row
    content: bytes
    user: str
    created: str
    status: str = "Pending"
    done: bool = False
    successes: list[Row] = field(default_factory=list)
    failures: list[Row] = field(default_factory=list)
    error: str = ""

    def advance(self, org: Org) -> None:
        """By being asked it goes on: waiting, in progress, done."""
        if self.done:
            return
        if self.status == "Pending":
            self.status = "InProgress"
            return
        self._carry_out(org)
        self.done = True

    def shown(self, *, details: bool) -> Row:
        failed = len(self.failures)
        told: Row = {
            "id": self.id,
            "checkOnly": bool(self.options.get("checkOnly")),
            "done": self.done,
            "status": self.status,
            "success": self.status == "Succeeded",
            "createdDate": self.created,
            "createdBy": self.user,
            "ignoreWarnings": bool(self.options.get("ignoreWarnings")),
            "rollbackOnError": bool(self.options.get("rollbackOnError")),
            "runTestsEnabled": False,
            "numberComponentErrors": failed,
            "numberComponentsDeployed": len(self.successes) if self.status == "Succeeded" else 0,
            "numberComponentsTotal": len(self.successes) + failed,
            "numberTestErrors": 0,
            "numberTestsCompleted": 0,
            "numberTestsTotal": 0,
        }
        if self.error:
            told["errorMessage"], told["errorStatusCode"] = self.error, "UNKNOWN_EXCEPTION"
        if details:
            told["details"] = {
                "componentFailures": self.failures,
                "componentSuccesses": self.successes,
                "runTestResult": None,
            }
        return told

    def _carry_out(self, org: Org) -> None:
        try:
            files = _unzipped(self.content)
            manifest = read_manifest(files, "package.xml")
            components, unreadable = _components(files, manifest)
            removals = [
                each
                for name in (
                    "destructiveChanges.xml",
                    "destructiveChangesPre.xml",
                    "destructiveChangesPost.xml",
                )
                if name in files
                for each in read_manifest(files, name).items()
            ]
        except ComponentError as failure:
            self._fail(failure)
            self.status = "Failed"
            return
        for failure in unreadable:
            self._fail(failure)
        before = snapshot.keep(org)
        for component in sorted(components, key=lambda one: one.rank):
            self._try(org, component)
        self._remove(org, removals)
        rolls_back = self.options.get("rollbackOnError", True) or not org.is_sandbox
        if self.failures and rolls_back:
            snapshot.restore(org, before)
            self.status = "Failed"
        elif self.options.get("checkOnly"):
            snapshot.restore(org, before)
            self.status = "Succeeded" if not self.failures else "Failed"
        else:
            self.status = "Succeeded" if not self.failures else "SucceededPartial"
        org.access.forget()

    def _try(self, org: Org, component: Component) -> None:
        try:
            created = component.carry_out(org)
        except ComponentError as failure:
            failure.file = failure.file or component.file
            self._fail(failure)
        else:
            self.successes.append(
                _told(component.type, component.name, component.file, created=created)
            )

    def _remove(self, org: Org, removals: list[tuple[str, list[str]]]) -> None:
        order = {"CustomField": 0, "PermissionSet": 1, "CustomObject": 2}
        for kind, names in sorted(removals, key=lambda one: order.get(one[0], 9)):
            for name in names:
                try:
                    found = removal.remove(org, kind, name)
                except ComponentError as failure:
                    self._fail(failure)
                    continue
                row = _told(kind, name, "destructiveChanges.xml", created=False)
                row |= {"deleted": found, "warning": not found}
                if not found:
                    row["problem"] = f"No {kind} named: {name} found"
                    row["problemType"] = "Warning"
                self.successes.append(row)

    def _fail(self, failure: ComponentError) -> None:
        row = _told(failure.type, failure.name, failure.file, created=False)
        row |= {"success": False, "problem": failure.problem, "problemType": "Error"}
        self.failures.append(row)


def _told(kind: str, name: str, file: str, *, created: bool) -> Row:
    return {
        "changed": True,
        "componentType": kind,
        "created": created,
        "createdDate": "2026-11-01T00:00:00.000+0000",
        "deleted": False,
        "fileName": file,
        "fullName": name,
        "success": True,
        "warning": False,
        "problem": None,
        "problemType": None,
        "lineNumber": None,
        "columnNumber": None,
    }


def _unzipped(content: bytes) -> dict[str, bytes]:
    if len(content) > LARGEST:
        raise ComponentError(
            "",
            "",
            "package.xml",
            "Maximum size of request reached. Maximum size of request is 52428800 bytes.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > MOST_FILES:
                raise ComponentError(
                    "", "", "package.xml", f"the zip holds more than {MOST_FILES} files"
                )
            files = {name: archive.read(name) for name in names if not name.endswith("/")}
    except zipfile.BadZipFile:
        raise ComponentError("", "", "", "Invalid zip file") from None
    if "package.xml" not in files:
        # Without singlePackage the files lie in a folder of the package's name.
        folders = {name.partition("/")[0] for name in files}
        if len(folders) == 1:
            folder = folders.pop()
            files = {name.removeprefix(f"{folder}/"): text for name, text in files.items()}
    if "package.xml" not in files:
        raise ComponentError("", "package.xml", "package.xml", "No package.xml found")
    return files


def _components(
    files: dict[str, bytes], manifest: dict[str, list[str]]
) -> tuple[list[Component], list[ComponentError]]:
    found: list[Component] = []
    failures: list[ComponentError] = []
    named: set[tuple[str, str]] = set()
    for path, content in files.items():
        if path.startswith(("package.xml", "destructiveChanges")):
            continue
        try:
            for component in metadata_files.components_of(path, read_xml(path, content)):
                listed = manifest.get(component.type, [])
                if component.name not in listed and "*" not in listed:
                    if component.optional:
                        continue
                    text = (
                        f"An object '{component.name}' of type {component.type} was found in the "
                        "zip file, but is not listed in package.xml"
                    )
                    failures.append(ComponentError(component.type, component.name, path, text))
                    continue
                named.add((component.type, component.name))
                found.append(component)
        except ComponentError as failure:
            failures.append(failure)
    for kind, names in manifest.items():
        for name in names:
            if name != "*" and (kind, name) not in named:
                text = (
                    f"An object '{name}' of type {kind} was named in package.xml, but was not "
                    "found in zipped directory"
                )
                failures.append(ComponentError(kind, name, "package.xml", text))
    return found, failures
