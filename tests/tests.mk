# Everything that is not the program: set-up, tests, lint, demo, fuzzing,
# benchmarks.  Each area adds its own lines here.

.PHONY: deps
deps:
	@sh tests/support/deps.sh build

.PHONY: clean
clean:
	rm -rf build
