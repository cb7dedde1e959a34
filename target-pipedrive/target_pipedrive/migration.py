"""The commands on a migration to Pipedrive: ``target-pipedrive-migration --help``."""

from __future__ import annotations

from crm_transforms.cli import console_script
from target_pipedrive.target import TargetPipedrive

main = console_script(TargetPipedrive)
