#!/bin/sh
# threats.sh FILE MODE: one table of the threats in threats.txt and of the checks that the tests wrote into FILE, their EVIDENCE.
# Fails when a check failed, and when a threat has neither a check nor a written reason.
list=$(dirname "$0")/threats.txt
awk -F '\t' -v list="$list" -v mode="$2" '
    function trimmed(s) { gsub(/^ +| +$/, "", s); return s }
    FILENAME == list {
        if ($0 ~ /^#/) next
        split($0, part, "|")
        id = trimmed(part[1]); order[++count] = id; words[id] = trimmed(part[2]); why[id] = trimmed(part[3]); next
    }
    !($1 in words) { print "FAILED: " $2 " names the threat \"" $1 "\", which threats.txt does not"; lost++; next }
    {
        checks[$1]++; failed[$1] += $3 != "ok"
        if (!(($1, $2) in tests)) names[$1] = names[$1] (names[$1] ? ", " : "") $2
        tests[$1, $2]++
        if ($4 != "" && !(($1, "first") in tests)) { first[$1] = $4; tests[$1, "first"] = 1 }
    }
    END {
        for (i = 1; i <= count; i++) {
            id = order[i]
            if (why[id] == "release" && mode == "release") why[id] = ""
            result = failed[id] ? "FAILED" : checks[id] ? "ok" : why[id] ~ /^pending / ? why[id] : why[id] ~ /^elsewhere / ? "elsewhere" : why[id] == "release" ? "not in this MODE" : why[id] != "" ? "cannot arise" : "NO TEST"
            bad += failed[id] > 0 || result == "NO TEST"; tested += checks[id] > 0; pending += result ~ /^pending/; elsewhere += result == "elsewhere"
            by = checks[id] ? checks[id] " checks: " names[id] " (" first[id] (checks[id] > 1 ? ", ..." : "") ")" : why[id] ~ /^(pending|release)/ ? "" : why[id] ~ /^elsewhere / ? substr(why[id], 11) : why[id]
            printf "%-4s %-16s %-68s %s\n", id, result, words[id], by
        }
        printf "bundle/threats: %d of %d tested, %d by tests of clients and servers, %d pending, %d failed or without a test\n", tested, count, elsewhere, pending, bad + lost
        exit bad + lost > 0
    }' "$list" "$1"
