"""meltano.yml, the plugins' own --about and their READMEs say the same."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from singer_sdk import Tap, Target
from tests.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[3]
PROJECT: dict[str, Any] = yaml.safe_load((ROOT / "meltano.yml").read_text("utf-8"))
PLUGINS: dict[str, dict[str, Any]] = {
    plugin["name"]: plugin for plugins in PROJECT["plugins"].values() for plugin in plugins
}
SINGER = {"tap-kickserv": Tap, "target-pipedrive": Target, "target-salesforce": Target}
DESTINATIONS = [name.removeprefix("target-") for name in SINGER if name.startswith("target-")]
KINDS = {
    "integer": "integer",
    "number": "decimal",
    "boolean": "boolean",
    "string": "string",
    "object": "object",
}
"""Meltano's kind of a setting by its JSON type in --about."""
UNKNOWN_TO_MELTANO = {"target-schema", "validate-records"}
"""Capabilities that the SDK names and Meltano's schema refuses."""

every_destination = pytest.mark.parametrize("destination", DESTINATIONS)
every_singer_plugin = pytest.mark.parametrize("name", SINGER)


def output(command: str, *arguments: str) -> str:
    executable = Path(sys.executable).with_name(command)
    answer = subprocess.run(  # noqa: S603  the commands are this repository's own
        [executable, *arguments], capture_output=True, text=True, check=True
    )
    return answer.stdout


@cache
def about(name: str) -> dict[str, Any]:
    return json.loads(output(name, "--about", "--format", "json"))


def own_settings(name: str) -> dict[str, dict[str, Any]]:
    """The plugin's settings without those that the SDK gives to every plugin."""
    builtin: dict[str, Any] = {"properties": {}}
    SINGER[name].append_builtin_config(builtin)
    settings = about(name)["settings"]["properties"]
    return {key: each for key, each in settings.items() if key not in builtin["properties"]}


def as_meltano_declares(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    json_type = next(each for each in schema["type"] if each != "null")
    kind = "date_iso8601" if schema.get("format") == "date-time" else KINDS[json_type]
    setting: dict[str, Any] = {"name": name, "label": schema["title"]}
    if "enum" in schema:
        kind = "options"
        setting["options"] = [{"label": value, "value": value} for value in schema["enum"]]
    if kind != "string":
        setting["kind"] = kind
    if schema.get("secret"):
        setting["sensitive"] = True
    return setting | {"description": schema["description"]}


def test_the_project_obeys_meltanos_schema_and_uses_no_deprecated_key() -> None:
    schema = json.loads(files("meltano.schemas").joinpath("meltano.schema.json").read_text("utf-8"))
    jsonschema.validate(PROJECT, schema)
    assert "version" not in PROJECT, "requires_meltano took its place"


@every_singer_plugin
def test_meltano_declares_the_settings_as_about_does(name: str) -> None:
    wanted = [as_meltano_declares(key, schema) for key, schema in own_settings(name).items()]
    block = yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True, width=90)
    assert PLUGINS[name]["settings"] == wanted, f"settings of {name} in meltano.yml:\n{block}"


@every_singer_plugin
def test_meltano_knows_what_a_plugin_can_do(name: str) -> None:
    known = set(about(name)["capabilities"]) - UNKNOWN_TO_MELTANO
    assert set(PLUGINS[name]["capabilities"]) == known


@every_singer_plugin
def test_a_readme_lists_the_settings_as_about_does(name: str) -> None:
    readme = (ROOT / name / "README.md").read_text("utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("|")]
    for key, schema in own_settings(name).items():
        row = next((line for line in rows if re.match(rf"\| `?{key}`?[ |]", line)), None)
        assert row is not None, f"{name}/README.md has no row for {key}"
        assert schema["description"] in row, f"{key}: {schema['description']}"
        if schema.get("default") is not None:
            assert str(schema["default"]) in row, f"{key} is {schema['default']} by default"


def test_the_env_example_names_every_secret() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    secrets = {
        f"{plugin}_{setting['name']}".replace("-", "_").upper()
        for plugin in SINGER
        for setting in PLUGINS[plugin]["settings"]
        if setting.get("sensitive")
    }
    assert secrets <= set(re.findall(r"^# ([A-Z_]+)=$", example, re.MULTILINE))


def test_the_env_example_leads_away_from_the_environment_that_needs_no_approval() -> None:
    assert "\nMELTANO_ENVIRONMENT=trial\n" in (ROOT / ".env.example").read_text("utf-8")


@every_destination
def test_the_loader_and_the_utility_offer_the_same(destination: str) -> None:
    loader, utility = PLUGINS[f"target-{destination}"], PLUGINS[f"migrate-{destination}"]
    for part in ("namespace", "pip_url", "settings", "commands"):
        assert loader[part] == utility[part]


@every_destination
def test_every_command_is_one_of_the_console_script(destination: str) -> None:
    name = f"target-{destination}"
    _, commands = output(f"{name}-migration", "--help").split("\nCommands:\n")
    offered = re.findall(r"^  ([a-z]+)", commands, re.MULTILINE)
    declared = {command["args"] for command in PLUGINS[name]["commands"].values()}
    assert declared == set(PLUGINS[name]["commands"])
    assert declared == set(offered)


@pytest.mark.parametrize("environment", PROJECT["environments"], ids=lambda each: each["name"])
@every_destination
def test_an_environment_configures_the_loader_and_the_utility_alike(
    environment: dict[str, Any], destination: str
) -> None:
    config = configured(environment)
    loader, utility = config[f"target-{destination}"], config[f"migrate-{destination}"]
    assert loader == utility
    assert loader["require_approval"] is (environment["name"] != "dev")


def test_the_dev_environment_leads_to_the_sandbox_as_it_starts_by_default() -> None:
    dev = configured(next(each for each in PROJECT["environments"] if each["name"] == "dev"))
    with Sandbox() as sandbox:
        for name, settings in {
            "tap-kickserv": sandbox.kickserv,
            "target-pipedrive": sandbox.pipedrive,
            "target-salesforce": sandbox.salesforce,
        }.items():
            there = json.loads(
                json.dumps(settings).replace(sandbox.url, "http://127.0.0.1:8710")
            ).items()
            assert {key: value for key, value in there if key in dev[name]}.items() <= dev[
                name
            ].items()
            assert (
                dev[name].keys() - {"api", "require_approval", "fallback_owner"} <= settings.keys()
            )


def configured(environment: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What an environment sets, by plugin."""
    kinds = environment["config"]["plugins"].values()
    return {plugin["name"]: plugin["config"] for plugins in kinds for plugin in plugins}
