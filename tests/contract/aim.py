"""Aims requests at what exists. A random id is refused as unknown, and nothing is learnt."""

import json
import os
import re
import time
import uuid
import zlib

import requests

import events

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def number(case) -> int:
    """A number that stands for a case, to choose by."""
    what = case.body if isinstance(case.body, (dict, list, str)) else case.path_parameters
    return zlib.crc32(json.dumps(what, sort_keys=True, default=str).encode())


def addresses(case) -> bool:
    """Whether ids in the path have the form of ids. A link from a member that is null, or only has the name, breaks it."""
    ids = [p.name for p in case.operation.iter_parameters() if p.location == "path" and p.definition["schema"].get("format") == "uuid"]
    return all(re.fullmatch(UUID, str(case.path_parameters.get(name)), re.IGNORECASE) for name in ids)


def ask(case, method: str, path: str, **more):
    """A request beside those that count, as the same caller."""
    headers = {"Authorization": case.headers.get("Authorization", "")}
    return requests.request(method, os.environ["CONTRACT_URL"] + path, headers=headers, timeout=30, **more)


def listed(case, path: str) -> list:
    """The ids on the first page of a list."""
    response = ask(case, "GET", path)
    items = response.json() if response.status_code == 200 else []
    return [item["id"] for item in (items["items"] if isinstance(items, dict) else items) if "id" in item]


def order(case):
    """An order has to list everything there is, once. An empty one's refusal tells what there is, or the list does."""
    refusal = ask(case, case.method, case.formatted_path, params=case.query, json={"ids": []})
    ids = re.findall(UUID, json.dumps(refusal.json().get("errors"))) if refusal.status_code == 422 else []
    if refusal.status_code == 422 and not ids:
        ids = listed(case, case.formatted_path.removesuffix("/order"))
    case.body = {"ids": ids}


