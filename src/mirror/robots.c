#include "mirror/robots.h"

#define TEXT_MAX	((size_t)512 * 1024)

/* "Name: value # comment" -> name and value; false for another line. */
static bool
field(struct span line, struct span *name, struct span *value)
{
	size_t n = 0;

	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#') {
			line.n = i;
			break;
		}
	while (n < line.n && line.p[n] != ':')
		n++;
	if (n == line.n)
		return false;
	*name = span_trim(span_of(line.p, n));
	*value = span_trim(span_from(line, n + 1));
	return true;
}

static bool
fits(struct span path, struct span rule)
{
	return path.n >= rule.n && rule.n > 0 &&
	    memcmp(path.p, rule.p, rule.n) == 0;
}

/* One pass for one agent's name; found says whether any group names it. */
static bool
judge(struct span text, const char *agent, struct span path, bool *found)
{
	struct span line, name, value;
	bool ours = false, in_names = false, allowed = true;
	size_t longest = 0;

	*found = false;
	while (span_line(&text, &line)) {
		if (!field(line, &name, &value))
			continue;
		if (span_ieqs(name, "user-agent")) {
			/* Names in a row share the rules that follow. */
			ours = (in_names && ours) || span_ieqs(value, agent);
			in_names = true;
			*found |= ours;
			continue;
		}
		in_names = false;
		if (!ours || !fits(path, value) || value.n < longest)
			continue;
		if (span_ieqs(name, "disallow") && value.n > longest)
			allowed = false;
		else if (span_ieqs(name, "allow"))
			allowed = true;
		else
			continue;
		longest = value.n;
	}
	return allowed;
}

bool
robots_allow(struct span text, const char *agent, struct span path)
{
	bool found, allowed;

	if (text.n > TEXT_MAX)
		text.n = TEXT_MAX;
	if (span_starts(text, "\xef\xbb\xbf"))
		text = span_from(text, 3);
	allowed = judge(text, agent, path, &found);
	return found ? allowed : judge(text, "*", path, &found);
}
