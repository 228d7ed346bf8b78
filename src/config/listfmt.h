/*
 * listfmt.h - the line-oriented list formats.  Private to src/config.
 */
#ifndef CONFIG_LISTFMT_H
#define CONFIG_LISTFMT_H

#include "config/lists.h"

/* What a reader of lines keeps from one to the next. */
struct listfmt {
	struct list		*list;
	struct list_feed	*feed;	/* the last one taken, or NULL */
	int			 line;
};

/* Call each with every line, repaired to UTF-8. */
void	listfmt_lines(struct list *list, struct span bytes,
	    void (*each)(struct listfmt *x, struct span line));

void	listfmt_rawdog(struct listfmt *x, struct span line);
void	listfmt_newsboat(struct listfmt *x, struct span line);
void	listfmt_sfeed(struct listfmt *x, struct span line);
/* Addresses with or without titles, gemtext links, Gopher menu lines. */
void	listfmt_plain(struct listfmt *x, struct span line);

/* Planet Venus's and Pluto's configurations. */
int	listfmt_ini(struct list *list, struct span bytes, struct error *e);

#endif
