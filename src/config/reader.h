/*
 * reader.h - a configuration while it is being read.  Private to
 * src/config.
 */
#ifndef CONFIG_READER_H
#define CONFIG_READER_H

#include "config/config.h"
#include "config/ini.h"
#include "config/keys.h"

struct reader {
	struct config		*c;
	struct ini		 ini;
	struct config_problems	*problems;
	struct key_context	 x;
	const char		*path;
	/* No key of orrery's and some of Venus's or Pluto's: a file that
	 * another program was content with, so its faults are borne. */
	bool			 foreign;
	struct buf		 ignored;	/* names, ", " between */
	int			 ignored_line;	/* of the first */
};

enum section_kind {
	SECTION_PLANET, SECTION_DEFAULT, SECTION_GEMINI, SECTION_GOPHER,
	SECTION_SERVER, SECTION_REDIRECT, SECTION_GONE, SECTION_AREAS,
	SECTION_HOST,
	SECTION_FEED,	/* its name is an address */
	SECTION_PLUTO,	/* its "feed" key is */
	SECTION_FILE,	/* its name is a file's */
	SECTION_UNUSED,	/* a template's or filter's in Venus */
	SECTION_WRONG,	/* "[gemni]" */
};

enum section_kind reader_kind(const struct reader *r,
	    const struct ini_section *s);

/*
 * Set what key k says of base to the value of item as section s sees it;
 * a problem is noted and 0 not returned.
 */
int	reader_set(struct reader *r, const struct ini_section *s,
	    const struct ini_item *item, const struct key *k, void *base);
/* Note a name for the one line of what was ignored. */
void	reader_ignore(struct reader *r, int line, const char *name);
/* Venus's `filters`: its regexp_sifter calls join rules, the rest is
 * ignored. */
void	reader_sifter(struct reader *r, const struct ini_section *s,
	    const struct ini_item *item, struct filter_rules *rules);

/* Read every subscription into r->c->sources. */
void	reader_sources(struct reader *r);

#endif
