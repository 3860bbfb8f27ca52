# shellcheck shell=bash
# What Scripts/start and Scripts/test share: steps that say what they do and how long they took,
# Debian's packages, and Swift. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What a build needs from Debian. `a|b`: either will do; the first that Debian knows is installed.
# The libraries, then what the Swift toolchain takes from the system: headers, linker, git, and the
# shared libraries of its own programs. zlib is swift-nio-extras'.
# shellcheck disable=SC2034  # those that source this file use it
build_packages=(
  'libncursesw5-dev|libncurses-dev' libssl-dev zlib1g-dev
  gcc g++ libc6-dev git ca-certificates tzdata libsqlite3-0 libxml2 'libcurl4|libcurl4t64'
)
# A package of its own from Debian 13 on, a part of binutils before.
command -v ld.gold >/dev/null || build_packages+=(binutils-gold)

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

now_ms() {
  local now=$EPOCHREALTIME
  printf '%s' "$((10#${now//[!0-9]/} / 1000))"
}

# took 75300 → 1 min 15 s
took() {
  local ms=$1
  if ((ms < 60000)); then
    printf '%d.%d s' "$((ms / 1000))" "$((ms % 1000 / 100))"
  else
    printf '%d min %d s' "$((ms / 60000))" "$((ms % 60000 / 1000))"
  fi
}

step_started=0

step() {
  step_started=$(now_ms)
  say "==> $*"
}

done_step() { say "    done in $(took "$(($(now_ms) - step_started))")${1:+: $1}"; }

is_installed() {
  local state
  state=$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) && [[ $state == installed ]]
}

# Prints those of its arguments that are not installed, one a line.
missing_packages() {
  local wanted name
  for wanted in "$@"; do
    for name in ${wanted//|/ }; do
      is_installed "$name" && continue 2
    done
    printf '%s\n' "$wanted"
  done
}

# Installs what is missing: as root at once, else through sudo after a question on a terminal.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "    this is not Debian: what it calls ${*//|*/} must be here already"
    return 0
  fi
  local missing=()
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    done_step "all there"
    return 0
  fi

  local as_root=() names="${missing[*]//|*/}" answer
  local by_hand="apt-get update && apt-get install --yes --no-install-recommends $names"
  if ((EUID != 0)); then
    if [[ -t 0 && -t 2 ]] && command -v sudo >/dev/null; then
      read -r -p "    missing: $names. Install with sudo? [Y/n] " answer
      [[ ${answer:-y} == [Yy]* ]] || fail "not installed. By hand, as root: $by_hand"
      as_root=(sudo)
    else
      fail "missing: $names. Run this as root, then try again: $by_hand"
    fi
  fi

  say "    installing $names"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq)
  "${apt[@]}" update </dev/null >&2 || fail "apt-get update failed; its own words are above"
  local chosen=() wanted name
  for wanted in "${missing[@]}"; do
    for name in ${wanted//|/ }; do
      if apt-cache show "$name" >/dev/null 2>&1; then break; fi
    done
    chosen+=("$name")
  done
  "${apt[@]}" install --yes --no-install-recommends "${chosen[@]}" </dev/null >&2 \
    || fail "apt-get could not install ${chosen[*]}; its own words are above"
  done_step "installed ${chosen[*]}"
}

# Checks that a Swift is here and new enough. It is never downloaded by these scripts.
require_swift() {
  local wanted have where='https://www.swift.org/install/linux/'
  wanted=$(sed -n 's|^// swift-tools-version: *||p' "$root/Package.swift")
  command -v swift >/dev/null \
    || fail "Swift $wanted or newer is needed, and there is no swift in PATH. Install it as" \
      "$where says, then run this again."
  have=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1) \
    || true
  [[ -n $have ]] \
    || fail "$(command -v swift) does not run. \`swift --version\` says why; $where lists the" \
      "Debian packages that it needs."
  [[ $(printf '%s\n' "$wanted" "$have" | sort -V | head -n 1) == "$wanted" ]] \
    || fail "Swift $wanted or newer is needed, $(command -v swift) is $have. $where has newer ones."
  done_step "Swift $have"
}
