#!/usr/bin/env bash
# Runs schemathesis against the local cloud with the document that it serves: no 5xx, no status, header or problem that is
# not documented, no answer that does not fit its schema, and no invalid input that is taken.
# Usage: infra/lint/api.sh [EXAMPLES [SEED [FURTHER OPTIONS OF `st run`…]]]; more examples for each operation take longer.
# API_SECONDS bounds the time. The cases are drawn in the same order, so what is cut off is the last of them. Stopped, it still
# sums up, and what it has found fails; without that sum nothing is known, and that fails too.
set -euo pipefail
cd "$(dirname "$0")/../.."
root="$PWD"
examples="${1:-15}" seed="${2:-1}"

cache="${XDG_CACHE_HOME:-$HOME/.cache}/tenantry"
venv="$cache/api-$(sha256sum infra/lint/api/requirements.txt | cut -c1-12)"
if [[ ! -e "$venv/ready" ]]; then
    echo "Installing schemathesis into $venv"
    rm -rf "$venv"
    mkdir -p "$cache"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r infra/lint/api/requirements.txt
    touch "$venv/ready"
fi

work="$(mktemp -d)"
cloud=
declare -A parts
stop() {
    [[ -z "$cloud" ]] || kill "$cloud" 2>/dev/null || true
    for part in "${parts[@]}"; do
        kill -- "-$part" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap stop EXIT

echo "Starting the local cloud"
cargo build --quiet --package local
cargo run --quiet --package local -- --api-port 0 --aws-port 0 > "$work/ready" &
cloud=$!
until TENANTRY_API="$(grep -o 'API http[^ ]*' "$work/ready")"; do
    kill -0 "$cloud"
    sleep 0.2
done
export TENANTRY_API="${TENANTRY_API#API }"

echo "st run $TENANTRY_API/v1/openapi.json --max-examples $examples --seed $seed"
cd "$work"
export SCHEMATHESIS_HOOKS="$root/infra/lint/api/hooks.py"
check() {
    timeout --signal=INT --kill-after=60 "${API_SECONDS:-0}" \
        "$venv/bin/st" --config-file "$root/infra/lint/api/schemathesis.toml" run "$TENANTRY_API/v1/openapi.json" \
        --phases coverage,fuzzing --max-examples "$examples" --seed "$seed" --workers 1 --continue-on-failure \
        --warnings off --no-color "$@"
}

# It is Python that takes the time, and two threads of it can meet in CPython 3.11's parser, which fails then. So there are two
# processes: one for what is inside a project, and one for the rest.
inside='/projects/\{project_id\}/'
# A background process of a script without job control would not hear the signal that ends it in time.
set -m
if (($# > 2)); then
    check "${@:3}" > "$work/as asked" 2>&1 &
    parts["as asked"]=$!
else
    check --include-path-regex "$inside" > "$work/inside projects" 2>&1 &
    parts["inside projects"]=$!
    check --exclude-path-regex "$inside" > "$work/outside projects" 2>&1 &
    parts["outside projects"]=$!
fi
worst=0
for part in "${!parts[@]}"; do
    status=0
    wait "${parts[$part]}" || status=$?
    printf '\n===== %s\n' "$part"
    cat "$work/$part"
    if ((status == 124)) && grep -q " generated, " "$work/$part" \
        && ! grep -qE "FAILURES|ERRORS|unique failure" "$work/$part"; then
        echo "CUT OFF after $API_SECONDS seconds; nothing was found until then."
    elif ((status != 0)); then
        worst=$status
    fi
done
exit "$worst"
