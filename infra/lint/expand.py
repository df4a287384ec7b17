"""Writes the template as CloudFormation will see it: with every SAM resource expanded.

The linter on the source alone misses circles between resources that the expansion makes.
Usage: expand.py TEMPLATE OUTPUT. Works offline.
"""

import json
import os
import sys

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.arn_generator import ArnGenerator
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse


def expand(text: str) -> dict:
    """The expanded template, for a region that has every service the product uses."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    ArnGenerator.BOTO_SESSION_REGION_NAME = "us-east-1"
    # No role of ours takes a managed policy, so the map of their names may be empty.
    translator = Translator({}, Parser())
    source = yaml_parse(text)
    # `sam build` and `sam package` would replace the folder by an object in S3.
    for resource in source["Resources"].values():
        if resource.get("Type") == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://packages/function.zip"
    return translator.translate(sam_template=source, parameter_values={})


def main() -> int:
    if len(sys.argv) != 3:
        print("usage: expand.py TEMPLATE OUTPUT", file=sys.stderr)
        return 1
    boto3.setup_default_session(region_name="us-east-1")
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    try:
        expanded = expand(text)
    except Exception as error:  # the translator's errors are told in one line, not as a trace
        print(f"{sys.argv[1]}: cannot be expanded: {error}", file=sys.stderr)
        return 1
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(expanded, file, indent=2, default=str)
    size = len(json.dumps(expanded, separators=(",", ":"), default=str))
    print(f"expanded: {len(expanded['Resources'])} resources, {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
