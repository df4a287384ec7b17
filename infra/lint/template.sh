#!/usr/bin/env bash
# Lints template.yaml as it is written and as CloudFormation sees it, and infra/openapi.json.
# Installs its tools into a virtual environment that is kept between runs. Usage: infra/lint/template.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

cache="${XDG_CACHE_HOME:-$HOME/.cache}/tenantry"
venv="$cache/lint-$(sha256sum infra/lint/requirements.txt | cut -c1-12)"
if [[ ! -e "$venv/ready" ]]; then
    echo "Installing the linters into $venv"
    rm -rf "$venv"
    mkdir -p "$cache"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r infra/lint/requirements.txt
    touch "$venv/ready"
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# No account and no network: the template is read, not deployed.
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true

echo "sam validate --lint template.yaml"
"$venv/bin/sam" validate --lint --template template.yaml

# Warnings count as errors too; a rule that does not fit is left out in infra/lint/cfnlintrc.yaml, with its reason.
echo "cfn-lint template.yaml"
"$venv/bin/cfn-lint" --config-file infra/lint/cfnlintrc.yaml --include-checks I --non-zero-exit-code informational --template template.yaml

echo "cfn-lint on the expanded template"
"$venv/bin/python" infra/lint/expand.py template.yaml "$work/expanded.json"
"$venv/bin/cfn-lint" --config-file infra/lint/cfnlintrc.yaml --non-zero-exit-code warning --template "$work/expanded.json"

if [[ -e infra/openapi.json ]]; then
    echo "openapi-spec-validator infra/openapi.json"
    "$venv/bin/openapi-spec-validator" infra/openapi.json
fi
