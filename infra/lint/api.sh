#!/usr/bin/env bash
# Runs schemathesis against the local cloud with the document that it serves: no 5xx, no status, header or problem that is
# not documented, no answer that does not fit its schema, and no invalid input that is taken.
# Usage: infra/lint/api.sh [EXAMPLES [SEED [FURTHER OPTIONS OF `st run`…]]]; more examples for each operation take longer.
# Each run draws a seed of its own and says how to repeat it. API_SECONDS is how long it goes on: schemathesis shares the time
# among the operations, and draws further cases while some is left. Without it, each operation has its EXAMPLES once.
# An operation that was never called, or never succeeded, fails the check (api/counts.py).
set -euo pipefail
cd "$(dirname "$0")/../.."
root="$PWD"
examples="${1:-15}" seed="${2:-$RANDOM}"

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
export TENANTRY_API="${TENANTRY_API#API }" TENANTRY_SEED="$seed"
TENANTRY_PAGES="$(grep -o 'pages http[^ ]*' "$work/ready")"
export TENANTRY_PAGES="${TENANTRY_PAGES#pages }"

echo "st run $TENANTRY_API/v1/openapi.json --max-examples $examples --seed $seed"
echo "From the same seed again: ${API_SECONDS:+API_SECONDS=$API_SECONDS }infra/lint/api.sh $examples $seed"
cd "$work"
# Nothing is written beside the hooks.
export PYTHONDONTWRITEBYTECODE=1
export SCHEMATHESIS_HOOKS="$root/infra/lint/api/hooks.py"
limit=()
[[ -z "${API_SECONDS:-}" ]] || limit=(--max-time "$API_SECONDS")
check() {
    export TENANTRY_COUNTS="$work/$1.json"
    # It ends by itself; should it hang, nothing is known, and that fails.
    timeout --signal=INT --kill-after=60 "$((${API_SECONDS:-86400} + 120))" \
        "$venv/bin/st" --config-file "$root/infra/lint/api/schemathesis.toml" run "$TENANTRY_API/v1/openapi.json" \
        --phases examples,coverage,fuzzing --max-examples "$examples" --seed "$seed" "${limit[@]}" --workers 1 \
        --continue-on-failure --warnings off --no-color "${@:2}"
}

# It is Python that takes the time, and two threads of it can meet in CPython 3.11's parser, which fails then. So there are two
# processes: one for what is inside a project, and one for the rest.
inside='/projects/\{project_id\}/'
# A background process of a script without job control would not hear the signal that ends it in time.
set -m
if (($# > 2)); then
    check "as asked" "${@:3}" > "$work/as asked" 2>&1 &
    parts["as asked"]=$!
else
    check "inside projects" --include-path-regex "$inside" > "$work/inside projects" 2>&1 &
    parts["inside projects"]=$!
    check "outside projects" --exclude-path-regex "$inside" > "$work/outside projects" 2>&1 &
    parts["outside projects"]=$!
fi
worst=0
for part in "${!parts[@]}"; do
    status=0
    wait "${parts[$part]}" || status=$?
    printf '\n===== %s\n' "$part"
    cat "$work/$part"
    "$venv/bin/python" "$root/infra/lint/api/counts.py" "$work/$part.json" || status=1
    ((status == 0)) || worst=$status
done
exit "$worst"
