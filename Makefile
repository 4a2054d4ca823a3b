# The short way to Meson. `make demo` and `make test` install what is missing
# first (tools/setup says what), so that both work on a fresh Debian 12.
#
#   make            the program, at build/hotaru, and what is installed with it
#   make everything also all tests, benches and fuzz targets, as `ninja -C build` does
#   make demo       simulates a telescope, takes it in, writes the report
#   make test       every test; closes with "N passed, N failed"
#   make quick      the tests that take seconds, to run after every change
#   make sanitize   the tests beside the code under AddressSanitizer and UBSan (clang)
#   make fuzz       every fuzz target, FUZZ_SECONDS each, in the same build (fuzz/README.md)
#   make check      the style checks
#   make mutants    breaks hotaru in many ways; each time a test has to notice (minutes)
#   make bench      speed, side by side with cat and tcpdump; BENCH holds options of tools/bench
#   make instructions   writes tests/instructions.tsv anew, from this build
#   make man        doc/hotaru.1 from the tables of the commands
#   make format     clang-format over all sources
#   make install    program, manual, documents, completion for bash and zsh under $(PREFIX); DESTDIR is in front of it
#
# BUILD, CC and MESON_OPTIONS choose another build, TEST_OPTIONS some of the tests:
#   make test BUILD=build-debug MESON_OPTIONS=--buildtype=debug TEST_OPTIONS='store segment'
BUILD ?= build
PREFIX ?= /usr/local
DEMO ?= demo
MESON_OPTIONS ?=
TEST_OPTIONS ?=
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?=
BENCH ?=
SOURCES = $(shell find src fuzz bench -name '*.[ch]')

all: $(BUILD)/build.ninja
	ninja -C $(BUILD) installed

everything: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	tools/setup build
	CC="$(CC)" meson setup $(BUILD) --prefix $(PREFIX) $(MESON_OPTIONS)

demo: all
	tools/setup demo
	tools/demo $(BUILD)/hotaru $(DEMO)

test: everything
	tools/setup test
	tools/run-tests $(BUILD) $(TEST_OPTIONS)

# Those beside the code, but for the few that take long whatever they leave out (suite `slow`).
quick: everything
	HOTARU_COARSE=40 tools/run-tests $(BUILD) --no-suite end-to-end --no-suite fuzz --no-suite slow

# One build for sanitizers and fuzz targets. The optimizer is kept low: more of the code is there to
# be seen. Of debug information there are line numbers only, which is all that a report says.
build-sanitize/build.ninja:
	tools/setup build
	tools/setup clang
	CC=clang CC_LD=lld meson setup build-sanitize -Dfuzzer=true -Db_sanitize=address,undefined \
		-Db_lundef=false -Doptimization=1 -Dc_args=-gline-tables-only $(MESON_OPTIONS)

build-sanitize: build-sanitize/build.ninja
	ninja -C build-sanitize

# The program as a whole is what `make test` runs: here it would take an hour to see the same.
sanitize: build-sanitize
	tools/setup test
	tools/run-tests build-sanitize --no-suite end-to-end $(TEST_OPTIONS)

fuzz: build-sanitize/build.ninja
	ninja -C build-sanitize fuzzers
	fuzz/run build-sanitize $(FUZZ_SECONDS) $(FUZZ_TARGETS)

check: everything
	tools/setup check
	BUILD=$(BUILD) tools/check

mutants:
	tools/setup test
	tools/mutants

bench: all
	tools/setup bench
	ninja -C $(BUILD) $$(ninja -C $(BUILD) -t targets all | sed -n 's|^\(bench/bench-[a-z]*\):.*|\1|p')
	tools/bench $(BUILD)/hotaru $(BENCH)

instructions: everything
	tools/setup test
	HOTARU_UPDATE=1 meson test -C $(BUILD) --no-rebuild -v tests/instructions

man: all
	$(BUILD)/hotaru --man > doc/hotaru.1

format:
	clang-format -i $(SOURCES)

# A PREFIX that is named now is that of the install, whatever `make` was told.
install: all
ifneq ($(origin PREFIX),file)
	meson configure $(BUILD) --prefix $(PREFIX)
	ninja -C $(BUILD) installed
endif
	meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf build build-* $(DEMO)

.PHONY: all everything demo test quick build-sanitize sanitize fuzz check mutants bench instructions man format install clean
