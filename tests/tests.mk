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

# --- make check --------------------------------------------------------

.PHONY: check check-run
check: deps-check
	@$(MAKE) --no-print-directory check-run

check-run: $(PROG) $(UNIT) $(HELPERS) $(SHIMS)
	@BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) SAN=$(SAN) \
	    sh tests/support/runall.sh $(UNIT) $(wildcard tests/e2e/*.t)

# --- make lint ---------------------------------------------------------

.PHONY: lint
lint: deps-check
	@sh tests/lint/layers.sh
	@shellcheck -S warning -x -s sh tests/support/*.sh tests/lint/*.sh \
	    tests/bench/*.sh
	@if ls tests/e2e/*.t >/dev/null 2>&1; then \
	    shellcheck -S warning -x -s bash -e SC1091,SC2034,SC2154,SC2119,SC2120 tests/e2e/*.t tests/e2e/*.sh; fi
	@if ls doc/*.[1-8] >/dev/null 2>&1; then mandoc -Tlint -Wwarning doc/*.[1-8]; fi
	@echo "lint: clean"

.PHONY: analyze
analyze:
	cppcheck --quiet --std=c11 --enable=warning,portability \
	    --inline-suppr --suppress=missingIncludeSystem -D_GNU_SOURCE \
	    --error-exitcode=1 -I. -Isrc src gemtext certs

# --- make fuzz FUZZ_SECONDS=n ------------------------------------------

FUZZ_SECONDS ?= 60
FUZZERS	:= $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BUILD := build/fuzz
FUZZ_FLAGS := -std=c11 -O1 -g -D_GNU_SOURCE -I. -Isrc -fsanitize=fuzzer,address,undefined \
	   -fno-sanitize-recover=undefined

.PHONY: fuzz $(FUZZERS)
fuzz: $(FUZZERS)

$(FUZZ_BUILD)/%: tests/fuzz/%.c $(filter-out src/main.c,$(SRCS))
	@mkdir -p $(@D)
	clang $(FUZZ_FLAGS) $(PKG_CFLAGS_) -o $@ $< \
	    $(filter-out src/main.c,$(SRCS)) $(LIBS)

$(FUZZERS): %: $(FUZZ_BUILD)/%
	@mkdir -p tests/fuzz/corpus/$(patsubst fuzz_%,%,$@) build/corpus/$@
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 \
	    -artifact_prefix=build/corpus/$@- -print_final_stats=1 \
	    build/corpus/$@ tests/fuzz/corpus/$(patsubst fuzz_%,%,$@)

# --- make bench --------------------------------------------------------

# One table, build/bench.txt, and the same as JSON beside it; bench-NAME runs
# tests/bench/bench_NAME alone.
BENCH_PROGS := $(sort $(filter $(BUILD)/tests/bench/bench_%,$(BENCH)))

.PHONY: bench bench-build
bench-build: $(PROG) $(BENCH) $(HELPERS)
bench: bench-build
	@BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) BENCH_OUT=$(BUILD)/bench \
	    sh tests/bench/run.sh $(BENCH_PROGS)
bench-%: bench-build
	@BUILD=$(BUILD) ORRERY=$(abspath $(PROG)) BENCH_OUT=$(BUILD)/bench-$* \
	    sh tests/bench/run.sh $(BUILD)/tests/bench/bench_$*

# --- make coverage -----------------------------------------------------

.PHONY: coverage
coverage:
	$(MAKE) BUILD=build/cov HARDEN= HARDEN_LD= CFLAGS="-O0 -g --coverage" \
	    LDFLAGS=--coverage check-run
	@sh tests/support/coverage.sh build/cov

# --- make install ------------------------------------------------------

.PHONY: install uninstall
install: $(PROG)
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(PROG) $(DESTDIR)$(PREFIX)/bin/orrery
	for m in doc/*.[1-8]; do s=$${m##*.}; \
	    install -d $(DESTDIR)$(MANDIR)/man$$s; \
	    install -m 644 $$m $(DESTDIR)$(MANDIR)/man$$s/; done
	if [ -d doc/completions ]; then \
	    install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	        $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	        $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d; \
	    install -m 644 doc/completions/orrery.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/orrery; \
	    install -m 644 doc/completions/_orrery $(DESTDIR)$(PREFIX)/share/zsh/site-functions/; \
	    install -m 644 doc/completions/orrery.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/; fi

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/orrery
	for m in doc/*.[1-8]; do \
	    rm -f $(DESTDIR)$(MANDIR)/man$${m##*.}/$$(basename $$m); done
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/orrery \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_orrery \
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

.PHONY: clean
clean:
	rm -rf build
