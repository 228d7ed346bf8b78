# orrery - one program, one Makefile.
#
#   make demo     install what is missing, build, publish a planet, serve it
#   make check    install what is missing, build, pass every test
#
# Personal settings go into local.mk, which git does not track.
-include local.mk

PREFIX	?= /usr/local
DESTDIR	?=
MANDIR	?= $(PREFIX)/share/man
CC	?= cc
CFLAGS	?= -O2 -g

ifdef SAN
comma	:= ,
BUILD	:= build/$(subst $(comma),-,$(SAN))
SANFLAGS := -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
HARDEN	:=
else
BUILD	?= build
HARDEN	?= -fPIE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	   -fstack-clash-protection -fcf-protection
HARDEN_LD ?= -pie -Wl,-z,relro,-z,now
endif

PKGS	:= libcurl zlib libxml-2.0 libtls md4c sqlite3 libevent_core libcrypto libssl \
	   libidn2 jansson libarchive
WARN	:= -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	   -Wmissing-prototypes -Wvla -Wformat=2
ifeq ($(CI),true)
WARN	+= -Werror
endif

ALL_CPPFLAGS = -D_GNU_SOURCE -I. -Isrc -I$(BUILD)/gen $(PKG_CFLAGS_) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARN) $(HARDEN) $(SANFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) $(SANFLAGS) $(LDFLAGS)
PKG_CFLAGS_ := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LIBS	:= $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lunistring -lm

SRCS	:= $(wildcard src/*.c src/*/*.c gemtext/*.c certs/*.c)
LIBO	:= $(patsubst %.c,$(BUILD)/%.o,$(filter-out src/main.c,$(SRCS)))
LIB	:= $(BUILD)/liborrery.a
PROG	:= $(BUILD)/orrery
UNIT	:= $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
REPLAY	:= $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH	:= $(patsubst tests/bench/%.c,$(BUILD)/tests/bench/%,$(wildcard tests/bench/*.c))
SHIMS	:= $(patsubst tests/support/%_shim.c,$(BUILD)/tests/support/%_shim.so,$(wildcard tests/support/*_shim.c))
HELPERS	:= $(patsubst tests/support/%.c,$(BUILD)/tests/support/%,$(filter-out %_shim.c,$(wildcard tests/support/*.c)))

.PHONY: all
all: $(PROG)

$(PROG): $(BUILD)/src/main.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(BUILD)/src/main.o $(LIB) $(LIBS)

$(LIB): $(LIBO)
	@rm -f $@
	$(AR) rcs $@ $(LIBO)

# The themes are files that people can copy, and in the program as well.
THEMES	:= $(sort $(wildcard themes/*/*.gmi))

$(BUILD)/gen/themes.inc: src/theme/embed.sh $(THEMES)
	@mkdir -p $(@D)
	sh src/theme/embed.sh $(THEMES) >$@

$(BUILD)/src/theme/load.o: $(BUILD)/gen/themes.inc

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# These two libraries cannot be asked for their versions.
$(BUILD)/src/cmd/library.o: ALL_CPPFLAGS += \
	-DMD4C_VERSION='"$(shell pkg-config --modversion md4c)"' \
	-DLIBTLS_VERSION='"$(shell pkg-config --modversion libtls)"'

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS) -lcmocka

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(BUILD)/tests/fuzz/replay.o $(LIB) $(LIBS)

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS)

$(BUILD)/tests/support/%_shim.so: tests/support/%_shim.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $< -ldl

$(BUILD)/tests/support/%: tests/support/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS)

.SECONDARY:
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d $(BUILD)/*/*/*/*.d)

include tests/tests.mk
