"""An independent judge of a migration from Kickserv to Pipedrive.

It shares no code with tap, target or library: what Kickserv holds comes from the sandbox's own
data, what Pipedrive holds from its API, and what the one owes the other is written out here once
more, in plain Python, as a person reads the brief and ``kickserv_to_pipedrive.yml``.

=== ================================================================================
L   every source record has landed, or stands among the rejects
D   nothing is there twice
F   every mapped field holds what was promised
R   every lookup leads to the record that the right parent became
=== ================================================================================
"""

from __future__ import annotations

from tests.oracle.crm import Crm
from tests.oracle.judge import Finding, Reject, judge
from tests.oracle.truth import Truth

__all__ = ["Crm", "Finding", "Reject", "Truth", "judge"]