def existing(case):
    """Lets half of the cases meet something that exists, and deletions only what the run has made.

    Ids of the shipped catalogue are of version 5, new ones of version 7.
    """
    delete = case.method.upper() == "DELETE"
    place = re.search(r"^(.*)/{(\w+)}$" if delete else r"^(.*?)/{(\w+)}", case.path)
    if not place or "get" not in case.operation.schema.raw_schema["paths"].get(place[1], {}):
        return
    shipped = delete and str(case.path_parameters.get(place[2]))[14:15] == "5"
    if not shipped and number(case) % 2:
        return
    ids = [id for id in listed(case, place[1].format(**case.path_parameters)) if not delete or str(id)[14:15] == "7"]
    if ids:
        case.path_parameters[place[2]] = ids[number(case) // 2 % len(ids)]
    elif shipped:
        case.path_parameters[place[2]] = str(uuid.UUID(int=number(case)))


def merge(case):
    """Another customer who exists."""
    others = [id for id in listed(case, "/api/admin/customers") if id != case.path_parameters["customer_id"]]
    if others:
        case.body["duplicate_id"] = others[number(case) % len(others)]


def confirm(case):
    """Who anonymises a customer has to write who it is: one made for it."""
    phone = f"+34611{uuid.uuid4().int % 10**6:06}"
    made = ask(case, "POST", "/api/admin/customers", json={"phone": phone})
    if made.status_code == 201:
        case.path_parameters["customer_id"] = made.json()["id"]
        case.body["confirm"] = phone


# ---- Cases ----

PDF = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


def got(case, path: str):
    """What is at a path, None when nothing is."""
    response = ask(case, "GET", path)
    return response.json() if response.status_code == 200 else None


def new_case(case, attempt: int = 0) -> dict | None:
    """What may open a case: a customer who exists, and an element of a category."""
    at = number(case) + attempt
    customers, categories = listed(case, "/api/admin/customers"), got(case, "/api/tariffs/categories") or []
    if not customers or not categories:
        return None
    category = categories[at % len(categories)]
    elements = got(case, f"/api/elements?category={category['id']}") or []
    generic = {element["parent_code"] for element in elements}
    codes = [element["code"] for element in elements if element["code"] not in generic]
    if not codes:
        return None
    elements = [{"code": codes[at % len(codes)], "quantity": 1}]
    return {"customer_id": customers[at % len(customers)], "category": category["slug"], "elements": elements}


def open_case(case):
    case.body = new_case(case) or case.body


def own_case(case):
    """The case that the path leads to, None when there is none."""
    return got(case, f"/api/cases/{case.path_parameters['case_id']}")


def follow(case):
    """A status that the case may have next."""
    found = own_case(case)
    if found and found["next_statuses"]:
        steps = found["next_statuses"]
        case.body = {"status": steps[number(case) % len(steps)]["status"], "reason": "porque sí"}


def file_of(case):
    """The file of a case made for it: others may be closed by now."""
    for attempt in range(10):  # a customer may be anonymised, an element inactive
        made = ask(case, "POST", "/api/cases", json=new_case(case, attempt) or {})
        if made.status_code != 201:
            continue
        path = f"/api/cases/{made.json()['id']}/files"
        made = ask(case, "POST", path, files={"file": ("ficha.pdf", PDF, "application/pdf")})
        if made.status_code == 201:
            case.path_parameters |= {"case_id": made.json()["id"], "file_id": made.json()["files"][0]["id"]}
            return


def move(case):
    """A file that belongs nowhere yet."""
    file_of(case)
    case.body = {"element_code": None, "slot_code": None}


def many(case):
    """What exists, as far as there is any."""
    case.body["ids"] = listed(case, case.path.removesuffix("/bulk"))[:100] or case.body["ids"]


def restore(case):
    """A price that the tier had."""
    history = got(case, case.formatted_path.removesuffix("/restore"))
    if history and history["items"]:
        case.body["valid_from"] = history["items"][-1]["valid_from"]


# ---- Regulations ----

TEXT = b"BT /F1 12 Tf 20 200 Td (Articulo 1. Objeto. El plazo de la inspeccion es de quince dias habiles.) Tj ET"
REGULATION = (
    b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%%%EOF\n" % (len(TEXT), TEXT)
)


def new_regulation(id: uuid.UUID) -> bytes:
    """The same page, but another file."""
    return REGULATION + f"% {id}\n".encode()


def regulation(case):
    """A document; each new one is another file."""
    ids = listed(case, "/api/rag/documents")
    if len(ids) < 3:
        file = ("orden.pdf", new_regulation(uuid.uuid4()), "application/pdf")
        made = ask(case, "POST", "/api/rag/documents", files={"file": file})
        ids += [made.json()["id"]] if made.status_code == 202 else []
    if ids:
        case.path_parameters["document_id"] = ids[number(case) % len(ids)]
        if "page" in case.path_parameters:
            case.path_parameters["page"] = 1


def question(case):
    """A question that was asked."""
    ids = listed(case, "/api/rag/queries")
    if not ids:
        made = ask(case, "POST", "/api/rag/query", json={"query": "¿Qué plazo hay para la inspección?"})
        ids = [made.json()["query_id"]] if made.status_code == 200 else []
    if ids:
        case.path_parameters["query_id"] = ids[number(case) % len(ids)]


def error(case):
    """An error that there was."""
    ids = listed(case, "/api/admin/errors?status=all")
    if ids:
        case.path_parameters["error_id"] = ids[number(case) % len(ids)]


# ---- Jobs ----


def ended_job(case):
    """A job that has ended."""
    ids = listed(case, "/api/admin/jobs?state=completed&state=cancelled")
    if ids:
        case.path_parameters["job_id"] = ids[number(case) % len(ids)]


def waiting_job(case):
    """A job that has not: somebody has just written, and may write more."""
    body = json.dumps(events.message(uuid.uuid4().int % 10**9, 21 + uuid.uuid4().int % 70, "Hola")).encode()
    headers = events.signature(os.environ["CONTRACT_WEBHOOK_SECRET"], body)
    requests.post(os.environ["CONTRACT_URL"] + "/api/chatwoot/webhook", data=body, headers=headers, timeout=30)
    ids = listed(case, "/api/admin/jobs?kind=process_conversation&state=available&state=running&state=scheduled")
    if ids:
        case.path_parameters["job_id"] = ids[0]


def cancelled_job(case):
    """A job that was cancelled, and has noticed."""
    waiting_job(case)
    path = f"/api/admin/jobs/{case.path_parameters['job_id']}"
    if ask(case, "POST", path + "/cancel").status_code == 200:
        for _ in range(40):
            job = got(case, path)
            if not job or job["state"] != "running":
                return
            time.sleep(0.05)


BY_OPERATION = {
    "AnonymiseCustomer": confirm,
    "BulkCases": many,
    "CancelJob": waiting_job,
    "BulkErrors": many,
    "BulkEscalations": many,
    "CreateCase": open_case,
    "DeleteJob": ended_job,
    "DownloadCaseFile": file_of,
    "DownloadRegulationFile": regulation,
    "GetError": error,
    "GetJob": ended_job,
    "GetQuestion": question,
    "GetRegulation": regulation,
    "GetRegulationPage": regulation,
    "GetRegulationPageText": regulation,
    "ListRegulationUnits": regulation,
    "ListRegulationVersions": regulation,
    "MergeCustomer": merge,
    "MoveCaseFile": move,
    "RateQuestion": question,
    "RemoveCaseFile": file_of,
    "RestoreTierPrice": restore,
    "RetryJob": cancelled_job,
    "ReprocessRegulation": regulation,
    "ReviewCaseFile": file_of,
    "TransitionCase": follow,
    "UpdateRegulation": regulation,
    "WatchRegulation": regulation,
}


def at(case):
    """Aims a request that follows the contract."""
    operation = case.operation.definition.raw["operationId"]
    if case.method.upper() in ("POST", "PUT", "PATCH", "DELETE"):
        if number(case) % 4:
            case.headers.pop("If-Match", None)  # a made-up version is never the current one
        if case.path.endswith("/order"):
            if number(case) % 4:
                order(case)
            return
    if "{case_id}" in case.path or case.method.upper() in ("POST", "PUT", "PATCH", "DELETE"):
        existing(case)
    # Without a body there are too few cases of an operation to aim at half of them only.
    if operation in BY_OPERATION and (number(case) % 2 == 0 or not isinstance(case.body, dict)):
        BY_OPERATION[operation](case)
