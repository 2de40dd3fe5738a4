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
LIBS := -lsqlite3 -larchive -lz -lzstd -lsodium -ljansson -lm
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

.PHONY: check-unit
check-unit: $(UNIT_TESTS)   ## run the unit tests
	@set -e; for t in $(UNIT_TESTS); do $$t; done

$(BUILD)/bundle-flip: tests/bundle/flip.c $(BUILD)/libwaybill.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libwaybill.a $(LIBS)

.PHONY: check-bundle
check-bundle: $(BUILD)/waybill $(BUILD)/bundle-flip   ## test bundles: keys, packing, hostile inputs, every byte changed
	@set -e; for t in pack keys hostile flip; do MODE=$(MODE) sh tests/bundle/$$t.sh; done

.PHONY: clean
clean:   ## remove what was built
	rm -rf build

.PHONY: help
help:   ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/  \1	\2/p' Makefile | sort | expand -t 18
