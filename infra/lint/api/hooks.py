"""What schemathesis has to know of this API to get past its front door: who asks, and which things are there.

Random ids and tokens lead to `404` and `410` only. So a valid case is given, three times in four, the ids and secrets of
a company that was signed up for it, and a record's fields go to the collection that they fit. An invalid part of a case
stays as it was made. Whatever spoils the company (it is ended, its session is revoked, its plan is used up) is an answer
like any other; the next case has a new company.
"""

import itertools
import os
import threading

import jsonschema_rs
import requests
import schemathesis
from requests.adapters import HTTPAdapter
from schemathesis.core.parameters import ParameterLocation as At

API = os.environ["TENANTRY_API"]
PASSWORD = "nine green staplers"
LOCK = threading.RLock()
# After these, the company is of no use for what comes.
SPOILED = {
    "session-revoked", "token-expired", "not-a-member", "tenant-cancelled", "tenant-suspended", "mfa-enrolment-required",
    "plan-limit", "seat-limit", "too-many-requests", "step-up-required", "payment-required",
}
turns = itertools.count()
names = itertools.count()


class FromNetwork(HTTPAdapter):
    """Guesses are counted by network; a new one for each twenty requests keeps most of them under the limit."""

    adapters = {}
    requests = itertools.count()

    def __init__(self, network):
        self.network = network
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=(f"127.0.{self.network}.1", 0), **kwargs)


def send_from_somewhere(self, request, **kwargs):
    with LOCK:
        network = next(FromNetwork.requests) // 20 % 250
        adapter = FromNetwork.adapters.setdefault((threading.get_ident(), network), FromNetwork(network))
    return plain_send(adapter, request, **kwargs)


plain_send, HTTPAdapter.send = HTTPAdapter.send, send_from_somewhere


class Company:
    """A tenant with its owner, and what it has by kind; made as it is asked for."""

    def __init__(self):
        number = next(names)
        self.name = f"company-{os.getpid()}-{number}"
        self.email = f"owner@{self.name}.example"
        self.signed_in = self.call("POST", "/v1/tenants", {
            "name": "Company", "slug": self.name, "owner_email": self.email, "owner_name": "Olivia",
            "owner_password": PASSWORD,
        }, public=True)
        self.things = {}
        self.records = {}

    def call(self, method, path, body=None, public=False):
        headers = {} if public else {"authorization": f"Bearer {self.signed_in['access_token']}"}
        answer = requests.request(method, API + path, json=body, headers=headers, timeout=20)
        return answer.json() if answer.ok and answer.content else {}

    def invited(self):
        number = next(names)
        body = {"email": f"guest{number}@{self.name}.example", "role": "viewer", "send_email": False}
        return self.call("POST", "/v1/invitations", body)

    def thing(self, kind):
        if kind not in self.things:
            self.things[kind] = getattr(self, kind, lambda: None)()
        return self.things[kind]

    def tenant_id(self):
        return self.signed_in["tenant_id"]

    def session_id(self):
        return self.signed_in["session_id"]

    def user_id(self):
        body = {"token": self.link(), "name": "Wendy", "password": PASSWORD}
        return self.call("POST", "/v1/invitations/accept", body, public=True).get("user_id")

    def project_id(self):
        return self.call("POST", "/v1/projects", {"name": f"Project {next(names)}"}).get("id")

    def role_id(self):
        body = {"name": f"Role {next(names)}", "permissions": ["records:read"]}
        return self.call("POST", "/v1/roles", body).get("id")

    def invitation_id(self):
        return self.invited().get("id")

    def domain(self):
        return self.call("POST", "/v1/tenant/domains", {"domain": f"d{next(names)}.example"}).get("domain")

    def link(self):
        return self.invited().get("invitation_link", "").rpartition("token=")[2]

    def record_id(self, collection):
        """A record that is there; of those collections that need no other, one is made."""
        needed = {"accounts": {"name": "Northwind"}, "contacts": {"name": "Ada"}, "folders": {"name": "Offers"}}
        if collection not in self.records and collection in needed:
            path = f"/v1/projects/{self.thing('project_id')}/{collection}"
            record = self.call("POST", path, needed[collection])
            if "id" in record:
                self.records[collection] = record["id"]
        return self.records.get(collection)

    def deleted_id(self, collection):
        """A record that can be restored."""
        record = self.record_id(collection)
        if record:
            self.call("DELETE", f"/v1/projects/{self.thing('project_id')}/{collection}/{record}")
            del self.records[collection]
        return record


class Present:
    """The company whose turn it is."""

    company = None

    @classmethod
    def get(cls):
        with LOCK:
            if cls.company is None:
                cls.company = Company()
            return cls.company

    @classmethod
    def leave(cls, company):
        with LOCK:
            if cls.company is company:
                cls.company = None


class Collections:
    """The collections' schemas, of new records and of changes, and what their references lead to."""

    def __init__(self, document):
        described = Present.get().call("GET", "/v1/collections")["items"]
        self.references = {
            each["name"]: {one["field"]: one["collection"] for one in each["references"]} for each in described
        }
        schemas = document["components"]["schemas"]
        self.new = self.validators(schemas["NewFields"])
        self.patch = self.validators(schemas["PatchFields"])

    @staticmethod
    def validators(schema):
        # Both lists stand in the order of the collections.
        return [jsonschema_rs.validator_for(one) for one in schema["anyOf"]]

    def that_fit(self, fields, validators):
        names = list(self.references)
        return [name for name, validator in zip(names, validators) if validator.is_valid(fields)]

    def with_real_references(self, collection, fields, company):
        for field, target in self.references[collection].items():
            known = company.record_id(target)
            if fields.get(field) and known:
                fields[field] = known
        if "owner_id" in fields:
            fields["owner_id"] = company.signed_in["user_id"]


