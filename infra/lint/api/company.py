"""A company that was signed up for the check, with whatever a case may have to name: ids, secrets, links."""

import itertools
import os
import re
import time

from api import call, page
from factors import Factor
from records import Records

PASSWORD = "nine green staplers"
names = itertools.count()


def until(find, seconds=5):
    """What is found within some seconds: letters and uploads take a moment."""
    end = time.monotonic() + seconds
    while not (found := find()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


class Company:
    """A tenant with its owner, and what it has by the name of a parameter; made as it is asked for."""

    def __init__(self):
        self.name = f"company-{os.getpid()}-{next(names)}"
        self.email = f"owner@{self.name}.example"
        self.signed_in = call("POST", "/v1/tenants", {
            "name": "Company", "slug": self.name, "owner_email": self.email, "owner_name": "Olivia",
            "owner_password": PASSWORD,
        })
        self.things = {}
        self.records = Records(self)

    def call(self, method, path, body=None):
        return call(method, path, body, self.signed_in["access_token"])

    def thing(self, kind):
        if not self.things.get(kind):
            self.things[kind] = getattr(self, kind)()
        return self.things[kind]

    def forget(self, kind, value):
        if self.things.get(kind) != value:
            return
        del self.things[kind]
        if kind == "project_id":
            self.records.forget_all()
            self.things.pop("export_id", None)

    def tenant_id(self):
        return self.signed_in["tenant_id"]

    def session_id(self):
        return self.signed_in["session_id"]

    def invited(self):
        body = {"email": f"guest{next(names)}@{self.name}.example", "role": "viewer", "send_email": False}
        return self.call("POST", "/v1/invitations", body)

    def invitation_id(self):
        return self.invited().get("id")

    def link(self):
        return self.invited().get("invitation_link", "").rpartition("token=")[2]

    def guest(self):
        """Somebody else of the company, signed in."""
        body = {"token": self.link(), "name": "Wendy", "password": PASSWORD}
        return call("POST", "/v1/invitations/accept", body)

    def user_id(self):
        return self.guest().get("user_id")

    def project_id(self):
        return self.call("POST", "/v1/projects", {"name": f"Project {next(names)}"}).get("id")

    def archived(self):
        """Another project, which is archived."""
        project = self.project_id()
        self.call("POST", f"/v1/projects/{project}/archive")
        return project

    def role_id(self):
        body = {"name": f"Role {next(names)}", "permissions": ["records:read"]}
        return self.call("POST", "/v1/roles", body).get("id")

    def export_id(self):
        body = {"project_id": self.thing("project_id"), "collection": "accounts"}
        return self.call("POST", "/v1/exports", body).get("id")

    def domain(self):
        """A domain, whose proof stands in DNS."""
        made = self.call("POST", "/v1/tenant/domains", {"domain": f"d{next(names)}.{self.name}.example"})
        if made:
            page("POST", "dns", {"name": made["record"]["name"], "texts": [made["record"]["value"]]})
        return made.get("domain")

    def mailed(self, to):
        """The token of the last link that was sent to the owner and leads there."""
        def find():
            letters = page("GET", "mail", format="json", to=self.email)
            texts = [letter.get("text") or "" for letter in letters]
            links = (re.search(rf"/{to}#token=([\w.~-]+)", text) for text in texts)
            return next((link.group(1) for link in links if link), None)
        return until(find)

    def proof(self):
        return self.mailed("verify-email")

    def reset(self):
        call("POST", "/v1/auth/forgot-password", {"email": self.email})
        return self.mailed("reset-password")

    def new_factor(self):
        """An authenticator app that the owner has not confirmed yet."""
        return Factor(self.call("POST", "/v1/me/mfa/totp").get("secret"))

    def factor(self):
        """One that is confirmed. From then on the owner signs in with it."""
        factor = self.new_factor()
        confirmed = self.call("POST", "/v1/me/mfa/totp/confirm", {"code": factor.code()})
        factor.recovery_codes = confirmed.get("recovery_codes", [])
        return factor

    def due(self):
        """What a log-in gives whose second factor is due, and a recovery code for it."""
        codes = self.thing("factor").recovery_codes
        begun = call("POST", "/v1/auth/login", {"email": self.email, "password": PASSWORD})
        if not codes or "mfa_token" not in begun:
            return {}
        return {"mfa_token": begun["mfa_token"], "recovery_code": codes.pop()}


class Present:
    """The company whose turn it is, and another one whose owner has a second factor, which would be in the way elsewhere."""

    companies = {}

    @classmethod
    def get(cls, is_guarded=False):
        if not cls.companies.get(is_guarded):
            cls.companies[is_guarded] = Company()
        return cls.companies[is_guarded]

    @classmethod
    def leave(cls, company):
        cls.companies = {key: kept for key, kept in cls.companies.items() if kept is not company}
