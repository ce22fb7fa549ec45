# Sourced. The README's first command, in memory on a port of its own; it ends with the script.
#   start_cloud PORT [OPTION...]    sets URL and LOG
start_cloud() {
    URL=http://127.0.0.1:$1
    LOG=$(mktemp)
    cargo dev --memory --port "$@" >"$LOG" 2>&1 &
    cloud=$!
    trap end_cloud EXIT
    for ((second = 0; second < 900; second++)); do
        grep -q '^Ready after' "$LOG" && return
        kill -0 "$cloud" 2>/dev/null || fail "it ended before it was ready"
        sleep 1
    done
    fail "it was not ready in time"
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
