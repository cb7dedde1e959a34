"""An independent judge of a migration from Kickserv to Salesforce.

Like its neighbour for Pipedrive it shares no code with tap, target or library: what Kickserv holds
comes from the sandbox's own data, what the org holds from its REST API by plain requests, and what
the one owes the other is written out here once more, in plain Python.

=== ================================================================================
L   every source record has landed, or stands among the rejects
D   nothing is there twice
F   every mapped field holds what was promised
R   every lookup leads to the record that the right parent became
=== ================================================================================
"""

from __future__ import annotations

from tests.oracle.salesforce.judge import judge
from tests.oracle.salesforce.reader import Reader
from tests.oracle.salesforce.snapshot import changes, snapshot
from tests.oracle.salesforce.ways import Ways

__all__ = ["Reader", "Ways", "changes", "judge", "snapshot"]
