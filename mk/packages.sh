#!/bin/sh
# Installs the Debian packages that a target needs and this machine lacks, saying which. packages.sh build|demo|check|fuzz|lint|format
set -eu
build="gcc make libc6-dev libsqlite3-dev libarchive-dev zlib1g-dev libzstd-dev libsodium-dev libjansson-dev"
case $1 in
build) wanted=$build ;;
demo) wanted="$build sqlite3 tar" ;;
check) wanted="$build libcmocka-dev sqlite3 postgresql mariadb-server-core mariadb-client minisign python3 alembic tar diffutils" ;;
fuzz) wanted="$build clang libclang-rt-14-dev python3" ;;
lint) wanted="$build clang clang-format clang-tidy cppcheck" ;;
format) wanted="clang-format" ;;
*) echo "packages.sh: unknown group \"$1\"" >&2; exit 2 ;;
esac
lacking=""
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || lacking="$lacking $package"
done
[ -n "$lacking" ] || exit 0
echo "Installing Debian packages:$lacking"
run=""
[ "$(id -u)" = 0 ] || run=sudo
$run apt-get update -q >/dev/null || true
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -q --no-install-recommends $lacking >/dev/null
