#!/usr/bin/env bash
# Makes a fresh checkout ready. `scripts/setup.sh packages` gets Node 24 and the npm packages;
# `scripts/setup.sh cluster` also builds the control plane. Everything lands in .cache/ and node_modules/.
# It can be interrupted and run again: results are written aside and renamed when they are complete.
set -euo pipefail
cd "$(dirname "$0")/.."

goal=${1:-cluster}
case $goal in
  packages | cluster) ;;
  *) echo "usage: scripts/setup.sh [packages|cluster]" >&2; exit 2 ;;
esac

. scripts/setup/progress.sh
. scripts/setup/node.sh
. scripts/setup/packages.sh
. scripts/setup/binaries.sh
. scripts/setup/prerequisites.sh

trap interrupted INT TERM
mkdir -p .cache

check_prerequisites "$goal"
ensure_node
ensure_packages
if [ "$goal" = cluster ]; then ensure_binaries; fi
say_ready
