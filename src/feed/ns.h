/*
 * ns.h - the namespaces feeds use, under all their addresses.
 */
#ifndef FEED_NS_H
#define FEED_NS_H

#include "base/span.h"
#include "feed/xml.h"

/*
 * What uri stands for.  An unknown one counts as what its prefix is
 * commonly used for: without a prefix that is the feed's own vocabulary.
 */
enum ns	ns_of_uri(struct span uri, struct span prefix);
/* What a prefix that nobody declared is meant to be. */
enum ns	ns_of_prefix(struct span prefix);

#endif
