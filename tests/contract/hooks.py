"""What schemathesis has to know of msia: who calls, what is valid, what may be refused.

Loaded by schemathesis, once for each role. run.py sets the environment.
"""

import atexit
import json
import os
import random
import re
import threading
import uuid
import zlib
from collections import Counter, defaultdict

import requests
import schemathesis
from hypothesis import strategies
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario

import accounts
import aim
import events
import refusals

URL = os.environ["CONTRACT_URL"]
ROLE = os.environ["CONTRACT_ROLE"]
TOKEN = os.environ.get("CONTRACT_TOKEN", "")
SECRET = os.environ["CONTRACT_WEBHOOK_SECRET"]
RESULT = os.environ["CONTRACT_RESULT"]

RANKS = {"nobody": 0, "viewer": 1, "editor": 2, "admin": 3}
RANK = RANKS[ROLE]
WEBHOOK = "ReceiveChatwootWebhook"
STREAM = "StreamEvents"

# Operations on one's own sessions, keys and password: as the spare account.
OWN = "Auth"
SIGNS_OUT = {"Logout", "RevokeSession", "RevokeOtherSessions"}


def operation_id(case) -> str:
    return case.operation.definition.raw["operationId"]


def may_call(case) -> bool:
    """Whether the contract lets this role call the operation."""
    return RANK >= RANKS.get(case.operation.definition.raw["x-permission"], 0)


# ---- Who calls ----


class Signed(requests.auth.AuthBase):
    """Signs a webhook as Chatwoot does: over the bytes that are sent."""

    def __call__(self, request):
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        request.headers.update(events.signature(SECRET, body))
        return request


schemathesis.auth.set_from_requests(Signed()).apply_to(operation_id=WEBHOOK)


spare = accounts.Spare(URL, os.environ.get("CONTRACT_SPARE", ""), os.environ.get("CONTRACT_SPARE_PASSWORD", ""))
decoy = accounts.Decoy(URL, TOKEN, spare)


@schemathesis.auth(refresh_interval=None).skip_for(operation_id=WEBHOOK)
class Bearer:
    """The token of the role, or of its spare account."""

    def get(self, case, context):
        if not TOKEN:
            return None
        return spare.token() if OWN in case.operation.definition.raw["tags"] else TOKEN

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


def signed_in(header: str) -> bool:
    return header.removeprefix("Bearer ") in {TOKEN, *spare.tokens} - {""}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Aims requests at what exists, and keeps what the run needs out of harm."""
    if case.headers.get("Authorization", "").removeprefix("Bearer ") in spare.tokens:
        case.headers["Authorization"] = f"Bearer {spare.token()}"  # that of another case may have ended meanwhile
    if operation_id(case) == STREAM and str((case.query or {}).get("max_seconds", 2)).isdigit():
        case.query = {**(case.query or {}), "max_seconds": min(1, int((case.query or {}).get("max_seconds", 2)))}  # or it would not end
    if TOKEN and may_call(case) and case.meta.generation.mode.is_positive:
        aim.at(case)
    if RANK == RANKS["admin"] and case.method.upper() not in ("GET", "HEAD", "OPTIONS", "TRACE"):
        account = (case.path_parameters or {}).get("account_id")
        if account and account in decoy.needed:
            case.path_parameters["account_id"] = decoy.id


# ---- What is valid ----


@schemathesis.hook("map_case").apply_to(operation_id=WEBHOOK)
def real_event(context, case):
    """Any object follows the webhook's schema; most are given the shape of a real event."""
    if case.meta.generation.mode.is_positive and isinstance(case.body, dict) and aim.number(case) % 4:
        case.body = events.event(random.Random(aim.number(case)))
    return case


@schemathesis.hook("map_case").apply_to(operation_id="ChangePassword")
def right_password(context, case):
    """Nobody guesses the current password."""
    if case.meta.generation.mode.is_positive and aim.number(case) % 2:
        case.body["current_password"] = spare.password
    return case


schemathesis.openapi.media_type("application/pdf", strategies.uuids().map(aim.new_regulation))


# ---- What may be refused ----


def contains_nul(value) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(contains_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(contains_nul, value))


def problem_code(response) -> str:
    try:
        return response.json()["code"]
    except (ValueError, TypeError, KeyError):
        return ""


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps a failure, unless it is a declared refusal of a request that follows the contract."""
    if failure.title == "SSE event violates schema":
        return False  # the schema is of an event's data, as clients are generated from it; schemathesis takes it for the frame's
    if type(failure).__name__ != "RejectedPositiveData":
        return True
    if not may_call(case) and response.status_code in (401, 403):
        return False
    if not aim.addresses(case):
        return False
    has_nul = any(map(contains_nul, (case.body, case.query, case.path_parameters, case.headers)))
    return not refusals.permitted(case, response.status_code, problem_code(response), has_nul)


@schemathesis.check
def permission(context, response, case):
    """x-permission decides before anything else does, and nothing else refuses a caller."""
    data = case.meta.phase.data if case.meta else None
    if isinstance(data, CoveragePhaseData) and data.scenario == CoverageScenario.UNSPECIFIED_HTTP_METHOD:
        return
    status, sent = response.status_code, response.request.headers.get("Authorization", "")
    if not may_call(case):
        # 404: a path parameter that leads to no operation.
        want = (403 if signed_in(sent) else 401, 404)
        assert status in want, f"Not permitted to {ROLE}: expected {want[0]}, got {status}"
    elif status in (401, 403) and (signed_in(sent) or not sent and not RANK):
        code = problem_code(response)
        assert refusals.permitted(case, status, code, False), f"Permitted to {ROLE}, but {status} {code}"


# ---- What was seen ----

lock = threading.Lock()
statuses = defaultdict(Counter)
phases = Counter()


@schemathesis.hook
def after_call(context, case, response):
    with lock:
        phases[case.meta.phase.name.value if case.meta else "other"] += 1
        if response.request.method != case.operation.method.upper():
            return
        statuses[operation_id(case)][str(response.status_code)] += 1
    if response.status_code == 204 and signed_in(response.request.headers.get("Authorization", "")):
        if operation_id(case) in SIGNS_OUT:
            spare.signed_out()
        elif operation_id(case) == "ChangePassword":
            spare.password = case.body["new_password"]


@atexit.register
def write_result():
    with open(RESULT, "w") as file:
        json.dump({"phases": phases, "statuses": statuses}, file)
