# Names everything that is missing, with the version wanted, before anything is fetched or built.

missing=()

want() { missing+=("$1"); }

has() { command -v "$1" >/dev/null 2>&1; }

want_node() {
  if ! has node; then
    want "Node >= 20 (wanted 24; an older one fetches Node 24 for this checkout)"
  elif [ "$(major_of node)" -lt 20 ]; then
    want "Node >= 20 (found $(node --version))"
  elif [ "$(major_of node)" -lt "$node_wanted" ] && [ "$(uname -s)" != Linux ]; then
    want "Node >= $node_wanted (found $(node --version); only for Linux is there a package to fetch it from)"
  fi
  has npm || want "npm (it comes with Node)"
}

# go.mod names a newer Go than the least that is wanted here: a Go >= 1.21 fetches it unless told to stay local.
want_go() {
  local found least
  least=$(awk '$1 == "go" { print $2 }' test/cluster/binaries/go.mod)
  if ! has go; then
    want "Go >= 1.21 to build $1, or KUBEBUILDER_ASSETS=<folder with them>"
    return
  fi
  found=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//')
  if older "$found" 1.21; then
    want "Go >= 1.21 to build $1 (found ${found:-an unknown version}), or KUBEBUILDER_ASSETS=<folder with them>"
  elif older "$found" "$least" && [ "$(cd / && go env GOTOOLCHAIN)" = local ]; then
    want "Go >= $least to build $1 (found $found, and GOTOOLCHAIN=local keeps it from fetching a newer one)"
  fi
}

# older 1.9.3 1.21: compares major and minor.
older() {
  awk -v a="$1" -v b="$2" 'BEGIN { split(a, x, "."); split(b, y, "."); exit !(x[1] < y[1] || (x[1] == y[1] && x[2] + 0 < y[2] + 0)) }'
}

check_prerequisites() {
  local goal=$1 to_build
  has git || want "git"
  want_node
  if [ "$goal" = cluster ]; then
    to_build=$(binaries_to_build)
    if [ -n "$to_build" ]; then want_go "$to_build"; fi
  fi
  if [ ${#missing[@]} -gt 0 ]; then
    fail "this machine lacks:" "${missing[@]/#/  - }"
  fi
}
