#!/usr/bin/env bash
# Installs the programs that the interop tests run beside ours, and writes the file that puts them in
# their way:
#
#     ci/peers.sh && . "${CCBT_CI_CACHE:-$HOME/.cache/ccbt-ci}/env"
#
# What is there already is kept, so that a second run needs no network. Debian's packages need root.
set -euo pipefail

cache=${CCBT_CI_CACHE:-$HOME/.cache/ccbt-ci}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

# 2.0.15 on purpose: the hybrids of libtorrent 2.1 are invalid where a name sorts between a directory and
# its slash, and so are its objections to ours.
python_packages=(libtorrent==2.0.15 torf==4.3.1 torf-cli==5.2.1 torrentfile==0.9.2 py3createtorrent==1.2.1)
node_packages=(create-torrent@6.1.3 parse-torrent@11.0.24)
rust_programs=(imdl@0.1.16 cargo-deny@0.20.2)
# A program, and the Debian package it comes in.
debian_programs=(mktorrent:mktorrent transmission-create:transmission-cli transmission-show:transmission-cli
    transmission-daemon:transmission-daemon aria2c:aria2 openssl:openssl mandoc:mandoc zsh:zsh fish:fish
    mkfs.xfs:xfsprogs)

has() { command -v "$1" >/dev/null; }

# Runs a command up to three times: a registry may stumble.
persist() {
    local attempt
    for attempt in 1 2 3; do
        "$@" && return
        echo "attempt $attempt failed: $*" >&2
        sleep $((attempt * 5))
    done
    return 1
}

install_debian_packages() {
    local program missing=()
    for program in "${debian_programs[@]}"; do
        has "${program%%:*}" || missing+=("${program##*:}")
    done
    python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
    has npm || missing+=(npm)
    if ((${#missing[@]} == 0)); then
        return
    fi
    if [[ $(id -u) != 0 ]]; then
        echo "missing, and only root can install them: ${missing[*]}" >&2
        return 1
    fi
    # A daemon that starts when it is installed would talk to the world.
    local guard=/usr/sbin/policy-rc.d
    if [[ ! -e $guard ]]; then
        # shellcheck disable=SC2064
        trap "rm -f $guard" EXIT
        printf '#!/bin/sh\nexit 101\n' >"$guard"
        chmod +x "$guard"
    fi
    export DEBIAN_FRONTEND=noninteractive
    persist apt-get update -q
    # shellcheck disable=SC2046
    persist apt-get install -q -y --no-install-recommends $(printf '%s\n' "${missing[@]}" | sort -u)
}

# Runs a command unless the stamp holds its words already.
once() {
    local stamp=$cache/$1.installed
    shift
    if [[ -f $stamp && $(<"$stamp") == "$*" ]]; then
        return
    fi
    rm -f "$stamp"
    persist "$@"
    echo "$*" >"$stamp"
}

install_python_packages() {
    [[ -x $cache/python/bin/python ]] || python3 -m venv "$cache/python"
    once python "$cache/python/bin/python" -m pip install --quiet --disable-pip-version-check "${python_packages[@]}"
}

install_node_packages() {
    mkdir -p "$cache/node"
    once node npm install --ignore-scripts --no-audit --no-fund --prefix "$cache/node" "${node_packages[@]}"
}

install_rust_programs() {
    local program
    for program in "${rust_programs[@]}"; do
        has "${program%%@*}" || [[ -x $cache/bin/${program%%@*} ]] ||
            CARGO_TARGET_DIR=$cache/build persist cargo install --locked --quiet --root "$cache" "$program"
    done
    rm -rf "$cache/build"
}

install_debian_packages
install_python_packages
install_node_packages
install_rust_programs

cat >"$cache/env" <<END
export PATH="\$PATH:$cache/bin:$cache/python/bin"
export CCBT_PYTHON="$cache/python/bin/python"
export CCBT_NODE_MODULES="$cache/node/node_modules"
END
