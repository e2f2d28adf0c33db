"""Tries the contract from outside: schemathesis against bin/msia and the /openapi.yaml it serves.

Each role has a server of its own on a throw-away data folder, so that no role
deletes what another is looking at. `make contract` prepares what is needed.

    CONTRACT_CASES   how many cases there have to be (5000); with fewer than 5000
                     only the least role an operation asks for gets every boundary value
    CONTRACT_SEED    the seed of what is generated (1)

Ends with status 1 when a case failed, when an operation never answered 2xx, or
when there were too few cases; then the logs are kept and their folder is printed.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.request
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import yaml

import accounts
import events

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MSIA = ROOT / "bin" / "msia"

CASES = int(os.environ.get("CONTRACT_CASES") or 5000)
SEED = int(os.environ.get("CONTRACT_SEED") or 1)
FULL = CASES >= 5000

ROLES = ("nobody", "viewer", "editor", "admin")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
SECRET = "contract-webhook-secret"
PASSWORD = "correct-horse-battery"  # the one in the contract's example of Login
READY_SECONDS = STOP_SECONDS = 120
STATEFUL_AGAIN = 10
CUSTOMERS = 24  # who write before anything is tried
STEPS = 8  # of a chain of operations, at most

children: set[subprocess.Popen] = set()
stopping = threading.Event()


class Failed(Exception):
    """Something to tell without a traceback."""


def start(command, env, log) -> subprocess.Popen:
    """Starts a program in a session of its own, so that Ctrl-C reaches only us."""
    if stopping.is_set():
        raise Failed("interrupted")
    child = subprocess.Popen(command, env=env, cwd=log.parent, stdout=log.open("ab"), stderr=subprocess.STDOUT, start_new_session=True)
    children.add(child)
    return child


def stop(child: subprocess.Popen):
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    children.discard(child)


@contextmanager
def server(folder: Path):
    """A running msia on an empty data folder; gives its address and its environment."""
    log = folder / "server.log"
    env = {name: os.environ[name] for name in ("PATH", "HOME", "PG_BINDIR") if name in os.environ}
    env |= {
        "MSIA_ADDR": "127.0.0.1:0",
        "MSIA_DATA_DIR": str(folder / "data"),
        "MSIA_ADMIN_PASSWORD": PASSWORD,
        "MSIA_REPLY_DELAY_TEXT": "2s",  # jobs that are worked can be looked at
        "MSIA_REPLY_DELAY_MEDIA": "0s",
        "MSIA_LOGIN_RATE": "1000000",
        **{f"MSIA_RATE_{name}": "0" for name in ("PUBLIC", "QUOTE", "UPLOAD", "RAG", "ACCOUNT")},
        "CHATWOOT_WEBHOOK_SECRET": SECRET,
    }
    (folder / "data").mkdir()
    # As if the process before had died: so there is an error to look at.
    (folder / "data" / "crash-server.txt").write_text("panic: planted\n\ngoroutine 1 [running]:\nmain.main()\n\t/main.go:1 +0x1\n")
    child = start([MSIA, "serve"], env, log)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not (ready := re.search(r"msia is ready: (http://\S+)", log.read_text())):
            if child.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"msia does not get ready:\n{log.read_text()}")
            time.sleep(0.05)
        yield ready[1], env
    finally:
        stop(child)


def create(env: dict, username: str, role: str) -> str:
    """Makes an account and returns its password."""
    made = subprocess.run([MSIA, "user", "create", "-username", username, "-role", role], env=env, capture_output=True, text=True)
    if made.returncode:
        raise Failed(f"msia user create: {made.stdout}{made.stderr}")
    return re.search(r"shown once\): (\S+)", made.stdout)[1]


def sign_in(url: str, env: dict, role: str) -> str:
    """The token of a new account of the role."""
    body = {"username": f"contract-{role}", "password": create(env, f"contract-{role}", role)}
    return accounts.call(f"{url}/api/admin/auth/login", "", body)["access_token"]


def deliver(url: str):
    """Lets customers write, so that there are conversations and work for people."""
    for number in range(1, CUSTOMERS + 1):
        text = events.TEXTS[number % len(events.TEXTS)]
        body = json.dumps(events.message(number, number, text)).encode()
        request = urllib.request.Request(f"{url}/api/chatwoot/webhook", body, events.signature(SECRET, body))
        urllib.request.urlopen(request, timeout=30).close()


def operations(url: str) -> dict[str, str]:
    """The operations of the contract and the least role that may call each."""
    with urllib.request.urlopen(f"{url}/openapi.yaml", timeout=30) as response:
        contract = yaml.safe_load(response)
    found = {}
    for path in contract["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "operationId" in operation:
                needs = operation["x-permission"]
                found[operation["operationId"]] = needs if needs in ROLES else "nobody"
    return found


class Plan:
    """What a role tries, and how often."""

    def __init__(self, role: str, needs: dict[str, str]):
        rank = ROLES.index(role)
        self.role, self.needs = role, needs
        self.may = [name for name, least in needs.items() if ROLES.index(least) <= rank]
        pairs = sum(len(ROLES) - ROLES.index(least) for least in needs.values())
        self.examples = max(5, CASES // pairs)
        self.stateful = min(1000, self.examples * len(self.may) // 2)

    def configuration(self) -> str:
        """The settings of schemathesis: what a role may not call is only knocked at."""
        lines = [(HERE / "schemathesis.toml").read_text()]
        lines += ["[phases.fuzzing.generation]", f"max-examples = {self.examples}"]
        lines += ["[phases.stateful]", f"max-steps = {STEPS}", "[phases.stateful.generation]", f"max-examples = {self.stateful // (STEPS // 2)}"]

        def only(names, *settings):
            if names:
                lines.extend(["[[operations]]", f"include-operation-id = {json.dumps(sorted(names))}", *settings])

        only(set(self.needs) - set(self.may), "phases.coverage.enabled = false", "phases.fuzzing.generation.max-examples = 5")
        if not FULL:
            others = [name for name in self.may if self.needs[name] != self.role]
            only(others, "phases.examples.enabled = false", "phases.coverage.enabled = false")
        return "\n".join(lines) + "\n"


def schemathesis(folder: Path, url: str, environment: dict, number: int, phases: tuple[str, ...]) -> dict:
    """Runs schemathesis once and returns its exit status with what hooks.py counted."""
    result = folder / f"result-{number}.json"
    command = [Path(sys.executable).parent / "schemathesis", "--config-file", folder / "schemathesis.toml", "--no-color"]
    command += ["run", f"{url}/openapi.yaml", "--checks", "all", "--phases", ",".join(phases), "--seed", str(SEED + number)]
    child = start(command, environment | {"CONTRACT_RESULT": str(result)}, folder / f"schemathesis-{number}.log")
    code = child.wait()
    children.discard(child)
    if not result.exists():
        raise Failed((folder / f"schemathesis-{number}.log").read_text())
    return {"code": code, **json.loads(result.read_text())}


def run(role: str, work: Path) -> dict:
    """One role against one server."""
    began = time.monotonic()
    folder = work / role
    folder.mkdir()
    phases, statuses, failed = Counter(), defaultdict(Counter), []
    with server(folder) as (url, env):
        plan = Plan(role, operations(url))
        (folder / "schemathesis.toml").write_text(plan.configuration())
        deliver(url)
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment |= {
            "CONTRACT_URL": url,
            "CONTRACT_ROLE": role,
            "CONTRACT_WEBHOOK_SECRET": SECRET,
            "SCHEMATHESIS_HOOKS": "hooks",
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "120",
        }
        if role != "nobody":
            environment["CONTRACT_TOKEN"] = sign_in(url, env, role)
        # Hypothesis ends the stateful phase as soon as a step repeated has another outcome, as creating the same thing
        # twice has. Another seed goes on from there.
        for number in range(1 + STATEFUL_AGAIN):
            if role != "nobody":
                spare = f"contract-{role}-spare-{number}"
                environment |= {"CONTRACT_SPARE": spare, "CONTRACT_SPARE_PASSWORD": create(env, spare, role)}
            result = schemathesis(folder, url, environment, number, PHASES if number == 0 else ("stateful",))
            phases.update(result["phases"])
            for name, counts in result["statuses"].items():
                statuses[name].update(counts)
            if result["code"]:
                failed.append(number)
            if phases["stateful"] >= plan.stateful:
                break
    return {"role": role, "failed": failed, "needs": plan.needs, "seconds": time.monotonic() - began, "phases": phases, "statuses": statuses}


def told(log: Path) -> str:
    """What schemathesis has to say of failures: all but its progress and summary."""
    text = log.read_text()
    found = re.search(r"^=+ (FAILURES|ERRORS) =+$.*?(?=^=+ (WARNINGS|SUMMARY) =+$)", text, re.DOTALL | re.MULTILINE)
    return found[0] if found else text


def report(results: list[dict], work: Path) -> list[str]:
    """Prints what was seen and returns what is wrong."""
    wrong, failed = [], 0
    for result in results:
        role = result["role"]
        for number in result["failed"]:
            text = told(work / role / f"schemathesis-{number}.log")
            failed += max(1, text.count("Test Case ID: "))
            wrong.append(f"as {role}: failures, see above")
            print(f"\n######## as {role}, seed {SEED + number}\n\n{text}")
        errors = [line for line in (work / role / "server.log").read_text().splitlines() if '"level":"ERROR"' in line]
        if errors:
            wrong.append(f"as {role}: {len(errors)} errors in the server's log, the first: {errors[0]}")

    seen = defaultdict(Counter)
    for result in results:
        for name, statuses in result["statuses"].items():
            seen[name].update(statuses)
    needs = results[0]["needs"]
    unreached = [name for name in needs if not any(status.startswith("2") for status in seen[name])]
    if unreached:
        wrong.append("never answered 2xx: " + ", ".join(unreached))
    cases = sum(result["phases"].total() for result in results)
    if cases < CASES:
        wrong.append(f"{cases} cases are fewer than {CASES}")

    if FULL or wrong:
        print("statuses of each operation")
        for name in needs:
            print(f"  {name:28}" + "  ".join(f"{status}:{count}" for status, count in sorted(seen[name].items())))
    print("cases    " + "".join(f"{phase:>10}" for phase in PHASES) + "     all   seconds")
    for result in results:
        counts = result["phases"]
        print(f"{result['role']:9}" + "".join(f"{counts[phase]:10}" for phase in PHASES) + f"{counts.total():8}{result['seconds']:10.0f}")
    print(f"contract: {cases - failed} passed, {failed} failed, {len(unreached)} of {len(needs)} operations never answered 2xx")
    return wrong


def interrupted(*_):
    raise KeyboardInterrupt


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    work = Path(tempfile.mkdtemp(prefix="msia-contract-"))
    lanes = ThreadPoolExecutor(min(len(ROLES), os.cpu_count() or 1))
    try:
        print(f"contract: seed {SEED}, at least {CASES} cases as {', '.join(ROLES)}", flush=True)
        # The longest first.
        futures = {role: lanes.submit(run, role, work) for role in reversed(ROLES)}
        wrong = report([futures[role].result() for role in ROLES], work)
    except KeyboardInterrupt:
        wrong = ["interrupted"]
    except Failed as failure:
        wrong = [str(failure)]
    except Exception:
        wrong = [traceback.format_exc()]
    stopping.set()
    lanes.shutdown(wait=False, cancel_futures=True)
    for child in list(children):
        stop(child)
    lanes.shutdown()
    for role in ROLES:
        shutil.rmtree(work / role / "data", ignore_errors=True)
    if not wrong:
        shutil.rmtree(work)
    for problem in wrong:
        print(f"contract: {problem}", file=sys.stderr)
    if wrong:
        print(f"contract: FAIL (logs: {work})", file=sys.stderr)
        return 1
    print("contract: PASS")
    return 0


if __name__ == "__main__":
    sys.exit(main())
