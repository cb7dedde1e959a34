"""Names whose values never leave the tap.

Kickserv returns password hashes and session tokens inside ordinary rows (`password_salt`,
`encrypted_password`, `remember_token` on employees; `password_digest`, `token`,
`remember_me_token` on customers). They are cut out while a reply is parsed, so that neither a
record, nor `_extra`, nor a temporary file ever holds them.
"""

from __future__ import annotations

import re
from functools import cache

_DENIED = re.compile(
    r"(^|_)(password|passwd|passphrase|token|secret|otp|api_key|auth_key|private_key)(_|$)"
    r"|_salt$|_digest$|^salt$|^digest$|^encrypted_|^remember_",
)


@cache
def is_denied(name: str) -> bool:
    """Tell whether a field's value is a credential.

    Args:
        name: Field name as it stands in the reply; case and dashes do not matter.
    """
    return _DENIED.search(name.replace("-", "_").lower()) is not None
