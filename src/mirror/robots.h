/*
 * robots.h - robots.txt as Gemini's companion specification reads it.
 */
#ifndef MIRROR_ROBOTS_H
#define MIRROR_ROBOTS_H

#include <stdbool.h>

#include "base/span.h"

/*
 * Whether the robots.txt in text lets agent (or one of the virtual agents'
 * names) have path ("/a/b").  The groups that name agent count, else
 * those for "*"; of their rules the longest that fits decides.
 */
bool	robots_allow(struct span text, const char *agent, struct span path);

#endif
