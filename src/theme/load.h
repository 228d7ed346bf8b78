/*
 * load.h - partials from directories and from the program.
 */
#ifndef THEME_LOAD_H
#define THEME_LOAD_H

#include "theme/internal.h"

struct loader {
	struct theme			*t;
	const struct theme_options	*o;
	struct error			*e;
	size_t				 problems;
	bool				 failed;	/* to read a file */
};

/* The partial of that name, read once; NULL when there is none. */
const struct partial *load_partial(struct loader *l, struct span name);
void	load_report(struct loader *l, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* compile.c: false when there were problems. */
bool	compile_page(struct loader *l, size_t kind);

#endif
