# Two functions for the README's story, to be sourced by bash. They need curl and Python, nothing else.

# api WHO METHOD PATH [CURL OPTIONS]: a request to /api/v1 with the bearer token that is kept for WHO.
api() {
    local who=$1 method=$2 address="$FAULTDESK_BASE_URL/api/v1$3"
    shift 3
    case " $* " in *" -d "*) set -- "$@" -H 'Content-Type: application/json' ;; esac
    curl -sS -X "$method" -H "Authorization: Bearer $(cat "$FAULTDESK_DATA_DIR/$who.token")" \
        -H 'Accept-Language: en' "$@" "$address"
}

# show FIELD...: these fields of a JSON answer (`assignee.name`, `opened.0.id`), `-` where there is nothing; of a list,
# one line for each item.
show() {
    python3 -c '
import json, sys
from functools import reduce

def read(found, path):
    def step(at, key):
        return None if at is None else at[int(key)] if isinstance(at, list) else at.get(key)
    value = reduce(step, path.split("."), found)
    return "-" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

answer = json.load(sys.stdin)
for each in answer.get("items", [answer]):
    print("  ".join(read(each, path) for path in sys.argv[1:]))
' "$@"
}
