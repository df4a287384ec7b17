"""Makes a valid case one that leads somewhere: ids, secrets and links of a company in the place of invented ones."""

import itertools
import uuid

from api import call
from company import PASSWORD, Present
from network import Provider
from records import Collections

turns = itertools.count()
# Where the owner must have a second factor.
GUARDED = {"/v1/auth/mfa", "/v1/me/mfa/recovery-codes"}


def guarded(case):
    return case.path in GUARDED or (case.path == "/v1/me/mfa/totp" and case.method.upper() == "DELETE")


def in_turn(things):
    return things[next(turns) % len(things)]


def fit(case, company, at_path, at_body, at_query, at_headers):
    """`at_…`: whether this part of the case is valid. What is not stays as it was made."""
    if at_headers:
        fit_headers(case, company)
    if at_query and case.query:
        fit_query(case, company)
    if case.path_parameters and at_path:
        for name in case.path_parameters:
            if name not in ("collection", "record_id"):
                case.path_parameters[name] = company.thing(name) or case.path_parameters[name]
        if case.path.endswith("/unarchive"):
            case.path_parameters["project_id"] = company.archived() or case.path_parameters["project_id"]
    if "/{collection}" in case.path or "{record_id}" in case.path:
        fit_records(case, company, at_path, at_body)
    elif isinstance(case.body, dict) and at_body:
        fit_body(case, company)


def fit_headers(case, company):
    # A version is hardly ever the right one, and so nothing else would be seen.
    case.headers.pop("If-Match", None)
    if "Idempotency-Key" in case.headers and next(turns) % 2:
        case.headers["Idempotency-Key"] = f"{company.name}-{next(turns)}-{uuid.uuid4()}"
    if case.path == "/v1/members/leave":
        case.headers["Authorization"] = f"Bearer {company.guest().get('access_token')}"
    if case.path == "/v1/invitations/accept":
        # Somebody new accepts.
        case.headers.pop("Authorization", None)
    if case.path == "/v1/billing/webhook":
        Provider.signs = True


def fit_query(case, company):
    # An invented cursor leads nowhere.
    case.query.pop("cursor", None)
    if "host" in case.query:
        case.query["host"] = f"{company.name}.localhost"
    if case.query.get("owner_id"):
        case.query["owner_id"] = company.signed_in["user_id"]


def fit_records(case, company, at_path, at_body):
    """A record that is there, of the collection in the path; where the body is one, of a collection that it fits."""
    known, records = Collections.known, company.records
    fixed = next((name for name in known.names if f"/{name}/" in case.path), None)
    has_record = "{record_id}" in case.path
    collection = fixed or in_turn(known.names)
    if isinstance(case.body, dict) and at_body:
        if case.path.endswith("/upload-url"):
            # The plan's allowance would be used up by one file.
            case.body["size_bytes"] %= 100_000
        elif case.path.endswith("/batch"):
            collection = fit_batch(case.body, company, collection)
        elif not fixed:
            names = known.that_fit(case.body, known.patch if has_record else known.new)
            if not names or not at_path:
                return
            collection = in_turn(names)
            records.with_real_references(collection, case.body)
    if not at_path:
        return
    if not fixed:
        case.path_parameters["collection"] = collection
    if has_record:
        make = records.one
        if case.path.endswith("/restore"):
            make = records.deleted
        elif case.path.endswith("/download-url"):
            make = lambda _: records.with_bytes()
        elif case.method.upper() == "DELETE":
            make = records.fresh
        case.path_parameters["record_id"] = make(collection) or case.path_parameters["record_id"]


def fit_batch(body, company, otherwise):
    """The collection that the first operation fits. Those that do not fit it are dropped, and the others get their records."""
    known, records = Collections.known, company.records
    if body.get("records") and body.get("operations"):
        del body[in_turn(("records", "operations"))]
    wraps = [{"create": fields} for fields in body.get("records") or []] or body.get("operations") or []

    def fitting(one):
        if "create" in one:
            return known.that_fit(one["create"], known.new)
        return known.that_fit(one["update"]["fields"], known.patch) if "update" in one else known.names

    fits = [fitting(one) for one in wraps]
    named = next((names for names in fits if 0 < len(names) < len(known.names)), None)
    collection = in_turn(named) if named else otherwise
    kept = [one for one, names in zip(wraps, fits) if collection in names][:6]
    for one in kept:
        if "create" in one:
            records.with_real_references(collection, one["create"])
        elif "update" in one:
            one["update"]["id"] = records.fresh(collection)
            one["update"].pop("version", None)
            records.with_real_references(collection, one["update"]["fields"])
        else:
            one["delete"]["id"] = records.fresh(collection)
            one["delete"].pop("version", None)
    if kept and body.get("records"):
        body["records"] = [one["create"] for one in kept]
    elif kept:
        body["operations"] = kept
    return collection


def fit_body(case, company):
    path, body = case.path, case.body
    values = {
        "tenant_id": company.tenant_id,
        "user_id": lambda: company.thing("user_id"),
        "current_password": lambda: PASSWORD,
        "refresh_token": lambda: company.signed_in["refresh_token"],
        "project_id": lambda: company.thing("project_id"),
        "project_ids": lambda: [company.thing("project_id")],
        "csv": lambda: f"email,role,project_ids\n{turns!r}@customer.example,viewer,\n",
        # What a text may be is more than its schema says.
        "locale": lambda: "de-CH",
        "time_zone": lambda: "Europe/Zurich",
        "permissions": lambda: ["records:read", "records:create:own"],
    }
    if path in ("/v1/auth/login", "/v1/auth/step-up", "/v1/me/change-email"):
        values["password"] = lambda: PASSWORD
        body.pop("code", None)
    if path in ("/v1/auth/login", "/v1/auth/forgot-password"):
        values["email"] = lambda: company.email
        values["tenant"] = lambda: company.name
    if path == "/v1/invitations/accept":
        body.update(name=body.get("name") or "Wendy", password=body.get("password") or PASSWORD)
    if path in ("/v1/tenants", "/v1/me/tenants", "/v1/tenant"):
        values["slug"] = lambda: f"{company.name}-{next(turns)}"
        values["owner_email"] = lambda: f"{next(turns)}@{company.name}.example"
    tokens = {
        "/v1/invitations/accept": company.link, "/v1/invitations/preview": company.link,
        "/v1/auth/verify-email": company.proof, "/v1/auth/reset-password": company.reset,
    }
    if path in tokens:
        values["token"] = tokens[path]
    if path == "/v1/me/mfa/totp/confirm":
        values["code"] = lambda: company.new_factor().code()
    for name, value in values.items():
        if body.get(name):
            body[name] = value() or body[name]
    if path == "/v1/tenant/subscription":
        # How many seats come with which plan is not for the schema to say.
        body.pop("seats", None)
    if path == "/v1/tenant" and "cancelled" in body:
        body["cancelled"] = False
    if path == "/v1/auth/mfa":
        case.body = company.due() or body
    if path == "/v1/exports" and body.get("filter"):
        fit_filter(body["filter"], company)


def fit_filter(given, company):
    """What a collection has none of is refused."""
    for name in ("reference", "status"):
        given.pop(name, None)
    if given.get("owner_id"):
        given["owner_id"] = company.signed_in["user_id"]
