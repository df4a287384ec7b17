"""Records of every collection, made from what the API itself tells of them: a new collection is checked from its first day."""

import hashlib
import time

import jsonschema_rs
import requests

BYTES = b"what is in the file"


class Collections:
    """The collections: their schemas, and which fields name records of which others."""

    known = None

    def __init__(self, document, described):
        self.described = {each["name"]: each for each in described}
        self.names = list(self.described)
        schemas = document["components"]["schemas"]
        # These lists stand in the order of the collections.
        self.new = self.validators(schemas, "NewFields")
        self.patch = self.validators(schemas, "PatchFields")
        self.answers = self.validators(schemas, "Record")

    @classmethod
    def get(cls, document, company):
        if cls.known is None:
            cls.known = cls(document, company.call("GET", "/v1/collections")["items"])
        return cls.known

    def validators(self, schemas, name):
        # References lead into the document, so the components come along.
        each = [{"components": {"schemas": schemas}, "allOf": [one]} for one in schemas[name]["anyOf"]]
        return {name: jsonschema_rs.validator_for(one) for name, one in zip(self.names, each, strict=True)}

    def that_fit(self, fields, validators):
        return [name for name, validator in validators.items() if validator.is_valid(fields)]

    def schema(self, collection):
        return self.described[collection]["schema"]

    def references(self, collection):
        return {one["field"]: one["collection"] for one in self.described[collection]["references"]}


class Records:
    """A company's records, by their collections."""

    def __init__(self, company):
        self.company = company
        self.there = {}

    def path(self, collection):
        return f"/v1/projects/{self.company.thing('project_id')}/{collection}"

    def one(self, collection):
        """The id of a record that is there."""
        if not self.there.get(collection):
            self.there[collection] = self.fresh(collection)
        return self.there[collection]

    def fresh(self, collection):
        """The id of a record that no other one names. Of some a tenant has only one, which may be there already."""
        path = self.path(collection)
        made = self.company.call("POST", path, self.fields(collection))
        there = [made] if made else self.company.call("GET", path).get("items", [])
        return there[0]["id"] if there else None

    def deleted(self, collection):
        """The id of a record that can be restored."""
        record = self.fresh(collection)
        self.company.call("DELETE", f"{self.path(collection)}/{record}")
        self.forget(collection, record)
        return record

    def with_bytes(self):
        """The id of a file that was uploaded."""
        record = self.fresh("files")
        path = f"{self.path('files')}/{record}"
        body = {"size_bytes": len(BYTES), "content_type": "text/plain", "sha256": hashlib.sha256(BYTES).hexdigest()}
        signed = self.company.call("POST", f"{path}/upload-url", body)
        if signed:
            requests.put(signed["url"], data=BYTES, headers=signed["headers"], timeout=20)
        for _ in range(50):
            if self.company.call("GET", path).get("status") == "available":
                break
            time.sleep(0.1)
        return record

    def forget(self, collection, record):
        if self.there.get(collection) == record:
            self.there.pop(collection, None)

    def forget_all(self):
        self.there.clear()

    def fields(self, collection):
        """What a new record must have."""
        known = Collections.known
        return self.example(known.schema(collection), known.references(collection))

    def example(self, schema, references=None):
        """A value that fits a field's JSON Schema; of an object, what it must have."""
        if target := schema.get("x-references"):
            return self.one(target)
        for said in ("enum", "examples"):
            if schema.get(said):
                return schema[said][0]
        kind, form = schema.get("type"), schema.get("format")
        if kind == "object":
            properties = schema.get("properties", {})
            targets = references or {}
            return {
                name: self.one(targets[name]) if name in targets else self.example(properties[name])
                for name in schema.get("required", [])
            }
        if kind == "array":
            return [self.example(schema["items"])]
        if kind == "boolean":
            return True
        if kind in ("integer", "number"):
            return schema.get("minimum", 0)
        if schema.get("pattern") == "^[A-Z]{3}$":
            return "EUR"
        texts = {
            "idn-email": "ada@customer.example", "date": "2026-01-31", "date-time": "2026-01-31T09:30:00.000Z",
            "uri": "https://customer.example",
        }
        return texts.get(form, "Example"[:schema.get("maxLength", 7)])

    def with_real_references(self, collection, fields):
        """Other records' ids in the place of invented ones, and the company's owner."""
        for field, target in Collections.known.references(collection).items():
            if fields.get(field) and (there := self.one(target)):
                fields[field] = there
        if "owner_id" in fields:
            fields["owner_id"] = self.company.signed_in["user_id"]
        self.within(Collections.known.schema(collection), fields)

    def within(self, schema, value):
        """The same in the rows of lists."""
        for name, of in schema.get("properties", {}).items():
            rows = value.get(name)
            if of.get("type") != "array" or not isinstance(rows, list):
                continue
            members = of["items"].get("properties", {})
            for row in (row for row in rows if isinstance(row, dict)):
                for member, inner in members.items():
                    if row.get(member) and (target := inner.get("x-references")):
                        row[member] = self.one(target) or row[member]
