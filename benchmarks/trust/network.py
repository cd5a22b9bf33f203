"""Without a network, and with one that swallows everything: what works, what tries to get out.

    python -m benchmarks.trust.network

The app runs in a network namespace of its own (Linux, with the right to make one): first with a
loopback alone, then with a second interface that takes what is sent and answers nothing. Every page
is opened and a run is trained; `attempts` are the packets that were sent to that interface, asking
for names included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ae_core.accounts.person import Person
from ae_core.jobs import access, states, table
from ae_core.training.runs import RunSpec
from benchmarks import report
from benchmarks.trust.visits import PAGES, cookies_of, visited
from scripts.app_server import ROOT, running_app

INTERFACE = "swallows"
LOOPBACK = "ip link set lo up"
SWALLOWING = (
    f"ip link add {INTERFACE} type bridge && sysctl -qw net.ipv6.conf.{INTERFACE}.disable_ipv6=1"
    f" && ip address add 192.0.2.2/24 dev {INTERFACE} && ip link set {INTERFACE} up"
    f" && ip neighbour add 192.0.2.1 lladdr 02:00:00:00:00:01 dev {INTERFACE}"
    f" && ip route add default via 192.0.2.1"
)

SENT_PACKETS = 9
"""Its place among the counters of an interface in `/proc/net/dev`."""

LONGEST_SECONDS = 120.0

SETTLED_SECONDS = 3.0
"""Within which the kernel says to its neighbours that the interface is there."""


def sent() -> int:
    """Packets that went out by the interface that swallows them."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, counted = line.partition(":")
        if name.strip() == INTERFACE:
            return int(counted.split()[SENT_PACKETS])
    return 0


def trains() -> bool:
    """Whether a run ends as it should."""
    job = access.submit(Person("somebody"), RunSpec("ae-16", "digits", steps=50))
    end = time.monotonic() + LONGEST_SECONDS
    while not (found := table.get(job.id)).is_over and time.monotonic() < end:
        time.sleep(0.2)
    return found.state == states.FINISHED


def inside() -> dict[str, float]:
    """What works here, where the network is what it is."""
    time.sleep(SETTLED_SECONDS)
    before = sent()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AE_HOME"] = f"{folder}/home"
        with running_app(Path(folder) / "log") as url:
            cookies = cookies_of(url)
            opened = sum(visited(url, page, cookies) for page in PAGES)
            return {"pages": opened, "runs": trains(), "attempts": sent() - before}


def in_namespace(network: str) -> dict[str, float]:
    """The same in a namespace whose network these commands make."""
    program = f"{network} && exec {sys.executable} -m benchmarks.trust.network --inside"
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", program], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure() -> dict[str, float]:
    without = in_namespace(LOOPBACK)
    swallowed = in_namespace(f"{LOOPBACK} && {SWALLOWING}")
    return {
        "pages_without": without["pages"], "runs_without": without["runs"],
        "pages_swallowed": swallowed["pages"], "runs_swallowed": swallowed["runs"],
        "attempts": swallowed["attempts"],
    }  # fmt: skip


if __name__ == "__main__":
    if "--inside" in sys.argv:
        print(json.dumps(inside()))
    else:
        report.main("trust.network", measure, "Without a network")
