/*
 * convert_pairs.h - inputs of the converter beside what must come out.
 */
#ifndef TESTS_UNIT_CONVERT_PAIRS_H
#define TESTS_UNIT_CONVERT_PAIRS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "gemtext/gemtext.h"

struct pair {
	const char	*in, *out;
};

#define PAIRS(list) (list), sizeof(list) / sizeof((list)[0])

static inline void
check_pairs(enum gemtext_from from, bool text, size_t width,
    const struct pair *pairs, size_t n)
{
	struct gemtext_options o = { .base = "https://s.example/d/p",
	    .width = width };

	for (size_t i = 0; i < n; i++) {
		struct buf out = { 0 };

		assert_int_equal(gemtext_convert(text ? NULL : &out,
		    text ? &out : NULL, from, span_str(pairs[i].in), &o,
		    NULL), 0);
		if (strcmp(buf_cstr(&out), pairs[i].out) != 0)
			print_error("of: %s\n", pairs[i].in);
		assert_string_equal(buf_cstr(&out), pairs[i].out);
		buf_free(&out);
	}
}

#endif
