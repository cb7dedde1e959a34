"""What Kickserv, or someone in its place, may send instead of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_FOUND = (
    "<!DOCTYPE html>\n<html><head><title>The page you were looking for doesn't exist (404)</title>"
    "</head><body><h1>The page you were looking for doesn't exist.</h1></body></html>\n"
)
LOGIN = (
    "<!DOCTYPE html>\n<html><head><title>Kickserv - Log in</title></head><body>"
    '<form action="/session" method="post"><input name="username"><input name="password" '
    'type="password"><br><button>Log in</button></form></body></html>\n'
)
ENTITY_BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE jobs [\n<!ENTITY a0 "ha">\n'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">\n' for n in range(1, 10))
    + ']>\n<jobs type="array"><job><id type="integer">1</id><name>&a9;</name></job></jobs>\n'
)
EXTERNAL_ENTITY = (
    '<?xml version="1.0"?>\n<!DOCTYPE jobs [<!ENTITY file SYSTEM "file:///etc/hostname">]>\n'
    '<jobs type="array"><job><id type="integer">1</id><name>&file;</name></job></jobs>\n'
)

REPLACEMENTS: dict[str, Callable[[], Response]] = {
    "entity_bomb": lambda: Response(ENTITY_BOMB, media_type="application/xml"),
    "external_entity": lambda: Response(EXTERNAL_ENTITY, media_type="application/xml"),
    "login_page": lambda: HTMLResponse(LOGIN),
}
