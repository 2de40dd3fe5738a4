#!/bin/sh
# The same inputs give the same bundle: whoever packs it, whatever his locale, time zone, umask, home, limits and folder, and
# in whatever order the project's files were made. Equal are SHA256SUMS and the uncompressed tar.
. "$(dirname "$0")/common.sh"
project p
for n in 4 5 6 7 8 9; do   # names that locales sort and fold differently
    name=$(echo "4 Zeta 5 aeta 6 _under 7 Ähre 8 zeta-I 9 -x" | tr ' ' '\n' | sed -n "/^$n\$/{n;p;}")
    printf '"""Äpfel, %s"""\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = "r%s"\ndown_revision = "r%s"\ndef upgrade():\n    op.add_column("item", sa.Column("c%s", sa.Numeric(10, 2), server_default="1.5"))\ndef downgrade():\n    op.drop_column("item", "c%s")\n' \
        "$name" $n $((n - 1)) $n $n > "p/versions/$name.py"
done
"$WAYBILL" keygen -o k --no-password > out 2> err || exit 1
ini=p/alembic.ini
pack() { "$WAYBILL" -c "$ini" pack base:head r2:head --key "$key" "$@"; }
key=k.key
pack -o first.tar > out 2> err || { cat err; exit 1; }
pack -o first > out 2> err || exit 1

# equal WHAT: again.tar and first.tar, their lists, and a folder's
equal() {
    same first.tar again.tar "$1: the tar"
    tar xOf again.tar shop-000009/SHA256SUMS > sums 2> ls.out; same first/SHA256SUMS sums "$1: SHA256SUMS"
    rm -f again.tar
}
again() { # WHAT COMMAND...: packs through a command that changes something
    what=$1; shift
    "$@" "$WAYBILL" -c "$ini" pack base:head r2:head --key "$key" -o again.tar > out 2> err || bad "$what: $(head -2 err)"
    equal "$what"
}
again "once more"
for zone in Pacific/Kiritimati America/St_Johns Asia/Tokyo :nonsense; do again "time zone $zone" env TZ=$zone; done
for locale in C POSIX C.UTF-8 tr_TR.UTF-8 de_DE.UTF-8 nonsense; do again "locale $locale" env LC_ALL=$locale LANG=$locale LANGUAGE=$locale; done
again "no environment" env -i
again "a home that is not there" env HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent TMPDIR=/nonexistent USER=x LOGNAME=x
again "another place for temporary files" env TMPDIR="$HERE/elsewhere"
for mask in 000 022 077 0777; do again "umask $mask" sh -c "umask $mask; exec \"\$@\"" sh; done
again "few open files" sh -c 'ulimit -n 24; exec "$@"' sh
again "a small stack" sh -c 'ulimit -s 1024; exec "$@"' sh
again "a nice process" nice -n 5
[ "$(nproc)" = 1 ] || again "one processor" taskset -c 0
for name in LC_NUMERIC LC_COLLATE LC_TIME; do again "$name" env -u LC_ALL $name=de_DE.UTF-8; done
again "a debugger's environment" env MALLOC_PERTURB_=165 MALLOC_ARENA_MAX=1
# the files made in another order, at another time, with other modes: the folder lists them otherwise
mkdir q q/versions && cp p/alembic.ini p/env.py q/
for f in $(ls -r p/versions); do cp -- "p/versions/$f" q/versions/; touch -d 2001-01-01 -- "q/versions/$f"; chmod 600 -- "q/versions/$f"; done
ini=q/alembic.ini
again "files made in another order"
touch q/versions/x.txt q/versions/.hidden && mkdir q/versions/__pycache__ && again "files that are none of the chain"
# other folders and other ways to say them
ini=./p/../p/alembic.ini; again "another path of the project"
ini=$HERE/p/alembic.ini; key=$HERE/k.key; again "absolute paths"
mkdir -p "deep er/Ünter/$(printf 'd%.0s' $(seq 100))"; ln -s "$HERE/p" "deep er/link"
ini="$HERE/deep er/link/alembic.ini"; again "through a link, in a folder with a blank"
(cd "deep er/Ünter" && "$WAYBILL" -c ../../p/alembic.ini pack base:head r2:head --key ../../k.key -o ../../again.tar) > out 2> err; equal "from another working folder"
(cd p && "$WAYBILL" pack base:head r2:head --key ../k.key -o ../again.tar) > out 2> err; equal "in the project's folder"
mv p moved; ini=moved/alembic.ini; again "the project moved"; mv moved p; ini=p/alembic.ini
pack -o again.tar < /dev/null > out 2> err 5< k.pub; equal "another standard input and an open file more"
# forms
for form in again.tar.gz again.dir; do pack -o $form > out 2> err || bad "$form"; done
gzip -dc again.tar.gz > again.tar; equal "inside .tar.gz"
wants 0 "a folder" diff -r first again.dir
if [ "$(id -u)" = 0 ]; then
    # others read the project and the key, and write where they may
    chmod 755 p p/versions; chmod 644 p/*.* p/versions/*.* k.key; mkdir -m 777 theirs
    for user in 65534:65534 1234:0 0:1234; do
        what="user and group $user"
        (cd theirs && setpriv --reuid=${user%:*} --regid=${user#*:} --clear-groups "$WAYBILL" -c ../p/alembic.ini pack base:head r2:head --key ../k.key -o again.tar) > out 2> err || bad "$what: $(head -2 err)"
        mv theirs/again.tar again.tar; equal "$what"
    done
    if unshare --uts true 2> ls.out; then again "another host's name" unshare --uts sh -c 'hostname elsewhere; exec "$@"' sh; fi
    if mkdir mounted && mount -t tmpfs tmpfs mounted 2> ls.out; then
        trap 'umount "$HERE/mounted" 2> ls.out; cd /; rm -rf "$HERE"' EXIT
        cp -r p mounted/; ini=mounted/p/alembic.ini; again "another file system"; ini=p/alembic.ini
        umount mounted
    fi
fi
if command -v faketime > ls.out; then again "another day" faketime '2038-01-20 00:00:00'; fi
echo "SHA256SUMS of all: $(sha256sum < first/SHA256SUMS | cut -c1-64)"
finish bundle/same
