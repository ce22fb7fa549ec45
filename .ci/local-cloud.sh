# shellcheck shell=bash
# Sourced. The README's first command, with its data in memory; it ends with the script.
#   start_cloud PORT [OPTION...]    starts it and waits until it is ready; sets URL (exported) and LOG
#   fail MESSAGE                    prints its log and MESSAGE, and ends the script
start_cloud() {
    export URL=http://127.0.0.1:$1
    LOG=$(mktemp)
    cargo dev --memory --port "$@" >"$LOG" 2>&1 &
    cloud=$!
    trap end_cloud EXIT
    for ((second = 0; second < 900; second++)); do
        grep -q '^Ready after' "$LOG" && return
        kill -0 "$cloud" 2>/dev/null || fail "cargo dev ended before it was ready"
        sleep 1
    done
    fail "cargo dev was not ready in time"
}

end_cloud() {
    kill -INT "$cloud" 2>/dev/null || true
    wait "$cloud" 2>/dev/null || true
}

fail() {
    cat "$LOG" >&2
    echo "$1" >&2
    exit 1
}
