"""Commands as a person types them."""

from __future__ import annotations

import os

TRIAL, PROD = "trial", "prod"
SAMPLED = frozenset({"dev", TRIAL})
"""Environments in which a sample needs no further word."""


def environment_name() -> str:
    """Meltano's environment; without one it counts as production, to be on the safe side."""
    return os.environ.get("MELTANO_ENVIRONMENT", "") or PROD


def is_project() -> bool:
    """Whether Meltano has called us."""
    return "MELTANO_ENVIRONMENT" in os.environ or "MELTANO_PROJECT_ROOT" in os.environ


def typed(target: str, verb: str, environment: str = "") -> str:
    """A command of a target's, here or in a Meltano project.

    Args:
        target: the plugin's name, e.g. ``target-pipedrive``.
        verb: the command with its flags.
        environment: where it is to be given, if that is another one than now.
    """
    if not is_project():
        return f"{target}-migration {verb}"
    chosen = f" --environment={environment}" if environment else ""
    name, *flags = verb.split(" ", 1)
    return " ".join([f"meltano{chosen} invoke {target}:{name}", *flags])


def typed_sample(target: str) -> str:
    """The command that takes a sample: in a trial account where there may be one."""
    if environment_name() in SAMPLED:
        return typed(target, "sample")
    return typed(target, "sample", TRIAL) if is_project() else typed(target, "sample --here")
