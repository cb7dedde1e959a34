"""Login by SOAP, for those who still use it.

https://help.salesforce.com/s/articleView?id=005132110
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, unescape

from tests.sandbox.salesforce.call import Answer
from tests.sandbox.salesforce.sessions import open_session

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

VERSIONS = range(31, 65)
"""API versions that know login()."""
MEDIA_TYPE = "text/xml;charset=UTF-8"
INVALID = "Invalid username, password, security token; or user locked out."
NO_TOKEN = (
    f"{INVALID} Are you at a new location? When accessing Salesforce--either via a desktop client"
    " or the API--from outside of your company's trusted networks, you must add a security token to"
    " your password to log in."
)
NO_LOGIN = "SOAP API login() is not available in this API version."
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope'
    ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{}</soapenv:Body>'
    "</soapenv:Envelope>"
)
RESULT = (
    "<loginResponse><result><metadataServerUrl>{metadata}</metadataServerUrl>"
    "<passwordExpired>false</passwordExpired><sandbox>{sandbox}</sandbox>"
    "<serverUrl>{server}</serverUrl><sessionId>{token}</sessionId><userId>{user}</userId>"
    "</result></loginResponse>"
)
FAULT = (
    "<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {text}</faultstring>"
    '<detail><sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
    "<sf:exceptionMessage>{text}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>"
)


def answer(org: Org, version: int, body: str, base: str) -> Answer:
    """A session, or a fault."""
    if version not in VERSIONS:
        return _fault("UNSUPPORTED_API_VERSION", NO_LOGIN)
    password = _told(body, "password")
    if _told(body, "username") != org.username or not password.startswith(org.secret):
        return _fault("INVALID_LOGIN", INVALID)
    if password == org.secret:
        return _fault("LOGIN_MUST_USE_SECURITY_TOKEN", NO_TOKEN)
    if password != org.secret + org.security_token:
        return _fault("INVALID_LOGIN", INVALID)
    result = RESULT.format(
        metadata=escape(f"{base}/services/Soap/m/{version}.0/{org.id[:15]}"),
        sandbox=str(org.is_sandbox).lower(),
        server=escape(f"{base}/services/Soap/u/{version}.0/{org.id[:15]}"),
        token=escape(open_session(org)),
        user=org.run_as,
    )
    return Answer(200, ENVELOPE.format(result).encode(), media_type=MEDIA_TYPE)


def _told(body: str, tag: str) -> str:
    match = re.search(rf"<(?:\w+:)?{tag}>(.*?)</", body, re.DOTALL)
    return unescape(match[1]) if match else ""


def _fault(code: str, text: str) -> Answer:
    fault = FAULT.format(code=code, text=escape(text))
    return Answer(500, ENVELOPE.format(fault).encode(), media_type=MEDIA_TYPE)
