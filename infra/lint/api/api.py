"""The API that is checked, and the local cloud's own pages: what was mailed, what stands in DNS, the billing provider's secret."""

import os

import requests

API = os.environ["TENANTRY_API"]
PAGES = os.environ["TENANTRY_PAGES"]


def call(method, path, body=None, token=None):
    """What it answers, or nothing if it refuses."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = requests.request(method, API + path, json=body, headers=headers, timeout=20)
    return answer.json() if answer.ok and answer.content else {}


def page(method, name, body=None, **query):
    """What a page of the local cloud answers."""
    answer = requests.request(method, PAGES + name, json=body, params=query, timeout=20)
    answer.raise_for_status()
    return answer.json()
