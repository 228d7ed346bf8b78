/*
 * feeds.h - what others subscribe to: Atom and JSON Feed of the planet,
 * Atom of each source, and the subscriptions as OPML.
 */
#ifndef PUBLISH_FEEDS_H
#define PUBLISH_FEEDS_H

#include "publish/site.h"

/*
 * Put capsule/atom.xml, feed.json, feeds.opml and s/SLUG/atom.xml where
 * they are stale.  The same entries give the same bytes: no clock in them.
 */
int	feeds_publish(struct site *s, const struct stale *st,
	    struct error *e);

#endif
