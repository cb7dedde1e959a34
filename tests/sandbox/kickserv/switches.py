"""What a test can change about the service itself."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Order = Literal["asc", "desc"]


@dataclass
class Switches:
    """The state of the service, apart from its data.

    Attributes:
        token: the API token, which is user name and password at once.
        revoke_at: from this request on (1 is the next one) ``token`` is refused and only
            ``next_token`` is accepted: the employee has changed their password.
        next_token: the token after that.
        plain_401: refuse in plain text with a challenge, as the subdomain form of 2017 did.
        refusal_of_plan: the status that an account without API access answers with, or None.
            GUESS: nobody recorded it.
        json_status: the status that every JSON address answers with (404, 406), or None.
        xml_page_size: rows per page; 30 is documented, 50 was recorded.
        json_page_size: rows per page unless ``per_page`` says otherwise.
        most_per_page: what ``per_page`` is cut to. GUESS: the limit is unknown.
        xml_order: order of lists by number. Ascending was recorded in 2018.
        json_order: likewise. Newest first is described.
        paging: without it every page is the first one.
        customers_page_only: ``/customers.json`` pages by ``customers_page`` and ignores ``page``.
        opportunities_apart: lists of jobs leave opportunities out.
        limited_to: the id of the employee whose rights rule: only own assignments are shown.
        identity_by_cookie: the session cookie, if a client returns it, carries such an identity.
        shifts: what users do after each page of a list is read, by list (``customers``, ``jobs``,
            ``opportunities``, ``items``): ``insert``, ``delete`` or ``edit``, once per entry.
        extra_fields: by stream, fields that no documentation knows.
        xml_replaced_by: what every XML address sends instead: ``entity_bomb``,
            ``external_entity`` or ``login_page``.
        files: by id of an attachment or signature, how its download fails; see ``files.FAILURES``.
        files_elsewhere: the base URL that downloads redirect to, or None for the sandbox itself.
    """

    token: str = "kickserv-sandbox-token"
    revoke_at: int | None = None
    next_token: str = "kickserv-next-token"
    plain_401: bool = False
    refusal_of_plan: int | None = None
    json_status: int | None = None
    xml_page_size: int = 30
    json_page_size: int = 25
    most_per_page: int = 100
    xml_order: Order = "asc"
    json_order: Order = "desc"
    paging: bool = True
    customers_page_only: bool = True
    opportunities_apart: bool = True
    limited_to: int | None = None
    identity_by_cookie: bool = False
    shifts: dict[str, list[str]] = field(default_factory=dict)
    extra_fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    xml_replaced_by: str | None = None
    files: dict[int, str] = field(default_factory=dict)
    files_elsewhere: str | None = None

    def set(self, **values: Any) -> None:
        """Set switches by name.

        Raises:
            ValueError: there is no switch of that name.
        """
        known = {item.name for item in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"{name}: no such switch; there are {', '.join(sorted(known))}")
            # JSON knows text keys only.
            whole = {int(key): how for key, how in value.items()} if name == "files" else value
            setattr(self, name, whole)

    def reset(self) -> None:
        """Set every switch back."""
        vars(self).update(vars(Switches()))

    def accepts(self, token: str) -> bool:
        """Count one request and tell whether its token is good."""
        if self.revoke_at is not None:
            self.revoke_at -= 1
            if self.revoke_at <= 0:
                self.token, self.revoke_at = self.next_token, None
        return token == self.token
