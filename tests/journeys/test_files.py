from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.truth import SPOILS_A_FILE

if TYPE_CHECKING:
    from tests.journeys.world import World


def test_files_that_cannot_be_had_stand_in_rejects_and_the_others_land(fresh: World) -> None:
    truth = fresh.truth()
    numbers = [row["id"] for row in (*truth.rows("attachments"), *truth.rows("signatures"))]
    spoilt = dict(zip(numbers, sorted(SPOILS_A_FILE), strict=False))
    assert len(numbers) > len(spoilt)
    fresh.sandbox.switches.files = spoilt

    outcome = fresh.run()

    assert outcome.code == 3, outcome.log
    assert fresh.findings(rejects=fresh.rejects()) == []
    [gone] = [number for number, kind in spoilt.items() if kind == "gone"]
    [told] = [row for row in fresh.listed() if row["key"].endswith(f"-{gone}")]
    assert "404" in told["message"]

    fresh.sandbox.switches.files = {}
    mended = fresh.run()

    assert mended.code == 0, mended.log
    assert fresh.findings() == []


def test_a_file_above_the_limit_is_rejected_not_cut(world: World) -> None:
    source = world.sandbox.source
    job = next(source.records("jobs"))
    source.add(
        "attachments",
        job_id=job["id"],
        file_name="plan.pdf",
        content_type="application/pdf",
        file_size=1_200_000,
        url=f"{source.base_url}/attachments/1500000000/download",
        created_at="2026-10-01T08:00:00-04:00",
    )

    refused = world.run(max_file_mb=1)

    assert refused.code == 3, refused.log
    assert [reject.name for reject in world.rejects()] == ["attachment"]
    assert world.findings(rejects=world.rejects()) == []

    taken = world.command("retry", max_file_mb=2)

    assert taken.code == 0, taken.log
    assert world.findings() == []
