"""The commands on a migration to Salesforce: ``target-salesforce-migration --help``."""

from __future__ import annotations

from crm_transforms.cli import console_script
from target_salesforce.target import TargetSalesforce

main = console_script(TargetSalesforce)
