/*
 * library.h - the libraries this program runs with, and what is known
 * against their versions.
 */
#ifndef CMD_LIBRARY_H
#define CMD_LIBRARY_H

#include <stddef.h>

struct library {
	const char	*name;
	char		 version[32];
	/* What is known against this version and what stands against it
	 * here; NULL when nothing is. */
	const char	*weakness;
};

#define LIBRARIES	12

/* Fill list; the version of the library that is loaded, for md4c and libtls,
 * which cannot be asked, of the one that was compiled against. */
void	libraries(struct library list[LIBRARIES]);
/* What is known against that version of a library, or NULL. */
const char *library_weakness(const char *name, const char *version);

#endif
