"""Authenticator apps (RFC 6238 with SHA-1, six digits, 30 seconds)."""

import base64
import hmac
import time


class Factor:
    def __init__(self, secret):
        self.secret = secret or "A" * 32
        self.recovery_codes = []

    def code(self):
        key = base64.b32decode(self.secret + "=" * (-len(self.secret) % 8))
        tag = hmac.digest(key, int(time.time() // 30).to_bytes(8, "big"), "sha1")
        at = tag[-1] & 15
        return f"{(int.from_bytes(tag[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
