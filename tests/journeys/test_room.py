from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.world import World


def test_fields_without_room_go_to_the_field_for_the_rest_by_priority(fresh: World) -> None:
    fresh.sandbox.crm.plan = "lite"

    outcome = fresh.run()

    assert outcome.code == 0, outcome.log
    assert "no room" in outcome.log
    kept = {
        field["field_name"] for field in fresh.sandbox.crm.fields.custom_codes("deals").values()
    }
    assert "ks_more" in kept
    assert "ks_custom_text1" not in kept
    assert fresh.findings() == []

    assert fresh.run().commits == ()


def test_the_key_and_the_field_for_the_rest_are_made_before_all_others(fresh: World) -> None:
    fresh.sandbox.crm.plan = "lite"

    fresh.run()

    for name in ("organizations", "deals"):
        fields = fresh.sandbox.crm.fields.custom_codes(name).values()
        assert {"ks_source_id", "ks_more"} <= {field["field_name"] for field in fields}
    assert fresh.sandbox.crm.fields.count_custom() <= fresh.sandbox.crm.most_custom_fields
