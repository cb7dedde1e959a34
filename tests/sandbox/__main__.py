"""Run the sandbox in the foreground."""

from __future__ import annotations

import argparse
import sys

from tests.sandbox import control
from tests.sandbox.sandbox import Sandbox

EPILOG = f"""
While it runs, another terminal can look inside and make trouble:

  curl -s  $URL/_sandbox/requests
  curl -sX POST $URL/_sandbox/faults -d '{{"kind": "rate_limited", "service": "kickserv"}}'
  curl -sX PATCH $URL/_sandbox/switches -d '{{"revoke_at": 10}}'
  curl -sX PATCH $URL/_sandbox/source/jobs/9400002 -d '{{"name": "Renamed"}}'

{control.__doc__}
The kinds of fault are in tests/sandbox/fault_kinds.py, their arguments in tests/sandbox/faults.py,
the switches in tests/sandbox/kickserv/switches.py.
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.sandbox",
        description="Kickserv and Pipedrive on this machine, strict, with made-up data.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8710, help="port (%(default)s; 0: a free one)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the data (%(default)s)")
    parser.add_argument(
        "--customers", type=int, default=300, help="Kickserv customers; jobs are 3x (%(default)s)"
    )
    parser.add_argument("--slug", default="acme", help="Kickserv account (%(default)s)")
    parser.add_argument("--heavy", action="store_true", help="add records of many megabytes")
    parser.add_argument("--plain", action="store_true", help="leave all odd values out")
    parser.add_argument("--burst", type=int, help="Pipedrive requests per two seconds (no limit)")
    parser.add_argument("--budget", type=int, help="Pipedrive tokens per day (as the plan gives)")
    arguments = parser.parse_args()
    try:
        sandbox = Sandbox(
            host=arguments.host,
            port=arguments.port,
            seed=arguments.seed,
            customers=arguments.customers,
            slug=arguments.slug,
            oddities=not arguments.plain,
            heavy=arguments.heavy,
            burst=arguments.burst,
            budget=arguments.budget,
        )
    except OSError as error:
        parser.error(f"cannot listen on {arguments.host}:{arguments.port}: {error.strerror}")
    lines = [f"sandbox    {sandbox.url}/_sandbox/"]
    for service in ("kickserv", "pipedrive"):
        settings = getattr(sandbox, service)
        lines += [f"{service:<10} {name}: {value}" for name, value in settings.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    sandbox.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
