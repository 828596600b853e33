#!/usr/bin/env bash
# Rung 4: tests against a real control plane, one file at a time because each starts a cluster of its own.
set -uo pipefail
cd "$(dirname "$0")/.."
printf '\nrung 4: a real control plane\n'
node --test --test-concurrency=1 'test/apiserver/**/*.test.ts' 'test/cluster/**/*.cluster.test.ts'
code=$?
awk -v seconds="$SECONDS" 'BEGIN { printf "rung 4 took %.1f min\n", seconds / 60 }'
exit "$code"
