"""Counts what was called and what succeeded, and judges it: a check that never got past the front door is none.

As a hook it counts, and writes to the file that TENANTRY_COUNTS names. As a program (`counts.py FILE…`) it says of each
file what was never called or never succeeded, and fails for whatever stands not in `EXCUSED`.
"""

import atexit
import json
import os
import sys
from collections import Counter, defaultdict

# Operations that need not succeed, and why.
EXCUSED = {}


class Counts:
    answers = defaultdict(Counter)
    schema = None

    @classmethod
    def note(cls, case, response):
        cls.schema = case.operation.schema
        if case.method.upper() != case.operation.method.upper():
            return
        cls.answers[case.operation.label][response.status_code] += 1

    @classmethod
    def write(cls):
        asked = [each.ok().label for each in cls.schema.get_all_operations()] if cls.schema else []
        counts = {label: cls.answers[label] for label in asked}
        with open(os.environ["TENANTRY_COUNTS"], "w", encoding="utf-8") as file:
            json.dump(counts, file)


def judge(path):
    """Prints what is missing, and answers whether that is a fault."""
    try:
        with open(path, encoding="utf-8") as file:
            counts = json.load(file)
    except (OSError, ValueError):
        counts = {}
    if not counts:
        print("Nothing was counted.")
        return True
    silent = [label for label, answers in counts.items() if not answers]
    failed = [label for label, answers in counts.items() if answers and not successes(answers)]
    print(f"{len(counts)} operations, {len(counts) - len(silent) - len(failed)} of them with success; "
          f"{sum(sum(answers.values()) for answers in counts.values())} cases, "
          f"{sum(map(successes, counts.values()))} with success.")
    for label in silent:
        print(f"NEVER CALLED: {label}")
    for label in failed:
        answers = ", ".join(f"{status} {times} times" for status, times in counts[label].items())
        print(f"NEVER A SUCCESS: {label}: {answers}" + (f" ({EXCUSED[label]})" if label in EXCUSED else ""))
    return bool(silent or set(failed) - set(EXCUSED))


def successes(answers):
    return sum(times for status, times in answers.items() if status.startswith("2"))


if __name__ == "__main__":
    sys.exit(max([judge(path) for path in sys.argv[1:]], default=True))
if "TENANTRY_COUNTS" in os.environ:
    atexit.register(Counts.write)
