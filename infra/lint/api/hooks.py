"""What schemathesis has to know of this API to get past its front door: who asks, and which things are there.

Random ids and tokens lead to `404` and `410` only. So a valid case is given, three times in four, the ids and secrets of
a company that was signed up for it, and a record's fields go to the collection that they fit (`fit.py`). An invalid part
of a case stays as it was made. Whatever spoils the company (it is ended, its session is revoked, its plan is used up) is an answer
like any other; the next case has a new company.
"""

import os
import random
import sys
from collections import Counter

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import schemathesis
from schemathesis.core.parameters import ParameterLocation as At
from schemathesis.generation.meta import TestPhase

from company import Present
from counts import Counts
from fit import fit, guarded
from records import Collections

# After these problems the company is of no use for what comes.
SPOILED = {
    "session-revoked", "token-expired", "not-a-member", "tenant-cancelled", "tenant-suspended", "mfa-enrolment-required",
    "plan-limit", "seat-limit", "too-many-requests", "step-up-required", "payment-required",
    "project-archived",
}
# Nor after these operations, when they succeed: they end sessions, change who the owner is or how they sign in.
SPOILING = {
    "POST /v1/auth/logout", "POST /v1/auth/reset-password", "POST /v1/auth/switch-tenant", "POST /v1/auth/verify-email",
    "POST /v1/me/change-password", "POST /v1/me/mfa/totp/confirm", "DELETE /v1/me/mfa/totp",
    "POST /v1/me/mfa/recovery-codes", "DELETE /v1/me/sessions", "DELETE /v1/me/sessions/{session_id}",
    "PUT /v1/tenant/settings", "DELETE /v1/tenant", "PATCH /v1/tenant", "POST /v1/tenant/transfer-ownership",
}
# Where a schema has many branches, the coverage phase makes thousands of cases, mostly of one kind.
USUAL = 60
chance = random.Random(os.environ["TENANTRY_SEED"])
made = Counter()


def is_of(case, *phases):
    return case.meta is not None and case.meta.phase.name in phases


@schemathesis.hook
def filter_case(context, case):
    """Of the coverage phase's cases of an operation, valid and invalid ones apart: the first, and ever fewer of the others."""
    if not is_of(case, TestPhase.COVERAGE):
        return True
    kind = (case.operation.label, case.meta.generation.mode)
    made[kind] += 1
    return chance.random() * made[kind] < USUAL


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
    company = Present.get()
    Collections.get(case.operation.schema.raw_schema, company)
    if is_of(case, TestPhase.COVERAGE, TestPhase.FUZZING) and chance.random() < 0.25:
        return
    if guarded(case):
        company = Present.get(is_guarded=True)
        company.thing("factor")
        if is_valid(case, At.HEADER):
            case.headers["Authorization"] = f"Bearer {company.signed_in['access_token']}"
    fit(case, company, *(is_valid(case, at) for at in (At.PATH, At.BODY, At.QUERY, At.HEADER)))


@schemathesis.hook
def after_call(context, case, response):
    Counts.note(case, response)
    company = Present.get(is_guarded=guarded(case))
    try:
        body = response.json() if response.content else {}
    except ValueError:
        return
    problem = str(body.get("type", "")).rpartition("/")[2] if isinstance(body, dict) else ""
    if problem in SPOILED:
        Present.leave(company)
    if response.status_code >= 300:
        return
    label = case.operation.label
    if label in SPOILING:
        Present.leave(company)
    elif label == "POST /v1/auth/refresh" and body["session_id"] == company.session_id():
        company.signed_in.update(body)
    parameters = case.path_parameters or {}
    if case.method.upper() == "DELETE" or case.path.endswith("archive"):
        if "record_id" in parameters:
            company.records.forget(parameters["collection"], parameters["record_id"])
        else:
            for name, value in parameters.items():
                company.forget(name, value)


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


@schemathesis.check
def records_fit_their_collection(ctx, response, case):
    """A record that is answered is one of the collection in the path, and not only of some."""
    is_json = response.headers.get("content-type", [""])[0].partition(";")[0] == "application/json"
    if "{collection}" not in case.path or not is_json or response.status_code >= 300:
        return
    validator = Collections.known.answers[case.path_parameters["collection"]]
    answer = response.json()
    for record in answer.get("items", [answer]) if isinstance(answer, dict) else []:
        if "deleted_at" not in record:
            wrong = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(record)]
            assert not wrong, f"no record of its collection: {wrong}"
