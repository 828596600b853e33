# The control plane's binaries. A KUBECONFIG given on purpose (BERTH_KUBECONFIG) needs none; those that
# KUBEBUILDER_ASSETS has are used; the others are built once from the Go modules in test/cluster/binaries.
# test/cluster/binaries.ts looks for them in the same order.

binaries_module=test/cluster/binaries
binaries="etcd kube-apiserver kube-controller-manager kube-scheduler kubectl"

module_version() { awk -v module="$1" '$1 == module { print $2; exit }' "$binaries_module/go.mod"; }

kubernetes_version=$(module_version k8s.io/kubernetes)
binaries_home=.cache/binaries/kubernetes-$kubernetes_version-etcd-$(module_version go.etcd.io/etcd/server/v3)

binaries_to_build() {
  local name list=
  if [ -n "${BERTH_KUBECONFIG:-}" ]; then return; fi
  for name in $binaries; do
    [ -x "${KUBEBUILDER_ASSETS:-/nonexistent}/$name" ] || [ -x "$binaries_home/$name" ] || list="$list${list:+, }$name"
  done
  printf '%s' "$list"
}

package_of() {
  case $1 in
    etcd) echo go.etcd.io/etcd/server/v3 ;;
    *) echo "k8s.io/kubernetes/cmd/$1" ;;
  esac
}

# Kubernetes refuses to start components that do not know their own version.
version_flags() {
  local minor=${kubernetes_version#v*.} package
  minor=${minor%%.*}
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- '-X %s.gitVersion=%s -X %s.gitMajor=1 -X %s.gitMinor=%s ' \
      "$package" "$kubernetes_version" "$package" "$package" "$minor"
  done
}

build_binary() (
  target=$PWD/$binaries_home/$1
  cd "$binaries_module"
  # exec: an interruption reaches the Go command itself.
  exec env -u GOOS -u GOARCH CGO_ENABLED=0 GOWORK=off GOFLAGS=-mod=readonly \
    go build -trimpath -buildvcs=false -ldflags "-s -w $(version_flags)" -o "$target.part" "$(package_of "$1")"
)

ensure_binaries() {
  local name names
  names=$(binaries_to_build)
  if [ -z "$names" ]; then return; fi
  mkdir -p "$binaries_home"
  say "control plane to build from Go modules: $names (about five minutes on two cores the first time)"
  for name in ${names//,/}; do
    run_step "building $name" ".cache/build-$name.log" build_binary "$name"
    mv "$binaries_home/$name.part" "$binaries_home/$name"
  done
}
