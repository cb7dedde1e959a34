"""How requests leave: what the environment says is heeded, and nothing is carried along unasked."""

from __future__ import annotations

import logging
import shutil
import socket
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from crm_transforms.destination import UnavailableError
from target_pipedrive.auth import ApiToken
from target_pipedrive.destination import PipedriveDestination
from target_pipedrive.wire import Wire

NEEDS_OPENSSL = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl makes the certificate"
)


@pytest.fixture
def nobody():
    """An address where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def test_a_proxy_of_the_environment_is_used_and_looked_up_once(monkeypatch, sandbox, connect):
    monkeypatch.setenv("HTTP_PROXY", sandbox.url)
    destination = connect(api_url="http://crm.example/pipedrive")
    assert destination.identity().id
    monkeypatch.delenv("HTTP_PROXY")
    assert destination.people()


def test_a_host_may_be_excepted_from_the_proxy(monkeypatch, connect, nobody):
    monkeypatch.setenv("HTTP_PROXY", nobody)
    with pytest.raises(UnavailableError):
        connect().identity()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert connect().identity().id


def test_a_cookie_is_not_sent_back(sandbox, destination):
    body = '{"success":true,"data":{"id":1,"company_id":2}}'
    cookie = {"set-cookie": "__cf_bm=x; Path=/"}
    sandbox.fault("json_error_200", "pipedrive", headers=cookie, body=body)
    destination.identity()
    destination.people()
    assert [request.cookie for request in sandbox.requests] == [False, False]


def test_a_netrc_does_not_add_credentials(monkeypatch, sandbox, tmp_path, destination):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    destination.identity()
    assert not any(request.authorized for request in sandbox.requests)


def test_as_many_connections_are_kept_as_requests_may_be_under_way(caplog, connect, make):
    destination = connect(concurrency=6)
    destination.describe("organizations")
    with caplog.at_level(logging.DEBUG, "urllib3"):
        list(destination.write([make("organizations", name=f"O {n}") for n in range(200)]))
    messages = [record.getMessage() for record in caplog.records]
    assert sum("Starting new HTTP connection" in message for message in messages) <= 6
    assert not [message for message in messages if "pool is full" in message]


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def certified(tmp_path):
    """An https server with a certificate that nobody has signed but itself; its address and it."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(  # noqa: S603 - a fixed command
        [
            str(shutil.which("openssl")),
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}/", str(certificate)
    server.shutdown()
    thread.join()
    server.server_close()


@NEEDS_OPENSSL
def test_a_certificate_that_nobody_vouches_for_is_refused(certified):
    address, _ = certified
    wire = Wire(ApiToken("x"))
    for _ in range(2):
        with pytest.raises(requests.exceptions.SSLError, match=r"self.signed"):
            wire.exchange("GET", address)
    wire.close()


@NEEDS_OPENSSL
def test_certificates_of_the_environment_are_trusted(monkeypatch, certified):
    address, certificate = certified
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate)
    wire = Wire(ApiToken("x"))
    assert [wire.exchange("GET", address).status_code for _ in range(2)] == [200, 200]
    wire.close()


@NEEDS_OPENSSL
def test_a_certificate_that_is_refused_says_that_nothing_was_sent(certified, hands):
    address, _ = certified
    settings = {"api_url": address, "api_token": "x"}
    with (
        PipedriveDestination(settings, clock=hands.clock) as destination,
        pytest.raises(UnavailableError, match="NO_CONNECTION: cannot connect"),
    ):
        destination.identity()
    assert destination.spent()["requests"] == 0
