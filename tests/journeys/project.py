"""Our Meltano project in a folder of its own, configured by nothing but a ``.env``."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.journeys.world import PROGRAMS, SECONDS, environment

if TYPE_CHECKING:
    from tests.journeys.world import World

ROOT = Path(__file__).parents[2]
TAP = "tap-kickserv"


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it wrote."""

    code: int
    out: str
    log: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Project:
    """The project of one world.

    Args:
        world: whose accounts ``.env`` leads to.
        folder: of the project; made here.
        variables: of ``.env``, beside what leads to the accounts.
    """

    world: World
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        told = yaml.safe_load((ROOT / "meltano.yml").read_text(encoding="utf-8"))
        for plugins in told["plugins"].values():
            for plugin in plugins:
                # Without pip_url Meltano takes what is there and installs nothing.
                del plugin["pip_url"]
                plugin["executable"] = str(PROGRAMS / plugin["executable"])
                for command in plugin.get("commands", {}).values():
                    command["executable"] = str(PROGRAMS / command["executable"])
        text = yaml.safe_dump(told, sort_keys=False)
        (self.folder / "meltano.yml").write_text(text, encoding="utf-8")
        loader = self.world.loader
        settings = {TAP: self.world.tap, loader: {**self.world.access, **self.world.settings}}
        for plugin, values in settings.items():
            prefix = plugin.replace("-", "_").upper()
            for name, value in values.items():
                self.variables.setdefault(f"{prefix}_{name.upper()}", str(value))
        self.configure()

    def configure(self, **variables: str) -> None:
        """Write ``.env``, with some variables set anew; an empty one is taken out."""
        self.variables |= variables
        lines = [f"{name}={value}\n" for name, value in self.variables.items() if value]
        (self.folder / ".env").write_text("".join(lines), encoding="utf-8")

    def meltano(self, *arguments: str) -> Ended:
        """Run Meltano in the project, with nothing of it in the environment."""
        done = subprocess.run(  # noqa: S603 - Meltano of this very environment
            [PROGRAMS / "meltano", *arguments],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def run(self) -> Ended:
        """``meltano run tap-kickserv`` into the target."""
        return self.meltano("run", TAP, self.world.loader)

    def invoke(self, command: str, *flags: str) -> Ended:
        """``meltano invoke`` a command of the target."""
        return self.meltano("invoke", f"{self.world.loader}:{command}", *flags)
