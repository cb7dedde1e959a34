"""One Pipedrive company: its objects, its people, and the switches tests turn."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.pipedrive import formats
from tests.sandbox.pipedrive.auth import OAuth
from tests.sandbox.pipedrive.budget import Budget
from tests.sandbox.pipedrive.field_lists import FieldLists
from tests.sandbox.pipedrive.human import Human
from tests.sandbox.pipedrive.search_index import SearchIndex
from tests.sandbox.pipedrive.snapshot import snapshot
from tests.sandbox.pipedrive.start import furnish
from tests.sandbox.pipedrive.store import Table
from tests.sandbox.pipedrive.tables.plans import MOST_OPEN_DEALS, PLANS, Plan
from tests.sandbox.pipedrive.tables.starting import CURRENCIES, USERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Row = dict[str, Any]

RECYCLE_BIN = timedelta(days=30)

# object -> columns that lists filter by
_TABLES: dict[str, tuple[str, ...]] = {
    "pipelines": (),
    "stages": ("pipeline_id",),
    "organizations": (),
    "persons": ("org_id",),
    "products": (),
    "deals": ("person_id", "org_id"),
    "deal_products": ("deal_id", "product_id"),
    "activities": ("deal_id", "person_id", "org_id"),
    "notes": ("deal_id", "person_id", "org_id"),
    "files": ("deal_id", "person_id", "org_id", "product_id", "activity_id"),
    "relationships": ("rel_owner_org_id", "rel_linked_org_id"),
    "activity_types": (),
    "roles": (),
    "leads": (),
    # What only people do; it is answered as counts.
    "participants": ("deal_id", "person_id"),
    "emails": ("deal_id", "person_id", "org_id"),
}


class Commit(NamedTuple):
    """One write that took effect: `action` is create, update or delete."""

    request: int
    action: str
    object: str
    id: int | str


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


class Account:
    """State of one company; every attribute below may be set between two requests.

    Args:
        seed: Decides field hashes and where each object's ids begin.
        token: The API token.
        burst: Requests per two seconds; None switches the window off.
        daily_budget: Tokens per day; None takes what plan and seats give.
        plan: lite, growth, premium or ultimate.
        users: Name, e-mail and whether active, of each user; the first is an admin and the one
            the token belongs to.
        clock: Current time, with zone.

    Attributes:
        token: None once revoked.
        admin: Whether the token's user is an admin.
        features: Add-ons that are enabled: "contact sync", "campaigns".
        search_lag: Searches do not see what the last so many requests wrote.
        retired_status: Answer of v1 endpoints that are gone: 410 or 404.
        deals_need_contact: Refuse deals without person and organization, as v1 did; whether v2
            does is open.
        custom_field_cap, open_deal_cap: Override the plan's caps.
        products_per_deal, notes_per_deal: Caps whose figures are not published; None is none.
        max_file_bytes: Size limit of files, not published either.
        requests: How many requests have been answered.
        commits: Every write that took effect, in order.
    """

    def __init__(
        self,
        seed: int = 7,
        token: str = "sandbox-token",  # noqa: S107 - it opens nothing but this sandbox
        *,
        burst: int | None = None,
        daily_budget: int | None = None,
        plan: str = "ultimate",
        users: Iterable[tuple[str, str, bool]] = USERS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.seed = seed
        self.clock = clock
        self._users = tuple(users)
        self._switches: dict[str, Any] = {
            "token": token,
            "burst": burst,
            "daily_budget": daily_budget,
            "plan": plan,
        }
        self.reset()

    def reset(self) -> None:
        """Back to an account that was just opened, with every switch as constructed."""
        self.token: str | None = self._switches["token"]
        self.burst: int | None = self._switches["burst"]
        self.daily_budget: int | None = self._switches["daily_budget"]
        self.plan: str = self._switches["plan"]
        self.admin = True
        self.features: set[str] = set()
        self.search_lag = 0
        self.retired_status = 410
        self.deals_need_contact = False
        self.custom_field_cap: int | None = None
        self.open_deal_cap: int | None = None
        self.products_per_deal: int | None = None
        self.notes_per_deal: int | None = None
        self.max_file_bytes: int | None = None
        self.requests = 0
        self.commits: list[Commit] = []
        self.contents: dict[int, bytes] = {}
        self.users: list[Row] = []
        self._users_by_id: dict[int, Row] = {}
        # Ranges apart, so that an id of one object never passes for one of another.
        self.tables = {
            name: Table(1_000 * number + self.seed % 900 + 1, indexed)
            for number, (name, indexed) in enumerate(_TABLES.items(), 1)
        }
        self.fields = FieldLists(self.seed, self.now())
        self.search = SearchIndex(self)
        self.budget = Budget(self)
        self.oauth = OAuth(self)
        self.human = Human(self)
        furnish(self, self._users)
        self._users_by_id = {user["id"]: user for user in self.users}
        self.commits.clear()

    @property
    def limits(self) -> Plan:
        return PLANS[self.plan]

    @property
    def most_custom_fields(self) -> int:
        cap = self.custom_field_cap
        return self.limits.custom_fields if cap is None else cap

    @property
    def most_open_deals(self) -> int:
        if self.open_deal_cap is not None:
            return self.open_deal_cap
        return min(self.limits.open_deals_per_seat * len(self.users), MOST_OPEN_DEALS)

    @property
    def me(self) -> Row:
        """The user the token belongs to."""
        return self.users[0]

    def next_day(self) -> None:
        """Midnight at Pipedrive: the daily budget is whole again."""
        self.budget.next_day()

    def revoke_token(self) -> None:
        self.token = None
        self.oauth.revoke()

    def exhaust_budget(self) -> None:
        self.budget.spent = self.budget.daily

    def now(self) -> str:
        return self.clock().strftime(formats.V2_TIME)

    def v1_now(self) -> str:
        return self.clock().strftime(formats.V1_TIME)

    def user(self, number: int) -> Row:
        return self._users_by_id[number]

    def exists(self, name: str, key: Any) -> bool:
        """Whether a live `name` has this id (currencies: code, activity types: key_string)."""
        if name == "users":
            return key in self._users_by_id
        if name == "currencies":
            return key in CURRENCIES
        if name == "activity_types":
            return any(
                t["key_string"] == key and t["active_flag"] for t in self.tables["activity_types"]
            )
        table = self.tables.get(name)
        return table is not None and key in table.rows

    def live(self, name: str, number: int | None) -> Row | None:
        return None if number is None else self.tables[name].rows.get(number)

    def put(self, name: str, row: Row, action: str) -> Row:
        """Writes one row; the search index hears of it, and the commit log."""
        self.tables[name].put(row)
        self.committed(action, name, row["id"])
        self.search.heard(name, row["id"], row)
        return row

    def remove(self, name: str, number: int) -> Row:
        row = self.tables[name].remove(number, self.clock())
        self.committed("delete", name, number)
        self.search.heard(name, number, None)
        return row

    def committed(self, action: str, name: str, number: int | str) -> None:
        self.commits.append(Commit(self.requests, action, name, number))

    def in_bin(self, name: str, number: int) -> Row | None:
        """A row that was deleted less than 30 days ago."""
        row, at = self.tables[name].deleted.get(number, (None, None))
        return row if at is not None and self.clock() - at < RECYCLE_BIN else None

    def snapshot(self) -> dict[str, Any]:
        """See `snapshot.snapshot`."""
        return snapshot(self)
