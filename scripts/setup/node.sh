# Node 24: the machine's own when it is new enough, else a package without install scripts in .cache/node.

node_wanted=24
node_home=.cache/node

major_of() { "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

# The fetched Node is complete when it was made from this lock file and runs.
fetched_node_is_current() {
  cmp -s scripts/node/package-lock.json "$node_home/package-lock.json" &&
    [ "$(major_of "$node_home/node_modules/.bin/node")" -ge "$node_wanted" ]
}

fetch_node() (
  fresh=.cache/node.part
  rm -rf "$fresh" && mkdir -p "$fresh"
  cp scripts/node/package.json scripts/node/package-lock.json "$fresh/"
  cd "$fresh"
  # exec: an interruption reaches npm itself.
  exec npm ci --ignore-scripts --no-audit --no-fund
)

ensure_node() {
  if ! fetched_node_is_current && [ "$(major_of node)" -lt "$node_wanted" ]; then
    run_step "Node $node_wanted (this machine's own is $(node --version))" .cache/node.log fetch_node
    rm -rf "$node_home" && mv .cache/node.part "$node_home"
    fetched_node_is_current ||
      fail "the fetched Node does not run on this machine: install Node >= $node_wanted yourself and run this again"
  fi
  PATH="$PWD/$node_home/node_modules/.bin:$PWD/node_modules/.bin:$PATH"
  export PATH
}
