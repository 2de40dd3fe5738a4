# Waybill. `make help` lists the targets; `make demo` and `make check` install the Debian packages they lack.
.SUFFIXES:
MAKEFLAGS += -r
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
export LC_ALL := C

MODE ?= release
CC ?= cc
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0

BUILD := build/$(MODE)
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
            -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wswitch-enum -Wnull-dereference
MODE_FLAGS_release :=
MODE_FLAGS_san := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DWAYBILL_SAN
MODE_FLAGS_cov := -O0 --coverage
MODE_FLAGS := $(MODE_FLAGS_$(MODE))
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -DWAYBILL_VERSION='"$(VERSION)"' -Iinclude -I$(BUILD) $(WARNINGS) \
             $(if $(WERROR),-Werror) -ffile-prefix-map=$(CURDIR)=. $(CPPFLAGS) $(CFLAGS) $(MODE_FLAGS)
LIBS := -lsqlite3 -larchive -lz -lzstd -lsodium -lnettle -ljansson -lm
ALL_LDFLAGS = $(LDFLAGS) $(MODE_FLAGS)

SOURCES := $(sort $(wildcard src/*/*.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/%.o) $(BUILD)/template/builtin.o
LIBRARY_OBJECTS := $(filter-out $(BUILD)/cli/main.o,$(OBJECTS))
TEMPLATES := $(sort $(shell find templates -type f ! -name '.*' 2>/dev/null))
UNIT_TESTS := $(sort $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c)))

.PHONY: all
all: $(BUILD)/waybill   ## build the program: build/MODE/waybill

$(BUILD)/waybill: $(OBJECTS)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libwaybill.a: $(LIBRARY_OBJECTS)
	@rm -f $@
	ar rcsD $@ $^

# Changed flags rebuild: the stamp's text is the compile command.
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@echo '$(CC) $(subst ','"'"',$(ALL_CFLAGS))' | cmp -s - $@ || echo '$(CC) $(subst ','"'"',$(ALL_CFLAGS))' > $@
.PHONY: FORCE
FORCE:

$(BUILD)/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Every template becomes a C array, so that the program needs no files at run time.
$(BUILD)/template/builtin.c: $(shell find templates -type d 2>/dev/null) $(TEMPLATES) src/template/embed.sh
	@mkdir -p $(@D)
	sh src/template/embed.sh templates > $@

$(BUILD)/template/builtin.o: $(BUILD)/template/builtin.c $(BUILD)/flags
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

-include $(OBJECTS:.o=.d)

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libwaybill.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(BUILD)/libwaybill.a -lcmocka $(LIBS)

-include $(UNIT_TESTS:=.d)

# ---- tests ----

TIMED = sh mk/timed.sh $(CURDIR)/$(BUILD)/times
# The sanitizers watch the program, which takes several times as long: what drives databases with its scripts is for the plain build.
plain_or_san = $(if $(filter san,$(MODE)),$2,$1)

.PHONY: check
check:   ## run all tests; installs the Debian packages it lacks
	@sh mk/packages.sh check
	@rm -f $(BUILD)/times
	@$(MAKE) --no-print-directory all check-unit check-golden check-python check-alembic check-cli check-fuzz check-bundle check-clients check-servers
	@$(TIMED)

.PHONY: check-unit
check-unit: $(UNIT_TESTS)   ## run the unit tests
	@set -e; for t in $(UNIT_TESTS); do $(TIMED) $$t; done

.PHONY: check-golden
check-golden: all   ## compare the golden cases
	@$(TIMED) python3 tests/rooms.py $(BUILD)
	@$(TIMED) sh tests/golden.sh $(BUILD)/waybill

.PHONY: accept
accept: all   ## rewrite the golden cases' expectations; git diff is the review
	@sh tests/golden.sh $(BUILD)/waybill accept

$(BUILD)/eval-driver: tests/python/eval_driver.c $(BUILD)/libwaybill.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libwaybill.a $(LIBS)

.PHONY: check-python
check-python: all $(BUILD)/eval-driver   ## 3,000 generated snippets against Python itself; the names of its library
	@$(TIMED) python3 tests/python/differential.py $(BUILD)/eval-driver 3000
	@$(TIMED) python3 tests/python/library_names.py $(BUILD)/waybill

$(BUILD)/graph-driver: tests/alembic/graph_driver.c $(BUILD)/libwaybill.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libwaybill.a $(LIBS)

.PHONY: check-alembic
check-alembic: all $(BUILD)/graph-driver   ## against Debian's Alembic: 740 calls on six dialects, 250 with an argument that is none, 400 that change rows, 100 graphs of revisions
	@$(TIMED) /usr/bin/python3 tests/alembic/graph_differential.py $(BUILD)/graph-driver --graphs 100
	@$(TIMED) /usr/bin/python3 tests/alembic/differential.py $(BUILD)/waybill --share $(call plain_or_san,1,4)
	@$(TIMED) /usr/bin/python3 tests/alembic/arguments.py $(BUILD)/waybill --share $(call plain_or_san,250,80)
	@$(TIMED) /usr/bin/python3 tests/alembic/batch_pairs.py $(BUILD)/waybill --share $(call plain_or_san,5,40)
	@$(TIMED) /usr/bin/python3 tests/alembic/rows.py $(BUILD)/waybill --count $(call plain_or_san,400,100)

.PHONY: check-cli
check-cli: all   ## bad input, exit statuses, what commands print read back
	@set -e; for t in bad_input places suggest override; do [ ! -f tests/cli/$$t.sh ] || $(TIMED) sh tests/cli/$$t.sh $(BUILD)/waybill; done

$(BUILD)/client-driver: tests/clients/client_driver.c $(BUILD)/libwaybill.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libwaybill.a $(LIBS)

.PHONY: check-clients
check-clients: all $(BUILD)/client-driver   ## framed scripts for Oracle and SQL Server, cut and read as their clients do; 60,000 texts that psql, mariadb and sqlite3 take no command from
	@MODE=$(MODE) $(TIMED) python3 tests/clients/test_scripts.py $(call plain_or_san,4,1)
	@MODE=$(MODE) $(TIMED) python3 tests/clients/test_literals.py
	@$(TIMED) python3 tests/clients/lexer_states.py $(BUILD)/client-driver $(call plain_or_san,20000,2000)

.PHONY: soak
soak: all $(BUILD)/client-driver $(BUILD)/graph-driver $(BUILD)/bundle-flip $(call plain_or_san,$(BUILD)/fault.so)   ## what takes long or needs npm: all of which make check runs a share; grammars of Oracle and SQL Server, PostgreSQL 13 and 18, SQLite 3.28, 300 random chains; real chains, where WAYBILL_CHAINS says which
	@sh mk/packages.sh soak
	@/usr/bin/python3 tests/alembic/arguments.py $(BUILD)/waybill --all
	@/usr/bin/python3 tests/alembic/batch_pairs.py $(BUILD)/waybill
	@/usr/bin/python3 tests/alembic/graph_differential.py $(BUILD)/graph-driver --graphs 3000
	@MODE=$(MODE) python3 tests/clients/grammar.py
	@MODE=$(MODE) python3 tests/clients/old_sqlite.py
	@python3 tests/clients/lexer_states.py $(BUILD)/client-driver 200000 2
	@set -e; for release in 13 18; do \
	    export MODE=$(MODE) WAYBILL_PG_BIN=$(CURDIR)/build/npm/node_modules/pg$$release/native/bin/; $${WAYBILL_PG_BIN}postgres --version; \
	    python3 tests/servers/test_chain.py; python3 tests/servers/test_matrix.py --all postgresql; \
	done
	@set -e; export MODE=$(MODE); for t in stream flip; do sh tests/bundle/$$t.sh --all; done; \
	for t in writers outputs owners lies preflights ends $(call plain_or_san,fault); do python3 tests/bundle/$$t.py --all; done; \
	for t in matrix terminal looked concurrent missing sessions drivers settings encodings dropped abandon shape keys row_security forms; do python3 tests/servers/test_$$t.py --all; done
	@MODE=$(MODE) python3 tests/servers/test_plain.py 300
	@MODE=$(MODE) python3 tests/servers/test_random.py 300 1000
	@python3 tests/mutants/mutants.py --known
	@$(MAKE) --no-print-directory mutants
	@[ -z "$(WAYBILL_CHAINS)" ] || for dialect in postgresql sqlite mariadb; do \
	    MODE=$(MODE) python3 tests/servers/real_chains.py --dialect $$dialect $(WAYBILL_CHAINS) || exit 1; \
	done

.PHONY: mutants
mutants:   ## MUTANTS=40 SEED=1: so many single edits of the program, and which layer of make check notices each; a figure, not a gate
	@python3 tests/mutants/mutants.py --count $(or $(MUTANTS),40) --seed $(or $(SEED),1)

.PHONY: check-servers
check-servers: all   ## the example chain, the fail-closed matrix, literals and random chains on PostgreSQL, MariaDB and SQLite
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_chain.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_literals.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_plain.py $(call plain_or_san,120,60)
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_matrix.py $(call plain_or_san,,sqlite)
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_guard.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_abandon.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_terminal.py $(call plain_or_san,,sqlite)
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_paste.py $(call plain_or_san,,sqlite)
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_missing.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_sessions.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_drivers.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_settings.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_encodings.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_row_security.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_preflight.py $(call plain_or_san,,sqlite)
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_concurrent.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_raise.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_assumed.py $(call plain_or_san,,sqlite)
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_dropped.py $(call plain_or_san,,sqlite)
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_looked.py $(call plain_or_san,,sqlite)
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_privileges.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_beside.py $(call plain_or_san,,sqlite)
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_shape.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_keys.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_forms.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_dependents.py
	@[ $(MODE) = san ] || MODE=$(MODE) $(TIMED) python3 tests/servers/test_preserve.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_stops.py $(call plain_or_san,,sqlite)
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_random.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_bundle.py
	@MODE=$(MODE) $(TIMED) python3 tests/servers/test_readme.py

$(BUILD)/bundle-flip: tests/bundle/flip.c $(BUILD)/libwaybill.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libwaybill.a $(LIBS)

# Preloaded into the program; sanitizers must come first themselves, so with them there is none.
$(BUILD)/fault.so: tests/bundle/fault.c
	@mkdir -p $(@D)
	$(CC) -std=c11 $(WARNINGS) -Wno-pedantic $(if $(WERROR),-Werror) $(CFLAGS) -fPIC -shared -o $@ $< -ldl -lpthread

.PHONY: check-bundle
check-bundle: $(BUILD)/waybill $(BUILD)/bundle-flip $(if $(filter release,$(MODE)),$(BUILD)/fault.so)   ## test bundles: keys, packing, hostile inputs, every byte changed; ends with the table of threats
	@set -e; export MODE=$(MODE) EVIDENCE=$(CURDIR)/$(BUILD)/evidence.tsv; rm -f $$EVIDENCE; \
	for t in pack same keys trust edges hostile clients commands stream flip; do $(TIMED) sh tests/bundle/$$t.sh; done; \
	for t in tar lists ed25519 writers outputs owners lies preflights ends $(if $(filter release,$(MODE)),fault race); do $(TIMED) python3 tests/bundle/$$t.py; done; \
	sh tests/bundle/threats.sh $$EVIDENCE $(MODE)

# ---- the main job ----

.PHONY: demo
demo:   ## render, pack, sign, verify and apply the example chain; installs the Debian packages it lacks
	@sh mk/packages.sh demo
	@$(MAKE) --no-print-directory all
	@sh mk/demo.sh $(BUILD)/waybill

.PHONY: bench
bench: all   ## figures side by side, as ratios
	@sh tests/bench/render.sh $(BUILD)/waybill
	@set -e; if [ -f tests/bench/pack.sh ]; then MODE=$(MODE) sh tests/bench/pack.sh; fi

# ---- care ----

C_FILES := $(sort $(wildcard src/*/*.[ch] include/waybill/*.h tests/*/*.[ch]))
# Not the unit tests: cmocka does not say of what fails that it does not return.
LINTED := $(SOURCES) $(filter-out tests/unit/%,$(wildcard tests/*/*.c))

.PHONY: format
format:   ## format the C files
	@sh mk/packages.sh format
	clang-format -i $(C_FILES)

# Not the analyzer's core: it does not see that an out parameter is set wherever a function returns true, and reports each use.
TIDY_CHECKS := -*,clang-analyzer-deadcode.*,clang-analyzer-unix.*,clang-analyzer-security.*,-clang-analyzer-security.insecureAPI.*,bugprone-suspicious-*,-bugprone-suspicious-include,bugprone-macro-repeated-side-effects,bugprone-misplaced-*,bugprone-signed-char-misuse,bugprone-terminating-continue,bugprone-too-small-loop-variable,bugprone-infinite-loop,bugprone-posix-return,bugprone-unused-return-value

.PHONY: lint
lint:   ## check with clang-format, cppcheck and clang-tidy
	@sh mk/packages.sh lint
	clang-format --dry-run --Werror $(C_FILES)
	cppcheck --quiet --error-exitcode=1 --enable=warning,portability -Iinclude $(LINTED)
	printf '%s\n' $(LINTED) | xargs -P 2 -n 4 sh -c 'clang-tidy --quiet --warnings-as-errors="*" --checks="$$0" "$$@" -- \
	    -std=c11 -D_POSIX_C_SOURCE=200809L -Iinclude -DWAYBILL_VERSION="\"$(VERSION)\""' '$(TIDY_CHECKS)'

FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
# The folder of a target's corpus: three read Python.
corpus = tests/fuzz/corpus/$(if $(filter $1,lexer parser evaluator),python,$1)

$(BUILD)/replay-%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(wildcard tests/fuzz/*.h) $(BUILD)/libwaybill.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ tests/fuzz/fuzz_$*.c tests/fuzz/replay.c $(BUILD)/libwaybill.a $(LIBS)

.PHONY: check-fuzz
check-fuzz: $(FUZZERS:%=$(BUILD)/replay-%)   ## each fuzz target over its corpus, once
	@set -e; $(foreach f,$(FUZZERS),printf 'replay $f: '; $(BUILD)/replay-$f $(call corpus,$f);)

FUZZ_FLAGS := -std=c11 -g -O1 -fsanitize=address,undefined -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
              -DWAYBILL_VERSION='"$(VERSION)"' -DWAYBILL_SAN -Iinclude
FUZZ_OBJECTS := $(patsubst src/%.c,build/fuzz/obj/%.o,$(filter-out src/cli/main.c,$(SOURCES)))

# The program's files once for all targets.
build/fuzz/obj/%.o: src/%.c
	@mkdir -p $(@D)
	clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

-include $(FUZZ_OBJECTS:.o=.d)

build/fuzz/%: tests/fuzz/fuzz_%.c $(wildcard tests/fuzz/*.h) $(BUILD)/template/builtin.c $(FUZZ_OBJECTS)
	clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $< $(FUZZ_OBJECTS) $(BUILD)/template/builtin.c $(LIBS)

.PHONY: fuzz-packages
fuzz-packages:
	@sh mk/packages.sh fuzz

# One target alone: make fuzz-lexer FUZZ_SECONDS=1800
.PHONY: $(FUZZERS:%=fuzz-%)
$(FUZZERS:%=fuzz-%): fuzz-%: fuzz-packages
	@$(MAKE) --no-print-directory build/fuzz/$*
	@mkdir -p build/fuzz/corpus-$*
	@case $* in lexer|parser|evaluator|env) python3 tests/python/differential.py --seeds build/fuzz/corpus-$* ;; esac
	@build/fuzz/$* -max_total_time=$(FUZZ_SECONDS) -timeout=25 -rss_limit_mb=2560 -artifact_prefix=build/fuzz/found-$*- -print_final_stats=1 \
	    build/fuzz/corpus-$* $(call corpus,$*) >build/fuzz/$*.log 2>&1 || { tail -40 build/fuzz/$*.log; exit 1; }
	@printf 'fuzz $*: '; tail -12 build/fuzz/$*.log | grep -E 'execs|units' | tr '\n' ' '; echo

.PHONY: fuzz
fuzz: $(FUZZERS:%=fuzz-%)   ## run each fuzz target for FUZZ_SECONDS

.PHONY: coverage
coverage:   ## line coverage of the tests, those on servers aside
	@mkdir -p build/cov && find build/cov -name '*.gcda' -delete
	@$(MAKE) --no-print-directory MODE=cov all check-unit check-golden check-python check-cli check-bundle
	@cd build/cov && find . -name '*.gcda' | LC_ALL=C sort | xargs gcov -n 2>/dev/null | awk '/^File .*src\//{f=$$2} /^Lines executed/{if (f != "") {split($$2, a, ":"); print a[2], f; f=""}}' | sort -n | head -40

.PHONY: install
install: all   ## install to DESTDIR/PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/waybill
	install -m 755 $(BUILD)/waybill $(DESTDIR)$(PREFIX)/bin/waybill
	install -m 644 README.md $(DESTDIR)$(PREFIX)/share/doc/waybill/README.md

.PHONY: uninstall
uninstall:   ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/waybill $(DESTDIR)$(PREFIX)/share/doc/waybill/README.md
	-rmdir $(DESTDIR)$(PREFIX)/share/doc/waybill 2>/dev/null

SOURCE_DATE_EPOCH ?= 315532800
.PHONY: dist
dist:   ## a source archive in dist/, the same bytes for the same commit
	git archive --format=tar --prefix=waybill-$(VERSION)/ HEAD | gzip -n9 > dist/waybill-$(VERSION).tar.gz
	@echo dist/waybill-$(VERSION).tar.gz

.PHONY: clean
clean:   ## remove what was built
	rm -rf build

.PHONY: help
help:   ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/  \1	\2/p' Makefile | LC_ALL=C sort | expand -t 18
