# The npm packages that package-lock.json names, without running any install script.

packages_stamp=.cache/packages.lock

packages_are_current() { [ -d node_modules ] && cmp -s package-lock.json "$packages_stamp"; }

ensure_packages() {
  if packages_are_current; then return; fi
  rm -f "$packages_stamp"
  run_step "npm packages" .cache/packages.log npm ci --ignore-scripts --no-audit --no-fund
  check_native_commands
  cp package-lock.json "$packages_stamp.part" && mv "$packages_stamp.part" "$packages_stamp"
}

# Commands whose binaries come as optional packages: npm leaves those out silently when it cannot get them.
check_native_commands() {
  local command
  for command in tsc biome esbuild oxlint; do
    "$command" --version >/dev/null 2>&1 ||
      fail "the package of '$command' for this platform is missing: remove node_modules and run this again"
  done
}
