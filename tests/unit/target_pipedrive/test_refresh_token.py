"""The refresh token: its successors outlive the process, and nothing but their file holds them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

from crm_transforms.destination import AuthenticationError, SettingError
from target_pipedrive.auth import OAuth
from target_pipedrive.destination import PipedriveDestination
from target_pipedrive.refresh_token import KeptRefreshToken, RefreshToken


@pytest.fixture
def app(sandbox):
    """Settings of an app whose first refresh token has not been used."""
    return {
        "api_url": sandbox.pipedrive["api_url"],
        "client_id": sandbox.crm.oauth.client_id,
        "client_secret": sandbox.crm.oauth.client_secret,
        "refresh_token": sandbox.crm.oauth.refresh_token,
    }


@pytest.fixture
def connected(app, tmp_path, hands):
    """Make destinations as processes of their own would, with one folder for their tokens."""
    made = []

    def connect(**settings):
        every = {**app, **settings}
        made.append(PipedriveDestination(every, token_folder=tmp_path / "kept", clock=hands.clock))
        return made[-1]

    yield connect
    for destination in made:
        destination.close()


def holders(folder, token):
    """The files that hold a token, wherever they are below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if token.encode() in path.read_bytes()]


def load(folder, settings, name):
    """Run the Singer script on one organization, as a process of its own."""
    config = folder.parent / "config.json"
    config.write_text(json.dumps({**settings, "source": "tests"}))
    messages = [
        {
            "type": "SCHEMA",
            "stream": "organizations",
            "schema": {"properties": {"name": {"type": "string"}}},
            "key_properties": ["name"],
        },
        {"type": "RECORD", "stream": "organizations", "record": {"name": name}},
    ]
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-m", "target_pipedrive.target", "--config", str(config)],
        input="".join(json.dumps(message) + "\n" for message in messages),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "MELTANO_PROJECT_ROOT": str(folder)},
    )


def test_a_second_process_goes_on_with_the_new_token_that_only_one_file_holds(
    sandbox, app, tmp_path
):
    project = tmp_path / "project"
    project.mkdir()
    said = ""
    for number in (1, 2):
        run = load(project, app, f"Acme {number}")
        assert run.returncode == 0, run.stderr
        assert len(sandbox.crm.snapshot()["organizations"]) == number
        said += run.stdout + run.stderr
        newest = sandbox.crm.oauth.refresh_token
        (kept,) = holders(project, newest)
        assert kept.parent == project / ".migration"
        assert kept.read_text() == newest
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert list(kept.parent.glob("*.token*")) == [kept]
        assert newest not in said
    assert holders(project, app["refresh_token"]) == []
    for access_token in sandbox.crm.oauth.access_tokens:
        assert holders(project, access_token) == []
        assert access_token not in said


def test_a_newly_configured_token_wins(sandbox, connected):
    connected().identity()
    sandbox.crm.oauth.revoke()
    with pytest.raises(AuthenticationError):
        connected().identity()
    sandbox.crm.oauth.refresh_token = "granted anew"
    assert connected(refresh_token="granted anew").identity().id


def test_a_token_that_another_process_has_replaced_is_not_tried(sandbox, connected):
    one, other = connected(), connected()
    one.identity()
    assert other.identity().id
    sandbox.crm.oauth.expire()
    assert one.people()
    asked = [request for request in sandbox.requests if "oauth" in request.path]
    assert {request.status for request in asked} == {200}


class Late(RefreshToken):
    """A token whose successor another process keeps only after ours was refused."""

    def __init__(self, first: str, successor: str) -> None:
        super().__init__(first)
        self._answers = [first, first, successor, successor]

    def latest(self) -> str:
        return self._answers.pop(0)


def test_a_token_that_was_used_up_elsewhere_meanwhile_is_looked_up_again(sandbox, hands):
    oauth = sandbox.crm.oauth
    token_url = f"{sandbox.pipedrive['api_url']}/oauth/token"
    token = Late("used up", oauth.refresh_token)
    auth = OAuth(
        (oauth.client_id, oauth.client_secret), token, token_url=token_url, clock=hands.clock
    )
    assert auth.current() in oauth.access_tokens


def test_a_token_is_not_used_up_where_its_successor_cannot_be_kept(sandbox, app, tmp_path):
    blocked = tmp_path / "a file"
    blocked.touch()
    with (
        PipedriveDestination(app, token_folder=blocked / "kept") as destination,
        pytest.raises(SettingError, match=r"could not be kept in .*a file"),
    ):
        destination.identity()
    assert not [request for request in sandbox.requests if "oauth" in request.path]


def test_a_successor_that_cannot_be_written_does_not_stop_the_run(tmp_path, caplog):
    token = KeptRefreshToken("first", tmp_path / "kept")
    token.prepare()
    token.path.mkdir()
    token.replace("second")
    assert "could not be kept" in caplog.text
    assert "second" not in caplog.text
    assert list(token.path.parent.iterdir()) == [token.path]


def test_a_kept_token_that_cannot_be_read_is_named(app, tmp_path):
    KeptRefreshToken(app["refresh_token"], tmp_path).path.write_bytes(b"\xff")
    with pytest.raises(SettingError, match="kept refresh token cannot be read"):
        PipedriveDestination(app, token_folder=tmp_path)


def test_words_of_the_token_service_never_show_a_token(sandbox, connected):
    first = sandbox.crm.oauth.refresh_token
    connected().identity()
    second = sandbox.crm.oauth.refresh_token
    body = json.dumps({"message": f"{first} and {second} are no good"})
    sandbox.fault("server_error", "pipedrive", path="oauth/token", status=400, body=body)
    with pytest.raises(AuthenticationError) as refused:
        connected().identity()
    assert first not in str(refused.value)
    assert second not in str(refused.value)
