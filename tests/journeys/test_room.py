from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.world import World


def test_fields_without_room_go_to_the_field_for_the_rest_by_priority(fresh: World) -> None:
    fresh.sandbox.crm.plan = "lite"

    outcome = fresh.run()

    assert outcome.code == 0, outcome.log
    assert "no room" in outcome.log
    fields = fresh.sandbox.crm.fields
    assert fields.count_custom() <= fresh.sandbox.crm.most_custom_fields
    for name in ("organizations", "deals"):
        made = {field["field_name"] for field in fields.custom_codes(name).values()}
        assert {"ks_source_id", "ks_more"} <= made
        assert "ks_custom_text1" not in made
    assert fresh.findings() == []

    assert fresh.run().commits == ()