COLLECTIONS = None


def collections(case):
    global COLLECTIONS
    with LOCK:
        if COLLECTIONS is None:
            COLLECTIONS = Collections(case.operation.schema.raw_schema)
        return COLLECTIONS


@schemathesis.auth(refresh_interval=None)
class AsTheOwner:
    def get(self, case, context):
        return Present.get().signed_in["access_token"]

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


def is_valid(case, at):
    return case.meta is None or not case.meta.is_negative_at(at)


@schemathesis.hook
def before_call(context, case, kwargs):
    if next(turns) % 4 == 0:
        return
    company = Present.get()
    if case.path_parameters and is_valid(case, At.PATH):
        for name in case.path_parameters:
            thing = company.thing(name) if hasattr(Company, name) and name != "record_id" else None
            if thing:
                case.path_parameters[name] = thing
    if isinstance(case.body, dict) and is_valid(case, At.BODY):
        if "{collection}" in case.path:
            fit_records(case, company)
        else:
            fit_body(case, company)
    elif "{record_id}" in case.path and is_valid(case, At.PATH):
        collection = ("accounts", "contacts", "folders")[next(turns) % 3]
        make = company.deleted_id if case.path.endswith("/restore") else company.record_id
        case.path_parameters.update(collection=collection, record_id=make(collection) or case.path_parameters["record_id"])


def fit_records(case, company):
    """The collection of the path is one that the fields fit, and the record is one of it."""
    known = collections(case)
    is_path_free = is_valid(case, At.PATH)
    if case.path.endswith("/batch"):
        records = case.body.get("records") or []
        fitting = [known.that_fit(fields, known.new) for fields in records]
        if fitting and fitting[0] and is_path_free:
            collection = fitting[0][0]
            kept = [fields for fields, names in zip(records, fitting) if collection in names]
            for fields in kept:
                known.with_real_references(collection, fields, company)
            case.body["records"] = kept
            case.path_parameters["collection"] = collection
        return
    is_patch = "{record_id}" in case.path
    names = known.that_fit(case.body, known.patch if is_patch else known.new)
    if is_patch:
        names = [name for name in names if company.record_id(name)]
    if not names or not is_path_free:
        return
    collection = names[next(turns) % len(names)]
    case.path_parameters["collection"] = collection
    if is_patch:
        case.path_parameters["record_id"] = company.records[collection]
    known.with_real_references(collection, case.body, company)


def fit_body(case, company):
    """Secrets and ids of the company in the place of invented ones."""
    if case.path.startswith("/v1/invitations/") and "token" in case.body:
        case.body["token"] = company.link()
    known = {
        "refresh_token": lambda: company.signed_in["refresh_token"],
        "tenant_id": company.tenant_id,
        "user_id": lambda: company.thing("user_id"),
        "current_password": lambda: PASSWORD,
    }
    if case.path in ("/v1/auth/login", "/v1/auth/step-up", "/v1/me/change-email"):
        known["password"] = lambda: PASSWORD
    if case.path in ("/v1/auth/login", "/v1/auth/forgot-password"):
        known["email"] = lambda: company.email
    for name, value in known.items():
        if case.body.get(name):
            case.body[name] = value() or case.body[name]
    if "project_ids" in case.body and case.body["project_ids"]:
        case.body["project_ids"] = [company.thing("project_id")]


@schemathesis.hook
def after_call(context, case, response):
    company = Present.get()
    try:
        body = response.json() if response.content else {}
    except ValueError:
        return
    problem = str(body.get("type", "")).rpartition("/")[2] if isinstance(body, dict) else ""
    if problem in SPOILED:
        Present.leave(company)
    if response.status_code >= 300 or not case.path_parameters:
        return
    parameters = case.path_parameters
    if case.method.upper() == "DELETE" or case.path.endswith("archive"):
        for name in parameters:
            if company.things.get(name) == parameters[name]:
                del company.things[name]
        if company.records.get(parameters.get("collection")) == parameters.get("record_id"):
            company.records.pop(parameters.get("collection"), None)
        if "record_id" not in parameters and "project_id" in parameters:
            company.records.clear()
    elif case.path.endswith("/{collection}") and response.status_code == 201:
        if parameters.get("project_id") == company.things.get("project_id"):
            company.records[parameters["collection"]] = body["id"]


@schemathesis.check
def problems_are_documented(ctx, response, case):
    """A problem says the status it came with, and is one of those that the operation names for it."""
    types = response.headers.get("content-type", [""])
    if "problem+json" not in types[0] or case.method.upper() != case.operation.method.upper():
        return
    problem = response.json()
    assert problem["status"] == response.status_code, "the problem names another status"
    slug = problem["type"].rpartition("/")[2]
    documented = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    examples = documented.get("content", {}).get("application/problem+json", {}).get("examples", {})
    assert slug in examples, f"`{slug}` is not among the problems of {case.operation.label}"
    if response.status_code in (429, 503):
        assert response.headers.get("retry-after"), "no Retry-After"
