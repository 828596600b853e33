# What the set-up shows: one line for each step with the time since the start, and a sign of life while a step runs.

worked=no
running_pid=

say() { printf 'set-up [%3d s] %s\n' "$SECONDS" "$*"; }

say_ready() {
  if [ "$worked" = yes ]; then say "ready"; else say "nothing to do"; fi
}

fail() {
  printf 'set-up: %s\n' "$@" >&2
  exit 1
}

interrupted() {
  if [ -n "$running_pid" ]; then kill "$running_pid" 2>/dev/null || true; fi
  if [ -t 1 ]; then printf '\r\033[K'; fi
  echo "set-up: interrupted; run the same command again to go on" >&2
  exit 130
}

# run_step NAME LOG COMMAND...: runs a command with its output in LOG, which is shown when the command fails.
run_step() {
  local name=$1 log=$2 began=$SECONDS code=0
  shift 2
  worked=yes
  say "$name"
  "$@" >"$log" 2>&1 </dev/null &
  running_pid=$!
  show_life "$name" "$began"
  wait "$running_pid" || code=$?
  running_pid=
  if [ "$code" -ne 0 ]; then
    excerpt "$log" >&2
    fail "failed after $((SECONDS - began)) s: $name (whole output: $log)"
  fi
  say "  done in $((SECONDS - began)) s"
}

# npm says what is wrong first, compilers last.
excerpt() {
  awk '{ line[NR] = $0 }
    END { for (i = 1; i <= NR; i++) if (i <= 20 || i > NR - 20) print "  | " line[i]; else if (i == 21) print "  | ..." }' "$1"
}

# A line that rewrites itself on a terminal, and a plain line every 15 s elsewhere.
show_life() {
  local name=$1 began=$2 told=0 gone
  while kill -0 "$running_pid" 2>/dev/null; do
    sleep 0.2
    gone=$((SECONDS - began))
    if [ -t 1 ]; then
      printf '\rset-up [%3d s]   %d s in this step ' "$SECONDS" "$gone"
    elif [ $((gone / 15)) -gt "$told" ]; then
      told=$((gone / 15))
      say "  still at it: $name"
    fi
  done
  if [ -t 1 ]; then printf '\r\033[K'; fi
}
