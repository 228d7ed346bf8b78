# Everything that is not the program: set-up, tests, lint, demo, fuzzing,
# benchmarks.

SHARED	?= ../shared
export SHARED

.PHONY: deps deps-check
deps:
	@sh tests/support/deps.sh build
deps-check:
	@sh tests/support/deps.sh check

# What is missing is installed first, and make starts anew, since it asks
# pkg-config when it reads the Makefile.

# --- make demo ---------------------------------------------------------

.PHONY: demo
demo: deps
	@$(MAKE) --no-print-directory all
	@sh tests/support/demo.sh $(PROG)

# --- make screens ------------------------------------------------------

# The screens of the README, from the program.
.PHONY: screens
screens: $(PROG)
	@sh tests/support/screens.sh $(PROG) README.md

# --- make check --------------------------------------------------------

# Narrow it to some: make check E2E=tests/e2e/fetch.t
E2E	?= $(wildcard tests/e2e/*.t)

.PHONY: check check-run
check: deps-check
	@$(MAKE) --no-print-directory check-run

.PHONY: check-build
check-build: $(PROG) $(UNIT) $(REPLAY) $(HELPERS) $(SHIMS)
check-run: check-build
	@BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) SAN=$(SAN) \
	    sh tests/support/runall.sh $(UNIT) $(REPLAY) $(E2E)

# The mirror's test at full size: ten thousand entries.
.PHONY: check-mirror
check-mirror: $(PROG)
	@BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) SAN=$(SAN) \
	    MIRROR_ENTRIES=10000 tests/e2e/mirror_planet.t

# --- make faults -------------------------------------------------------
#
# What `make check` samples, at every call: an hour or more.

.PHONY: faults
faults: check-build
	@for t in tests/e2e/faults.t tests/e2e/shims.t; do \
	    BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) SAN= FAULT_STEP=1 \
	    bash $$t | grep -v '^ok' || exit 1; done

# --- make lint ---------------------------------------------------------

.PHONY: lint
lint: deps-check
	@sh tests/lint/layers.sh
	@shellcheck -S warning -x -s sh tests/support/*.sh tests/lint/*.sh \
	    tests/bench/*.sh
	@if ls tests/e2e/*.t >/dev/null 2>&1; then \
	    shellcheck -S warning -x -s bash -e SC1091,SC2034,SC2154,SC2119,SC2120 tests/e2e/*.t tests/e2e/*.sh tests/packaging/*.sh; fi
	@shellcheck -S warning -s sh doc/packaging/debian/orrery.post* doc/packaging/openrc/orrery -e SC2034
	@if ls doc/*.[1-8] >/dev/null 2>&1; then mandoc -Tlint -Wwarning doc/*.[1-8]; fi
	@echo "lint: clean"

# doc/analysis.md has what is on, what is off and what is excused.
.PHONY: analyze
analyze: lint $(BUILD)/gen/themes.inc
	@sh tests/lint/unused.sh
	@sh tests/lint/analyze.sh cppcheck
	@sh tests/lint/analyze.sh tidy -I$(BUILD)/gen $(PKG_CFLAGS_)
	@sh tests/lint/analyze.sh gcc -I$(BUILD)/gen $(PKG_CFLAGS_)

# --- make valgrind -----------------------------------------------------

.PHONY: valgrind
valgrind: check-build
	@BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) sh tests/support/valgrind.sh

# --- make fuzz FUZZ_SECONDS=n ------------------------------------------
#
# Every target of tests/fuzz for that many seconds each, and a table: what
# was tried, what was reached.  `make fuzz_uri` runs one.

FUZZ_SECONDS ?= 60
FUZZERS	:= $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BUILD := build/fuzz
FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_FLAGS := -std=c11 -O1 -g -D_GNU_SOURCE -I. -Isrc -I$(BUILD)/gen -Itests/fuzz $(FUZZ_SAN) \
	   $(PKG_CFLAGS_)
FUZZ_OBJS := $(patsubst %.c,$(FUZZ_BUILD)/%.o,$(filter-out src/main.c,$(SRCS)))
FUZZ_LIB := $(FUZZ_BUILD)/liborrery.a

.PHONY: fuzz fuzz-build $(FUZZERS)
fuzz-build: $(addprefix $(FUZZ_BUILD)/,$(FUZZERS))
fuzz: fuzz-build
	@FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/support/fuzz.sh $(FUZZERS)
$(FUZZERS): %: $(FUZZ_BUILD)/%
	@FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/support/fuzz.sh $@

$(FUZZ_BUILD)/src/theme/load.o: $(BUILD)/gen/themes.inc
$(FUZZ_BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
$(FUZZ_LIB): $(FUZZ_OBJS)
	@rm -f $@
	@ar rcs $@ $(FUZZ_OBJS)
$(FUZZ_BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_LIB) $(wildcard tests/fuzz/*.h)
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $< $(FUZZ_LIB) $(LIBS)

# --- make bench --------------------------------------------------------

# One table, build/bench.txt, and the same as JSON beside it; bench-NAME runs
# tests/bench/bench_NAME alone.
BENCH_PROGS := $(sort $(filter $(BUILD)/tests/bench/bench_%,$(BENCH)))

# The floor of fetching starts with libcurl alone.
$(BUILD)/tests/bench/floor_curl: LIBS := -lcurl

.PHONY: bench bench-build
bench-build: $(PROG) $(BENCH) $(HELPERS)
bench: bench-build
	@BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) BENCH_OUT=$(BUILD)/bench \
	    sh tests/bench/run.sh $(BENCH_PROGS)
bench-%: bench-build
	@BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) BENCH_OUT=$(BUILD)/bench-$* \
	    sh tests/bench/run.sh $(BUILD)/tests/bench/bench_$*

# --- make soak: a million requests, and what they leave behind ---------

.PHONY: soak
soak: $(PROG) $(HELPERS)
	@bash tests/e2e/soak.sh $(BUILD) $(abspath $(PROG))

# --- make scale --------------------------------------------------------
#
# 10 000, 100 000 and 1 000 000 entries: half an hour, 20 GB below SCALE_DIR.
# With MIRROR_MAX=1000000 the largest is mirrored as well: an hour and 15 GB more.

SCALE_DIR ?= build/scale
SCALE	?= 50 500 5000

.PHONY: scale
scale: bench-build
	@rm -rf $(SCALE_DIR)
	@BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) \
	    $(BUILD)/tests/bench/scale $(SCALE_DIR) $(SCALE)

# --- make coverage -----------------------------------------------------

# Children end by _exit() or in a sandbox: flush.c has them write what they
# counted.  A failing test is told and does not keep the table back.
COV	:= build/cov
COV_LD	:= --coverage -Wl,--wrap=_exit,--wrap=kill,--wrap=sandbox_enter \
	   $(COV)/flush.o
COV_MAKE = $(MAKE) --no-print-directory BUILD=$(COV) HARDEN= HARDEN_LD= \
	   CFLAGS="-O0 -g --coverage -fprofile-update=atomic" LDFLAGS="$(COV_LD)"

.PHONY: coverage coverage-build
coverage-build:
	@mkdir -p $(COV)
	$(CC) -std=c11 -D_GNU_SOURCE -DCOVERAGE_DIR='"$(abspath $(COV))"' -Isrc -O2 \
	    -c -o $(COV)/flush.o tests/support/cov/flush.c
	@find $(COV) -name '*.gcda' -delete
	@$(COV_MAKE) check-build
coverage: coverage-build
	@FAULT_STEP=60 $(COV_MAKE) check-run || echo "coverage: some tests failed"
	@sh tests/support/coverage.sh $(COV)

# --- make install ------------------------------------------------------

ZSHDIR	?= $(PREFIX)/share/zsh/site-functions

.PHONY: install uninstall
install: $(PROG)
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(PROG) $(DESTDIR)$(PREFIX)/bin/orrery
	for t in $(sort $(dir $(THEMES))); do \
	    install -d $(DESTDIR)$(PREFIX)/share/orrery/$$t; \
	    install -m 644 $$t*.gmi $(DESTDIR)$(PREFIX)/share/orrery/$$t; done
	for m in doc/*.[1-8]; do s=$${m##*.}; \
	    install -d $(DESTDIR)$(MANDIR)/man$$s; \
	    install -m 644 $$m $(DESTDIR)$(MANDIR)/man$$s/; done
	if [ -d doc/completions ]; then \
	    install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	        $(DESTDIR)$(ZSHDIR) \
	        $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d; \
	    install -m 644 doc/completions/orrery.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/orrery; \
	    install -m 644 doc/completions/_orrery $(DESTDIR)$(ZSHDIR)/; \
	    install -m 644 doc/completions/orrery.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/; fi

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/orrery
	rm -rf $(DESTDIR)$(PREFIX)/share/orrery
	for m in doc/*.[1-8]; do \
	    rm -f $(DESTDIR)$(MANDIR)/man$${m##*.}/$$(basename $$m); done
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/orrery \
	    $(DESTDIR)$(ZSHDIR)/_orrery \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/orrery.fish

# --- make deb ----------------------------------------------------------

VERSION	:= $(shell sed -n 's/.*ORRERY_VERSION[^"]*"\(.*\)".*/\1/p' src/cmd/cmd.h)

.PHONY: deb
deb:
	rm -rf build/deb
	mkdir -p build/deb/orrery-$(VERSION)
	git ls-files -z | xargs -0 cp --parents -t build/deb/orrery-$(VERSION)
	cp -R doc/packaging/debian build/deb/orrery-$(VERSION)/debian
	cd build/deb/orrery-$(VERSION) && dpkg-buildpackage -us -uc -b
	@ls build/deb/*.deb

# A newcomer on a clean Debian, as root; see tests/packaging/newcomer.sh.
.PHONY: check-package
check-package: deb
	lintian --profile debian --allow-root --fail-on error,warning \
	    build/deb/*.changes
	bash tests/packaging/newcomer.sh build/deb/orrery_$(VERSION)_*.deb

.PHONY: clean
clean:
	rm -rf build
